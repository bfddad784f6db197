"""How the program starts its own child processes."""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from app.process_guard import guard_process


@contextlib.contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """A child started in this block never hears Ctrl-C (POSIX), and the program hears it after the block.

    Ending the child in order is the program's work; one that is half started could only complain.
    """
    with _ctrl_c_postponed():
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        resource_tracker.ensure_running()  # starting that one with the first child would unblock Ctrl-C again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _ctrl_c_postponed() -> Iterator[None]:
    """Blocking it in this thread is not enough: the system hands it to any other, and Python to the main thread."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    pressed = threading.Event()
    signal.signal(signal.SIGINT, lambda _number, _frame: pressed.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed.is_set():
            signal.raise_signal(signal.SIGINT)


def settle_child() -> None:
    """In a child: guard it, leave Ctrl-C to the program, name nothing in the system that a sudden end would leave."""
    guard_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())  # its own lock is a named semaphore


def scratch_folder() -> Path:
    """In a child: make a folder for this user alone, which `reap` finds if the child is killed before it removed it."""
    return Path(tempfile.mkdtemp(prefix=_scratch(os.getpid())))  # mkdtemp makes it 0700


def reap(process: BaseProcess, seconds: float = 5.0) -> None:
    """Wait for a child that was told to end, and remove what it could not remove itself."""
    process.join(seconds)
    _remove_scratch(process.pid)


def end_orphan() -> NoReturn:
    """In a child whose program is gone, so that nobody is left to reap it: leave no folder, and end at once."""
    _remove_scratch(os.getpid())
    os._exit(0)  # native work in another thread cannot be asked to stop


def _remove_scratch(number: int | None) -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{_scratch(number)}*"):
        shutil.rmtree(left, ignore_errors=True)


def _scratch(number: int | None) -> str:
    return f"anamnesis-{number}-"
