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
PAD = 0.3
"""Seconds kept before and after a stretch: soft beginnings and endings of words."""


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
    """`probability` float32 [frames] of speech per 32 ms; `spans` are stretches of speech with their surroundings.

    `first_frame` is the number of the frame that `probability` begins with: live, older frames are forgotten.
    """

    probability: npt.NDArray[np.float32]
    spans: tuple[Span, ...]
    first_frame: int = 0

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
        first = max(0, int(start / SECONDS_PER_FRAME) - self.first_frame)
        return self.probability[first : max(first, int(np.ceil(end / SECONDS_PER_FRAME)) - self.first_frame)]


def find_speech(samples: npt.NDArray[np.float32]) -> VoiceActivity:
    """Find speech in 16 kHz mono samples; costs about 0.1 % of the recording's length."""
    from faster_whisper.vad import get_vad_model

    if len(samples) == 0:
        return VoiceActivity(np.zeros(0, np.float32), ())
    padded = np.pad(samples, (0, -len(samples) % FRAME))
    probability = np.asarray(get_vad_model()(padded), np.float32).reshape(-1)
    spans = with_surroundings(_stretches(probability), len(samples) / RATE)
    return VoiceActivity(probability, tuple(spans))


class StretchFinder:
    """Finds stretches of speech in a stream of probabilities, frame by frame. Frames count from `first_frame`."""

    def __init__(self, first_frame: int = 0) -> None:
        self.begin: int | None = None
        """The frame at which the stretch that is still open began."""
        self.last_voice: int | None = None
        """The latest frame with a voice."""
        self._silent_since: int | None = None
        self._frame = first_frame

    def open_at(self, frame: int) -> None:
        """Go on within speech that began before: a stretch is open from `frame` on."""
        self.begin = frame
        self._frame = frame

    def add(self, probability: float) -> Span | None:
        """Take the next frame; return a stretch (without surroundings) that it ends."""
        frame = self._frame
        self._frame += 1
        if probability >= _START:
            self.begin = frame if self.begin is None else self.begin
            self._silent_since = None
            self.last_voice = frame
        elif self.begin is not None and probability < _STOP:
            self._silent_since = frame if self._silent_since is None else self._silent_since
            if (frame - self._silent_since + 1) * SECONDS_PER_FRAME >= _MIN_SILENCE:
                return self._close(self._silent_since)
        return None

    def end(self) -> Span | None:
        """The sound is over: return the stretch that was still open."""
        if self.begin is None:
            return None
        return self._close(self._frame if self._silent_since is None else self._silent_since)

    def _close(self, end: int) -> Span:
        begin = self.begin or 0
        self.begin = self._silent_since = None
        return Span(begin * SECONDS_PER_FRAME, end * SECONDS_PER_FRAME)


def _stretches(probability: npt.NDArray[np.float32]) -> list[Span]:
    finder = StretchFinder()
    found = [finder.add(float(p)) for p in probability]
    return [span for span in (*found, finder.end()) if span is not None]


def with_surroundings(spans: list[Span], duration: float) -> list[Span]:
    """Widen stretches by the soft beginnings and endings of words, half the silence between two of them at most."""
    padded: list[Span] = []
    for index, span in enumerate(spans):
        before = spans[index - 1].end if index else None
        after = spans[index + 1].start if index + 1 < len(spans) else None
        start = span.start - (PAD if before is None else min(PAD, (span.start - before) / 2))
        end = span.end + (PAD if after is None else min(PAD, (after - span.end) / 2))
        padded.append(Span(max(0.0, start), min(duration, end)))
    return padded
