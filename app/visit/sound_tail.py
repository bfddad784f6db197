"""The sound of a running recording, readable from any position: the newest from memory, older from the sealed spool."""

import threading
from collections import deque
from collections.abc import Callable

from app.domain.errors import MachineError

RATE = 16_000
KEPT = 30 * RATE
"""Frames that are kept in memory; enough to go on from the last final window without touching the spool."""
PIECE = 30 * RATE
"""Frames that are read from the spool at once, at most."""

ReadSound = Callable[[float, float | None], bytes]


class SoundTail:
    """Positions are frames from the start of the recording. All of the sound here is on disk already."""

    def __init__(self, read_sound: ReadSound, channels: int, recorded: float = 0.0) -> None:
        """`read_sound` returns the PCM between two times; `recorded` seconds lie in the spool before the first take."""
        self._read_sound = read_sound
        self._frame = 2 * channels
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._end = round(recorded * RATE)
        self._first = self._end

    @property
    def end(self) -> int:
        """The position after the newest frame."""
        with self._lock:
            return self._end

    def frames(self, pcm: bytes) -> int:
        """Return how many frames a piece of sound has."""
        return len(pcm) // self._frame

    def take(self, pcm: bytes, at: float) -> None:
        """Add the sound that begins at `at` seconds. Never waits, never fails.

        What was taken before is left out; what was left out before will be read from the spool.
        """
        with self._lock:
            begin = round(at * RATE)
            if begin > self._end:
                self._forget(begin)
            fresh = pcm[(self._end - begin) * self._frame :]
            if not fresh:
                return
            self._pieces.append(fresh)
            self._end += len(fresh) // self._frame
            while self._end - self._first > KEPT and len(self._pieces) > 1:
                self._first += len(self._pieces.popleft()) // self._frame

    def read(self, position: int) -> bytes:
        """Return sound from `position` on, half a minute at most; empty at the end.

        Raises `MachineError` if the spool does not give back what was recorded, and what the spool itself raises.
        """
        with self._lock:
            if position >= self._first:
                return self._from_memory(position)
            stop = min(self._first, position + PIECE)
        pcm = self._read_sound(position / RATE, stop / RATE)
        if len(pcm) != (stop - position) * self._frame:
            raise MachineError("The recorded sound could not be read back whole.", "Transcribe the visit again.")
        return pcm

    def complete(self) -> bool:
        """After the recording: look for sound in the spool beyond the last take; return whether there was any."""
        end = self.end
        more = self.frames(self._read_sound(end / RATE, (end + PIECE) / RATE))
        if more:
            with self._lock:
                self._forget(end + more)
        return more > 0

    def _forget(self, end: int) -> None:
        self._pieces.clear()
        self._first = self._end = end

    def _from_memory(self, position: int) -> bytes:
        begin = self._first
        found = []
        for piece in self._pieces:
            frames = len(piece) // self._frame
            if position < begin + frames:
                found.append(piece[max(0, position - begin) * self._frame :])
            begin += frames
        return b"".join(found)
