"""Ctrl-C that nobody heard is pressed again.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. In a finaliser, a weak reference's callback or
a callback from C it can reach nobody: Python hands it to `sys.unraisablehook` and goes on (Python's documentation of
that hook). About one in a hundred is lost so while modules are imported.
"""

import _thread
import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_PAUSE = 0.02  # seconds; by then the callback is over


def hear_every_ctrl_c() -> None:
    """Press a lost Ctrl-C again, from this call on; other errors that reach nobody are told without their text."""
    sys.unraisablehook = _unraisable


def _unraisable(lost: "UnraisableHookArgs") -> None:
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        _tell(lost)
        return
    with contextlib.suppress(RuntimeError):  # the interpreter is ending: there is nothing left to cancel
        _thread.start_new_thread(_press_again, (_thread.get_ident(),))


def _press_again(main: int) -> None:
    """Wait, then interrupt the main thread, also if it waits for a lock. No lock is taken: it may hold any."""
    time.sleep(_PAUSE)
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _tell(lost: "UnraisableHookArgs") -> None:
    from app.domain.bugs import describe_bug

    error = lost.exc_value or lost.exc_type()
    if sys.stderr is not None:
        print(f"anamnesis: ignored {describe_bug(error)}", file=sys.stderr)
