"""Peak resident memory of this process and all its children."""

import contextlib
import threading
from types import TracebackType

import psutil


class PeakMemory:
    """Samples the sum of resident memory every 0.2 s while its block runs; `megabytes` is the largest seen."""

    def __init__(self) -> None:
        self._peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="peak-memory", daemon=True)

    @property
    def megabytes(self) -> int:
        """Largest sum seen so far, in MB (10^6 bytes)."""
        return round(self._peak / 1e6)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(2)

    def _sample(self) -> None:
        own = psutil.Process()
        while not self._stop.is_set():
            total = 0
            with contextlib.suppress(psutil.Error):
                total = own.memory_info().rss
                for child in own.children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        total += child.memory_info().rss
            self._peak = max(self._peak, total)
            self._stop.wait(0.2)
