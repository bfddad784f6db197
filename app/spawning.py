"""How the program starts its own child processes."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from multiprocessing import resource_tracker


@contextlib.contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """A child started in this block never hears Ctrl-C: ending it in order is the program's work (POSIX only)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # starting that one with the first child would unblock Ctrl-C again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def settle_child() -> None:
    """In a child: leave Ctrl-C to the program, and name nothing in the system that a sudden end would leave there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())  # its own lock is a named semaphore
