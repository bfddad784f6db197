"""A file that is heard as if it were spoken into a microphone: for benchmarks, demonstrations and tests."""

import threading
from pathlib import Path

import numpy as np

from app.audio.decode import RATE, decode_blocks
from app.audio.sound_source import Piece
from app.audio.steady_clock import steady
from app.domain.errors import InputError
from app.domain.work import CancelToken

_FRAMES = RATE // 20  # per piece


class ReplaySource:
    """Gives a file's sound at `speed` times real time, then silence (a `SoundSource`, one channel).

    Silence comes until `begin`, too, so that a recording starts with the file's first sample.
    """

    def __init__(self, path: Path, speed: float = 1.0) -> None:
        """`path` as for `decode_blocks`; `speed` above 0, 1 is real time."""
        if speed <= 0:
            raise InputError("The speed of a replay must be above 0.")
        self._path = path
        self._speed = speed
        self._samples = np.zeros(0, np.int16)
        self._given = 0
        self._began = 0.0
        self._speaking = False
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self.channels = 1
        self.device = ""
        self.name = path.name
        self.missing = ""
        self.ended = threading.Event()
        """Set when the file's last sound was handed over; silence follows."""

    @property
    def duration(self) -> float:
        """Seconds of the file; known after `open`."""
        return len(self._samples) / RATE

    @property
    def played(self) -> float:
        """Seconds handed over, without the silence after the end."""
        return min(self._given, len(self._samples)) / RATE if self._speaking else 0.0

    def open(self) -> None:
        """Decode the file. Raises `InputError`."""
        with decode_blocks(self._path, CancelToken()) as blocks:
            self._samples = np.concatenate(list(blocks))
        self._began = steady()

    def begin(self) -> None:
        """Speak from now on; until then there is silence."""
        with self._lock:
            self._began, self._given, self._speaking = steady(), 0, True

    def absent(self, present: frozenset[str]) -> bool:  # noqa: ARG002 # a file is always there
        """Never."""
        return False

    def read(self, timeout: float) -> Piece | None:
        """The next 50 ms of sound when their time has come."""
        with self._lock:
            wait = self._time_of(self._given + _FRAMES) - steady()
        if wait > 0:
            self._closed.wait(min(wait, timeout))
        with self._lock:
            return self._next() if self._time_of(self._given + _FRAMES) <= steady() else None

    def _next(self) -> Piece:
        pcm = np.zeros(_FRAMES, "<i2")
        if self._speaking:
            part = self._samples[self._given : self._given + _FRAMES]
            pcm[: len(part)] = part
        start = self._time_of(self._given)
        self._given += _FRAMES
        if self._speaking and self._given >= len(self._samples):
            self.ended.set()
        peak = float(np.abs(pcm.astype(np.int32)).max()) / 32_768
        return Piece(pcm.tobytes(), start, self._time_of(self._given), peak)

    def _time_of(self, frame: int) -> float:
        return self._began + frame / RATE / self._speed

    def close(self) -> None:
        """Stop giving sound."""
        self._closed.set()
