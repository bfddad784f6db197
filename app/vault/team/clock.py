"""The clock by which emergency access ends: the wall clock, and a steady one that nobody sets back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


def _steady() -> float:
    """Seconds that go on while the machine sleeps, where the system counts them."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` gives UTC, `steady` seconds from any start."""

    now: Callable[[], datetime] = _now
    steady: Callable[[], float] = _steady
