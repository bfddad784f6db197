"""The sample visit with five seconds missing in the middle of a sentence: nothing is heard across the gap."""

import string
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest
from heard_visit import SAMPLE, missing_model

from app.audio.decode import RATE, decode
from app.domain.live import Hypothesis
from app.domain.transcript import Transcript
from app.domain.words import Word
from app.domain.work import CancelToken, no_progress
from app.settings import find_paths
from app.speech.live.final import WindowFinal
from app.speech.transcriber import Transcriber
from app.speech.utterances import LONGEST

pytestmark = pytest.mark.models

MISSING = 5.0
OTHERWISE = 0.1
"""Share of words that may be heard otherwise: cut at other pauses, Whisper hears a few words otherwise. Two seconds
that nobody heard are more than that."""
SECONDS = 45.0
BLOCK = 4 * RATE
"""Bytes of two seconds."""


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    if missing := missing_model():
        pytest.skip(missing)
    models = find_paths().models
    return Transcriber.load(models / "whisper-base", speaker_model=models / "speaker-ge2e", device="cpu")


def _transcribe(transcriber: Transcriber, samples: np.ndarray, gaps: tuple[float, ...] = ()) -> Transcript:
    return transcriber.transcribe(samples, gaps=gaps, progress=no_progress, cancel=CancelToken())


def _words(transcript: Transcript) -> list[Word]:
    return [w for u in transcript.utterances for w in u.words]


def _plain(words: list[Word]) -> list[str]:
    return [text for w in words if (text := w.text.lower().strip(string.punctuation + " "))]


def _differences(one: list[str], other: list[str]) -> int:
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in blocks if tag != "equal")


@pytest.fixture(scope="module")
def sides(transcriber: Transcriber) -> tuple[np.ndarray, np.ndarray]:
    """The sound before and after the gap: it begins and ends within sentences, between two words of a fast speaker."""
    if not SAMPLE.is_file():
        pytest.skip("the sample visit is not there")
    samples = decode(SAMPLE).samples[: int(SECONDS * RATE)]
    words = _words(_transcribe(transcriber, samples))
    begin = _within_speech(words, 22.0)
    end = _within_speech(words, begin + MISSING)
    return samples[: int(begin * RATE)], samples[int(end * RATE) :]


def _within_speech(words: list[Word], after: float) -> float:
    """The end of a word after which the sentence goes on without a pause."""
    return next(
        w.end
        for w, following in pairwise(words)
        if w.end >= after and following.start - w.end < 0.05 and w.text[-1].isalpha() and following.text[0].islower()
    )


@pytest.fixture(scope="module")
def alone(transcriber: Transcriber, sides: tuple[np.ndarray, np.ndarray]) -> tuple[list[str], list[str]]:
    """The words of each side recognised by itself."""
    before, after = (_plain(_words(_transcribe(transcriber, side))) for side in sides)
    return before, after


def _check(transcript: Transcript, gap: float, alone: tuple[list[str], list[str]]) -> None:
    for utterance in transcript.utterances:
        assert utterance.end <= gap or utterance.start >= gap
        assert utterance.end - utterance.start <= LONGEST
    before = _plain([w for w in _words(transcript) if w.end <= gap])
    after = _plain([w for w in _words(transcript) if w.end > gap])
    assert _differences(before, alone[0]) <= OTHERWISE * len(alone[0])
    assert _differences(after, alone[1]) <= OTHERWISE * len(alone[1])


def test_a_file_with_a_gap(
    transcriber: Transcriber, sides: tuple[np.ndarray, np.ndarray], alone: tuple[list[str], list[str]]
) -> None:
    gap = len(sides[0]) / RATE
    joined = np.concatenate(sides)
    transcript = _transcribe(transcriber, joined, (gap,))
    assert transcript.duration == pytest.approx(len(joined) / RATE)
    _check(transcript, gap, alone)


def test_without_being_told_an_utterance_reaches_over_the_gap(
    transcriber: Transcriber, sides: tuple[np.ndarray, np.ndarray]
) -> None:
    gap = len(sides[0]) / RATE
    untold = _transcribe(transcriber, np.concatenate(sides))
    assert any(u.start < gap < u.end for u in untold.utterances)


def test_live_text_with_a_gap(
    transcriber: Transcriber, sides: tuple[np.ndarray, np.ndarray], alone: tuple[list[str], list[str]]
) -> None:
    gap = len(sides[0]) / RATE
    pcm = (np.clip(np.concatenate(sides), -1.0, 1.0) * 32_767).astype("<i2").tobytes()
    live = transcriber.listen()
    finals: list[WindowFinal] = []
    hypotheses: list[Hypothesis] = []
    told = False
    for at in range(0, len(pcm), BLOCK):
        if not told and at + BLOCK > len(sides[0]) * 2:
            live.gap(gap)
            told = True
        live.feed(pcm[at : at + BLOCK])
        while (made := live.step()) is not None:
            (finals if isinstance(made, WindowFinal) else hypotheses).append(made)  # type: ignore[arg-type] # told apart
    _check(live.finish(no_progress, CancelToken()), gap, alone)
    assert finals
    assert all(f.window.end <= gap or f.window.start >= gap for f in finals)
    assert all(u.end <= gap or u.start >= gap for f in finals for u in f.text.utterances)
    assert any(h.start >= gap for h in hypotheses)
