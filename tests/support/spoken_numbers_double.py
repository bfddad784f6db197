"""A stand-in for Whisper and Silero that reads words out of the sound itself, so that none can be heard twice unseen.

A word is a run of one sample value on whole 32 ms frames; its text is that value. Everything else is silence.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from app.domain.words import Word
from app.speech.recogniser import Heard
from app.speech.voice_activity import FRAME, RATE, Span

MIN_GAP, PAUSE_GAP = 6, 9
"""Frames: the least gap between two words (no pause for the voice activity), and the least that is one."""


def speak(script: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return int16 samples of words; `script` holds for each the frames it lasts and the frames of silence before."""
    pieces = []
    for number, (length, gap) in enumerate(script, 1):
        pieces += [np.zeros(gap * FRAME, np.int16), np.full(length * FRAME, number, np.int16)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def judge(frames: np.ndarray) -> np.ndarray:
    """Voice wherever a frame is not silent."""
    return (np.abs(frames).max(axis=1) > 0.5 / 32_768).astype(np.float32)


class NumberReader:
    """Reads the words back, with the methods of `Recogniser` that live transcription uses."""

    name = "number-reader"
    batch = 2

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.longest = 0.0
        self.languages: list[str] = []
        self.doubtful: set[str] = set()
        self.heard_again = 0

    def language_vote(self, _samples: np.ndarray) -> tuple[str, float]:
        return "en", 0.9

    def hear(self, samples: np.ndarray, windows: Sequence[Span], language: str, _vocabulary: object) -> list[Heard]:
        self.languages.append(language)
        return [self._read(samples, w) for w in windows]

    def hear_again(self, samples: np.ndarray, window: Span, _language: str) -> Heard:
        self.heard_again += 1
        return self._read(samples, window, sure=True)

    def hear_quickly(self, samples: np.ndarray, _language: str, _vocabulary: object, **_more: object) -> Heard:
        return self._read(samples, Span(0.0, len(samples) / RATE))

    def _read(self, samples: np.ndarray, window: Span, *, sure: bool = False) -> Heard:
        self.longest = max(self.longest, window.length)
        first = int(window.start * RATE)
        numbers = np.round(samples[first : int(window.end * RATE)] * 32_768).astype(int)
        edges = np.flatnonzero(np.diff(numbers, prepend=0, append=0))
        words = []
        for begin, end in pairwise(edges):
            if numbers[begin]:
                start = window.start + begin / RATE
                words.append(Word(start, window.start + end / RATE, f" {numbers[begin]}", 0.9))
        doubt = not sure and bool(self.doubtful & {w.text.strip() for w in words})
        return Heard(window, tuple(words), -2.0 if doubt else -0.2, 0.01, 1.2)
