"""Sound on its way from PortAudio's callback to the thread that sends it: memory that is there beforehand.

One thread puts, one takes. The callback neither allocates much, locks, nor waits. Counters only grow; each is written
by one side only.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

_STAMPS = 16_384


@dataclass(frozen=True, slots=True)
class Arrival:
    """One callback: `frames` kept in all, `dropped` frames in all, `overflows` flagged in all, by `at` (steady)."""

    frames: int
    dropped: int
    overflows: int
    at: float


class CaptureRing:
    """Holds `seconds` of sound at `rate` Hz with `channels` 16-bit channels."""

    def __init__(self, rate: int, channels: int, seconds: float = 60.0) -> None:
        self._frame_bytes = 2 * channels
        self._capacity = int(rate * seconds) * self._frame_bytes
        self._memory = memoryview(bytearray(self._capacity))
        self._frames = array("q", bytes(8 * _STAMPS))
        self._dropped_at = array("q", bytes(8 * _STAMPS))
        self._overflows_at = array("q", bytes(8 * _STAMPS))
        self._times = array("d", bytes(8 * _STAMPS))
        self._put_bytes = self._taken_bytes = 0
        self._put_stamps = self._taken_stamps = 0
        self._dropped = self._overflows = 0

    @property
    def waiting(self) -> int:
        """Bytes that wait to be taken."""
        return self._put_bytes - self._taken_bytes

    def put(self, sound: memoryview, at: float, overflowed: bool) -> None:
        """Called by PortAudio: copy `sound` (whole frames); without room it is counted as dropped."""
        size = len(sound)
        self._overflows += overflowed
        full = self._put_stamps - self._taken_stamps >= _STAMPS or self.waiting + size > self._capacity
        if full:
            self._dropped += size // self._frame_bytes
            return
        place = self._put_bytes % self._capacity
        first = min(size, self._capacity - place)
        self._memory[place : place + first] = sound[:first]
        if first < size:
            self._memory[: size - first] = sound[first:size]
        slot = self._put_stamps % _STAMPS
        self._frames[slot] = (self._put_bytes + size) // self._frame_bytes
        self._dropped_at[slot], self._overflows_at[slot], self._times[slot] = self._dropped, self._overflows, at
        self._put_bytes += size
        self._put_stamps += 1

    def arrivals(self) -> Iterator[Arrival]:
        """Take the stamps of the callbacks since the last time."""
        while self._taken_stamps < self._put_stamps:
            slot = self._taken_stamps % _STAMPS
            yield Arrival(self._frames[slot], self._dropped_at[slot], self._overflows_at[slot], self._times[slot])
            self._taken_stamps += 1

    def take(self, until_frame: int) -> bytes:
        """Take the sound up to frame number `until_frame` of the stream."""
        size = until_frame * self._frame_bytes - self._taken_bytes
        place = self._taken_bytes % self._capacity
        sound = bytes(self._memory[place : place + size])
        sound += bytes(self._memory[: size - len(sound)])
        self._taken_bytes += size
        return sound
