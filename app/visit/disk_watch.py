"""Watches the disk during a recording: warns with the minutes left, and stops before the disk is full."""

import threading
from collections.abc import Callable

from app.domain.errors import DiskFullError
from app.domain.live import Alarm, AlarmKind

WARN_MINUTES = 30.0
CLEAR_MINUTES = 35.0
START_MINUTES = 1.0
PERIOD = 1.0
"""Seconds between two looks at the disk."""

_TELL_AT = (20, 10, 5, 4, 3, 2, 1)
_SEALING = 1.01
"""Sealed sound per byte of sound: tags and headers of quarter-second blocks take less than a hundredth."""

FreeSpace = Callable[[], int]


class DiskRoom:
    """The arithmetic: `reserve` in bytes is never recorded into; sound takes `rate` (Hz) x `channels` x 2 bytes/s."""

    def __init__(self, reserve: int, channels: int, rate: int = 16_000) -> None:
        self._reserve = reserve
        self._per_second = rate * channels * 2 * _SEALING
        self._told: int | None = None

    def seconds(self, free: int) -> float:
        """Seconds of recording that fit before the reserve is touched."""
        return max(free - self._reserve, 0) / self._per_second

    def full(self, free: int) -> bool:
        """Whether the recording must stop now: the next looks may come too late."""
        return self.seconds(free) <= 2 * PERIOD

    def alarm(self, free: int) -> Alarm | None:
        """A warning that begins, or is due again because few minutes are left, or ends; None if nothing changed."""
        minutes = self.seconds(free) / 60
        if self._told is not None and minutes >= CLEAR_MINUTES:
            self._told = None
            return Alarm(AlarmKind.DISK_LOW, active=False)
        step = min((n for n in (int(WARN_MINUTES), *_TELL_AT) if minutes < n), default=None)
        if step is None or (self._told is not None and step >= self._told):
            return None
        self._told = step
        left = f"{int(minutes)} min" if minutes >= 1 else "less than a minute"
        return Alarm(
            AlarmKind.DISK_LOW,
            active=True,
            message=f"The disk is nearly full: {left} of recording left.",
            remedy="Free some space; the recording stops with everything saved before the disk is full.",
        )

    def require(self, free: int) -> None:
        """Raise `DiskFullError` if not even a minute fits."""
        if self.seconds(free) < START_MINUTES * 60:
            raise DiskFullError(
                "The disk is too full to record: not even a minute fits beside the reserve.", "Free some space first."
            )


class DiskWatch:
    """Looks at the free space every second until stopped. `full` is called once, from the watch's thread."""

    def __init__(
        self, room: DiskRoom, free: FreeSpace, tell: Callable[[Alarm], None], full: Callable[[], None]
    ) -> None:
        self._room = room
        self._free = free
        self._tell = tell
        self._full = full
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="visit-disk", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; may be called from any thread, twice, and before the start."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(PERIOD):
            try:
                free = self._free()
            except OSError:
                continue  # a disk that cannot be asked shows itself in the next write, which is reported
            if self._room.full(free):
                self._full()
                return
            alarm = self._room.alarm(free)
            if alarm is not None:
                self._tell(alarm)
