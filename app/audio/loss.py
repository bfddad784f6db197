"""Finds sound that a device swallowed, by comparing captured frames with the steady clock.

Overflow flags of PortAudio are missing on some systems and false on others, so they are only counted. A frame's delay
is its arrival minus its place in the stream. Scheduling only ever makes it larger for a moment, so the smallest delay
of a stretch is the true one. If that jumps, sound is missing; if it creeps, the device's clock differs from ours.
"""

from collections import deque
from dataclasses import dataclass

THRESHOLD = 0.15
"""A lasting jump above this is a loss (seconds)."""

WINDOW = 2.0
"""A jump lasts if every arrival of this long shows it (seconds)."""

MAX_DRIFT = 0.001
"""Clocks of sound devices differ by less than this (seconds per second); USB audio allows 0.0005."""

_SETTLE = 0.5  # seconds: the first arrivals of a stream come in fits and starts
_ENOUGH = 1.0  # seconds of sound that a window needs, or a burst that catches up would look like a loss
_LATEST = 0.7  # seconds: a busy computer delivers later than this hardly ever


@dataclass(frozen=True, slots=True)
class Gap:
    """`length` seconds are missing after the stream's frame number `frame`."""

    frame: int
    length: float


class LossDetector:
    """Fed with every arrival; tells each lasting loss once, at most a few seconds later."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._began: float | None = None
        self._delay: float | None = None
        self._whole = self._latest = 0
        self._window_began, self._window_frames = 0.0, 0
        self._smallest = self._smallest_later = float("inf")

    def arrived(self, frames: int, at: float) -> Gap | None:
        """`frames` in all have arrived by `at` (steady clock). Returns a loss when it is certain."""
        if self._began is None:
            self._began = at
        if at - self._began < _SETTLE:
            self._open_window(at, frames)
            return None
        self._latest = frames
        delay = at - frames / self._rate
        self._smallest = min(self._smallest, delay)
        if at - self._window_began >= WINDOW / 2:
            self._smallest_later = min(self._smallest_later, delay)
        if self._delay is None or delay - self._delay <= THRESHOLD:
            self._whole = frames
        enough = (frames - self._window_frames) / self._rate >= _ENOUGH
        return self._judge(at, frames) if enough and at - self._window_began >= WINDOW else None

    def finish(self) -> Gap | None:
        """Judge what was heard since the last whole window; nothing more will arrive."""
        if self._delay is None or self._smallest == float("inf"):
            return None
        certain = THRESHOLD if (self._latest - self._window_frames) / self._rate >= _ENOUGH else _LATEST
        if self._smallest - self._delay <= certain:
            return None
        return Gap(self._whole, self._lasting() - self._delay)

    def _judge(self, at: float, frames: int) -> Gap | None:
        sound, smallest, lasting = (frames - self._window_frames) / self._rate, self._smallest, self._lasting()
        self._open_window(at, frames)
        if self._delay is None or smallest <= self._delay:
            self._delay = smallest
            return None
        grown = smallest - self._delay
        if grown > THRESHOLD:
            gap = Gap(self._whole, lasting - self._delay)
            self._delay = lasting
            return gap
        self._delay += min(grown, MAX_DRIFT * sound)
        return None

    def _lasting(self) -> float:
        """The delay that lasts: of the window's second half; a burst from before the loss may lie in the first."""
        return self._smallest if self._smallest_later == float("inf") else self._smallest_later

    def _open_window(self, at: float, frames: int) -> None:
        self._window_began, self._window_frames = at, frames
        self._smallest = self._smallest_later = float("inf")


class ArrivalClock:
    """When a frame of the stream was heard, in steady time, smoothed over half a second of arrivals."""

    def __init__(self, rate: int, memory: float = 0.5) -> None:
        self._rate = rate
        self._memory = memory
        self._recent: deque[tuple[float, float]] = deque()

    def arrived(self, frames: int, at: float) -> None:
        """`frames` in all have arrived by `at`."""
        self._recent.append((at, at - frames / self._rate))
        while at - self._recent[0][0] > self._memory:
            self._recent.popleft()

    def time_of(self, frame: float) -> float:
        """Steady time at which frame number `frame` was complete. Only after the first arrival."""
        return min(delay for _, delay in self._recent) + frame / self._rate
