"""Brings a recording's events to the interface thread without flooding it."""

import threading
from collections.abc import Callable

from app.domain.live import Hypothesis, Levels, LiveEvent, Prepared
from app.ui.tasks import Tasks

_REPLACED = (Levels, Hypothesis, Prepared)  # only the latest says something


class EventInbox:
    """An `Observer` for any thread. While the interface thread is busy, one delivery waits at most.

    `deliver` is called on the interface thread with the events in order; of levels, hypotheses and how far the draft is
    prepared only the latest.
    """

    def __init__(self, tasks: Tasks, deliver: Callable[[list[LiveEvent]], None]) -> None:
        self._tasks = tasks
        self._deliver = deliver
        self._lock = threading.Lock()
        self._waiting: list[LiveEvent] = []
        self._posted = False
        self._open = True

    def __call__(self, event: LiveEvent) -> None:
        """Take an event; never blocks for longer than another event is being put down."""
        with self._lock:
            if not self._open:
                return
            if isinstance(event, _REPLACED):
                self._waiting = [e for e in self._waiting if type(e) is not type(event)]
            self._waiting.append(event)
            if self._posted:
                return
            self._posted = True
        self._tasks.post(self._on_turn)

    def close(self) -> None:
        """Deliver nothing more."""
        with self._lock:
            self._open = False
            self._waiting = []

    def _on_turn(self) -> None:
        with self._lock:
            events, self._waiting, self._posted = self._waiting, [], False
        if events:
            self._deliver(events)
