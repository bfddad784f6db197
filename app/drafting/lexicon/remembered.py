"""What was read of a text need not be read again within one piece of work; nothing of it is kept after that."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

_MOST = 200_000  # readings, of a sentence mostly: many hours of talk

_work = threading.local()


@contextmanager
def readings_remembered() -> Iterator[None]:
    """In this thread and this block (or decorated function) each `remembered` reading of a text is made once."""
    if getattr(_work, "readings", None) is not None:
        yield  # part of a greater piece of work
        return
    _work.readings = {}
    try:
        yield
    finally:
        _work.readings = None  # patients' words must not outlive the work on them


def remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """For pure functions of a text whose result nobody changes."""

    @wraps(read)
    def reading(text: str) -> T:
        readings = getattr(_work, "readings", None)
        if readings is None:
            return read(text)
        key = (read, text)
        if key not in readings:
            if len(readings) >= _MOST:
                readings.clear()
            readings[key] = read(text)
        found: T = readings[key]
        return found

    return reading
