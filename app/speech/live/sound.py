"""The sound that is not final yet."""

import numpy as np
import numpy.typing as npt

from app.speech.voice_activity import RATE

Floats = npt.NDArray[np.float32]


class SoundBuffer:
    """Interleaved 16-bit sound with times from the start of the recording; what is final is forgotten."""

    def __init__(self, channels: int, start: float) -> None:
        self._channels = channels
        self._first = round(start * RATE)
        self._frames: npt.NDArray[np.int16] = np.zeros((0, channels), np.int16)
        self._rest = b""

    @property
    def start(self) -> float:
        """Seconds: the beginning of what is kept."""
        return self._first / RATE

    @property
    def end(self) -> float:
        """Seconds: everything fed so far."""
        return (self._first + len(self._frames)) / RATE

    def feed(self, pcm: bytes) -> Floats:
        """Take little-endian int16 frames in pieces of any length; return their mean over the channels, float32 [n]."""
        data = self._rest + pcm
        whole = len(data) - len(data) % (2 * self._channels)
        self._rest = data[whole:]
        fresh = np.frombuffer(data[:whole], "<i2").reshape(-1, self._channels)
        self._frames = np.concatenate([self._frames, fresh])
        return _mean(fresh)

    def cut(self, start: float, end: float) -> Floats:
        """Return the mono sound between two times, float32 in -1..1."""
        return _mean(self._between(start, end))

    def energies(self, start: float, end: float) -> tuple[float, ...]:
        """Return the mean square of each channel between two times."""
        frames = self._between(start, end).astype(np.float32) / 32_768.0
        return tuple(float(v) for v in np.mean(np.square(frames), axis=0)) if len(frames) else (0.0,) * self._channels

    def forget(self, before: float) -> None:
        """Let go of the sound before a time."""
        drop = min(len(self._frames), int(before * RATE) - self._first)
        if drop > 0:
            self._frames = self._frames[drop:].copy()
            self._first += drop

    def _between(self, start: float, end: float) -> npt.NDArray[np.int16]:
        first = max(0, int(start * RATE) - self._first)
        return self._frames[first : max(first, int(end * RATE) - self._first)]


def _mean(frames: npt.NDArray[np.int16]) -> Floats:
    mono: Floats = frames.astype(np.float32).mean(axis=1) / np.float32(32_768.0) if len(frames) else _NOTHING
    return mono


_NOTHING = np.zeros(0, np.float32)
