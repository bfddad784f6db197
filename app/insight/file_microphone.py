"""Files that stand in for a microphone in measurements: once with a clock of its own, or over and over again."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.audio.decode import RATE, decode_blocks
from app.audio.replay import ReplaySource
from app.audio.sound_source import Piece
from app.audio.steady_clock import steady

_PIECE = RATE // 20  # frames


class FileMicrophone(ReplaySource):
    """A replayed file that tells when each of its seconds was due; it speaks as soon as the recording begins."""

    def __init__(self, path: Path, speed: float = 1.0) -> None:
        super().__init__(path, speed)
        self._times_real = speed
        self.began = 0.0
        """Steady time of the first sample; known once the recording has begun."""

    def begin(self) -> None:
        """See `ReplaySource.begin`."""
        self.began = steady()
        super().begin()

    def due(self, second: float) -> float:
        """Steady time at which the sound at a second of the recording is due at the microphone."""
        return self.began + second / self._times_real


class LoopedMicrophone:
    """A file over and over again (a `SoundSource`), at `speed` times real time as long as the listener keeps up.

    When `behind()` exceeds `patience` seconds of sound it speaks at real speed until the listener has caught up to
    half of that: a machine that is too slow for the speed makes the run longer and never piles sound up.
    """

    def __init__(self, path: Path, speed: float, behind: Callable[[], float], patience: float = 60.0) -> None:
        self._path = path
        self._speed = speed
        self._behind = behind
        self._patience = patience
        self._slow = False
        self._samples: npt.NDArray[np.int16] = np.zeros(0, np.int16)
        self._given = 0
        self._due = 0.0
        self._closed = threading.Event()
        self.channels = 1
        self.device = ""
        self.name = path.name
        self.missing = ""
        self.slowed = 0.0
        """Seconds of sound that were given at real speed because the listener was behind."""

    def open(self) -> None:
        """Decode the file. Raises `InputError`."""
        with decode_blocks(self._path) as blocks:
            self._samples = np.concatenate(list(blocks))

    def read(self, timeout: float) -> Piece | None:
        """The next 50 ms of sound when their time has come."""
        now = steady()
        if not self._given:
            self._due = now
        start, due = self._due, self._due + _PIECE / RATE / self._pace()
        if due - now > timeout:
            self._closed.wait(timeout)
            return None
        self._closed.wait(max(0.0, due - now))
        self._due = max(due, steady() - 1.0)  # a stall of this machine is not made up for in a burst
        self.slowed += _PIECE / RATE * self._slow
        places = np.arange(self._given, self._given + _PIECE) % len(self._samples)
        pcm = self._samples[places]
        self._given += _PIECE
        peak = float(np.abs(pcm.astype(np.int32)).max()) / 32_768
        return Piece(pcm.astype("<i2").tobytes(), start, due, peak)

    def begin(self) -> None:
        """Nothing to do: it speaks all the time."""

    def absent(self, present: frozenset[str]) -> bool:  # noqa: ARG002 - a file is always there
        """Never."""
        return False

    def close(self) -> None:
        """Stop giving sound."""
        self._closed.set()

    def _pace(self) -> float:
        behind = self._behind()
        if behind > self._patience:
            self._slow = True
        elif behind < self._patience / 2:
            self._slow = False
        return min(1.0, self._speed) if self._slow else self._speed
