"""A call that may wait for a person, bounded in time."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NoAnswerError(Exception):
    """The call had not returned when the time was over; it goes on in its own thread, and nobody waits for it."""


def bounded(act: Callable[[], T], seconds: float) -> T:
    """Return what `act` returns, or raise what it raises; `NoAnswerError` after `seconds`.

    The call runs in a daemon thread: a prompt of the operating system that nobody answers cannot be called back, and
    must neither hold the program nor its end.
    """
    answers: queue.SimpleQueue[tuple[T, None] | tuple[None, BaseException]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((act(), None))
        except BaseException as error:  # noqa: BLE001 - handed on whole to the thread that asked
            answers.put((None, error))

    threading.Thread(target=work, name="key-store", daemon=True).start()
    try:
        value, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise NoAnswerError from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # the pair holds either a value or an error
