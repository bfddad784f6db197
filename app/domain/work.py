"""Long work: how it reports progress and how it is cancelled."""

import threading
from collections.abc import Callable

from app.domain.errors import WorkCancelledError

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1) and a short English phrase without patient content."""


def no_progress(_fraction: float, _phrase: str) -> None:
    """Ignore progress."""


class CancelToken:
    """Set from any thread; long work asks it between steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `WorkCancelledError` if the work was asked to stop."""
        if self._event.is_set():
            raise WorkCancelledError
