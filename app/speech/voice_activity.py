"""Where somebody speaks: Silero's voice activity model, as it ships inside faster-whisper."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE = 16_000
FRAME = 512
"""Samples per decision (32 ms)."""

SECONDS_PER_FRAME = FRAME / RATE

_START = 0.5  # probability at which speech begins
_STOP = 0.35  # and below which it may end
_MIN_SILENCE = 0.25  # seconds of silence that end a stretch
_PAD = 0.3  # seconds kept before and after: soft beginnings and endings of words


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the recording, `start` and `end` in seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class VoiceActivity:
    """`probability` float32 [frames] of speech per 32 ms; `spans` are stretches of speech with their surroundings."""

    probability: npt.NDArray[np.float32]
    spans: tuple[Span, ...]

    def speech_seconds(self, start: float, end: float) -> float:
        """Seconds of likely speech between two times."""
        return float(np.sum(self._between(start, end) >= _START)) * SECONDS_PER_FRAME

    def quietest(self, start: float, end: float) -> float:
        """The time between two times at which speech is least likely (smoothed over 160 ms)."""
        frames = self._between(start, end)
        if len(frames) < 5:
            return (start + end) / 2
        smooth = np.convolve(frames, np.ones(5) / 5, mode="valid")
        return (int(start / SECONDS_PER_FRAME) + int(np.argmin(smooth)) + 2.5) * SECONDS_PER_FRAME

    def _between(self, start: float, end: float) -> npt.NDArray[np.float32]:
        first = max(0, int(start / SECONDS_PER_FRAME))
        return self.probability[first : max(first, int(np.ceil(end / SECONDS_PER_FRAME)))]


def find_speech(samples: npt.NDArray[np.float32]) -> VoiceActivity:
    """Find speech in 16 kHz mono samples; costs about 0.1 % of the recording's length."""
    from faster_whisper.vad import get_vad_model

    if len(samples) == 0:
        return VoiceActivity(np.zeros(0, np.float32), ())
    padded = np.pad(samples, (0, -len(samples) % FRAME))
    probability = np.asarray(get_vad_model()(padded), np.float32).reshape(-1)
    spans = _pad(_stretches(probability), len(samples) / RATE)
    return VoiceActivity(probability, tuple(spans))


def _stretches(probability: npt.NDArray[np.float32]) -> list[Span]:
    spans = []
    begin: int | None = None
    silent_since: int | None = None
    for frame, p in enumerate(probability):
        if p >= _START:
            begin = frame if begin is None else begin
            silent_since = None
        elif begin is not None and p < _STOP:
            silent_since = frame if silent_since is None else silent_since
            if (frame - silent_since + 1) * SECONDS_PER_FRAME >= _MIN_SILENCE:
                spans.append(Span(begin * SECONDS_PER_FRAME, silent_since * SECONDS_PER_FRAME))
                begin = silent_since = None
    if begin is not None:
        spans.append(Span(begin * SECONDS_PER_FRAME, (silent_since or len(probability)) * SECONDS_PER_FRAME))
    return spans


def _pad(spans: list[Span], duration: float) -> list[Span]:
    padded: list[Span] = []
    for index, span in enumerate(spans):
        before = spans[index - 1].end if index else None
        after = spans[index + 1].start if index + 1 < len(spans) else None
        start = span.start - (_PAD if before is None else min(_PAD, (span.start - before) / 2))
        end = span.end + (_PAD if after is None else min(_PAD, (after - span.end) / 2))
        padded.append(Span(max(0.0, start), min(duration, end)))
    return padded
