"""A job as the program sees it: wait for it, watch it, cancel it."""

import threading
from collections.abc import Callable
from typing import Any

from app.domain.errors import AnamnesisError, EngineError, WorkCancelledError
from app.domain.work import CancelToken, Progress

Part = Callable[[dict[str, Any]], None]


class Job:
    """One request in the engine process. Callbacks run on the supervisor's reader thread."""

    def __init__(self, number: int, progress: Progress, part: Part, cancel: Callable[["Job"], None]) -> None:
        self.number = number
        self.progress = progress
        self.part = part
        self._cancel = cancel
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._value: dict[str, Any] | None = None
        self._error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether the job ended, in whatever way."""
        return self._done.is_set()

    def finish(self, value: dict[str, Any]) -> None:
        """Store the result; the first ending wins."""
        with self._lock:
            if not self._done.is_set():
                self._value = value
                self._done.set()

    def fail(self, error: Exception) -> None:
        """Store the error; the first ending wins."""
        with self._lock:
            if not self._done.is_set():
                self._error = error
                self._done.set()

    def cancel(self) -> None:
        """End the job within 200 ms."""
        self._cancel(self)

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether the job ended within the time."""
        return self._done.wait(seconds)

    def result(self, cancel: CancelToken | None = None) -> dict[str, Any]:
        """Wait for the result. Raises what the job raised; `WorkCancelledError` once `cancel` is set."""
        while not self._done.wait(0.02):
            if cancel is not None and cancel.cancelled:
                self.cancel()
        if self._error is not None:
            raise self._error
        if self._value is None:
            raise EngineError("The engine process ended without a result.", "Try again.")
        return self._value


_BY_CODE: dict[str, type[AnamnesisError]] = {}


def error_from(code: str, message: str, remedy: str) -> Exception:
    """Rebuild a declared error that came over the pipe; a bug becomes a RuntimeError."""
    if code == "bug":
        return RuntimeError(f"engine process: {message}")
    if code == WorkCancelledError.code:
        return WorkCancelledError(message, remedy)
    if not _BY_CODE:
        pending = [AnamnesisError]
        while pending:
            cls = pending.pop()
            if "code" in vars(cls):  # a subclass without a code of its own may want other arguments
                _BY_CODE[cls.code] = cls
            pending.extend(cls.__subclasses__())
    return _BY_CODE.get(code, EngineError)(message, remedy)
