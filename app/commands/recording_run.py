"""A recording from the command line: until Ctrl-C, a time, or the machine ends it."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.commands.live_terminal import LiveTerminal
from app.domain.errors import WorkCancelledError
from app.domain.work import CancelToken, Progress
from app.visit.live_visit import LiveVisit

HINT = "Recording. Ctrl-C stops it."
LATER = "'anamnesis encounters recover' finishes it."
_ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class StopKeys:
    """Turns Ctrl-C and the system's request to end into a request to stop, so that neither tears the work apart."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.ending = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Listen in this block (main thread only)."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, *_ENDINGS)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.ending = self.ending or number != signal.SIGINT
        self.asked.set()


def record_until_stopped(
    visit: LiveVisit, terminal: LiveTerminal, keys: StopKeys, seconds: float | None, progress: Progress
) -> float:
    """Wait for the end of the recording, then stop it; return the seconds recorded.

    A second Ctrl-C gives up the rest of the transcript, not the sound. If the system ends the program, the sound is
    sealed and the text left for later. Raises `WorkCancelledError` in both cases.
    """
    begun = time.monotonic()
    while not keys.asked.wait(0.1) and not terminal.stopped.is_set():
        if seconds is not None and time.monotonic() - begun >= seconds:
            break
    terminal.end()
    if keys.ending:
        visit.seal()
        raise WorkCancelledError("The program was asked to end; the recording is saved.", LATER)
    keys.asked.clear()
    cancel = CancelToken()
    over = threading.Event()
    threading.Thread(target=_cancel_when_asked, args=(keys, cancel, over), daemon=True).start()
    try:
        visit.stop(progress, cancel)
    except WorkCancelledError:
        raise WorkCancelledError("Cancelled; the recording is saved.", LATER) from None
    finally:
        over.set()
    return visit.elapsed


def _cancel_when_asked(keys: StopKeys, cancel: CancelToken, over: threading.Event) -> None:
    while not over.wait(0.05):
        if keys.asked.is_set():
            cancel.cancel()
            return
