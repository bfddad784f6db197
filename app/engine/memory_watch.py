"""Watches the engine process: how willingly it yields, and how much memory it holds."""

import contextlib
import os
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess


def watch_memory(
    process: BaseProcess, niceness: int, most: int, wanted: Callable[[], bool], seen: Callable[[int], None]
) -> bool:
    """Set the niceness, then measure the resident memory twice a second until the process ends or is not `wanted`.

    Returns False once it holds more than `most` bytes, else True; each measure goes to `seen`.
    """
    import psutil

    with contextlib.suppress(psutil.Error):
        handle = psutil.Process(process.pid)
        if hasattr(os, "nice"):
            handle.nice(max(niceness, handle.nice()))  # nobody but root may take niceness back
        while process.is_alive() and wanted():
            rss = handle.memory_info().rss
            seen(rss)
            if rss > most:
                return False
            time.sleep(0.5)
    return True
