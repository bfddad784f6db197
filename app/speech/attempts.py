"""Text of a window, with a second attempt where the first is doubtful. The same for files and for live sound."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from app.domain.words import Word
from app.speech.gaps import GapMap
from app.speech.inventions import Dropped, better, needs_second_attempt
from app.speech.recogniser import VERBATIM, Heard, Recogniser
from app.speech.voice_activity import Span, VoiceActivity

Floats = npt.NDArray[np.float32]


def is_doubtful(heard: Heard, activity: VoiceActivity, vocabulary: Sequence[str]) -> bool:
    """Whether a window should be heard again."""
    return needs_second_attempt(heard, activity, " ".join((VERBATIM, *vocabulary)))


def second_attempt(
    recogniser: Recogniser, samples: Floats, heard: Heard, activity: VoiceActivity, language: str, offset: float = 0.0
) -> Heard:
    """Hear a doubtful window again, return the better of both; `offset` is the time of the first sample (seconds)."""
    window = Span(heard.window.start - offset, heard.window.end - offset)
    again = moved(recogniser.hear_again(samples, window, language), offset)
    return better(heard, again, activity)


def moved(heard: Heard, seconds: float) -> Heard:
    """Return the same with all times later by some seconds."""
    if seconds == 0:
        return heard
    window = Span(heard.window.start + seconds, heard.window.end + seconds)
    words = tuple(Word(w.start + seconds, w.end + seconds, w.text, w.p) for w in heard.words)
    return replace(heard, window=window, words=words)


def notice(dropped: Dropped, gaps: GapMap) -> str:
    """Name a stretch of the recording whose text was left out, without saying the text."""
    start, end = _clock(gaps.recorded(dropped.start)), _clock(gaps.recorded(dropped.end))
    return f"Text from {start} to {end} was left out as a likely invention of the speech model: {dropped.reason}."


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
