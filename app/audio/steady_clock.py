"""A clock that never jumps with the date and goes on while the computer sleeps; the same in every process."""

import sys
import time

if sys.platform == "linux":

    def steady() -> float:
        """Seconds since the computer started. CLOCK_MONOTONIC would stand still in suspend (clock_gettime(2))."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

elif sys.platform == "darwin":

    def steady() -> float:
        """Seconds, sleep included; Python's own monotonic clock stops in sleep there (clock_gettime(3))."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

else:

    def steady() -> float:
        """Seconds since the computer started; on Windows the monotonic clock counts sleep."""
        return time.monotonic()
