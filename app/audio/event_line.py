"""Events on their way to whoever watches: in order, from a thread of their own; a slow watcher costs no sound."""

import logging
import queue
import threading

from app.domain.live import Levels, LiveEvent, Observer

_LOG = logging.getLogger(__name__)
_MANY = 50


class EventLine:
    """Hands events to `observe`. Levels are left out while many events wait; nothing else is."""

    def __init__(self, observe: Observer) -> None:
        self._observe = observe
        self._events: queue.SimpleQueue[LiveEvent | threading.Event] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder-events", daemon=True)

    def start(self) -> None:
        """Begin to hand over; what was put before is not lost."""
        self._thread.start()

    def put(self, event: LiveEvent) -> None:
        """Pass an event on; never blocks."""
        if not (isinstance(event, Levels) and self._events.qsize() > _MANY):
            self._events.put(event)

    def flush(self, timeout: float = 10.0) -> None:
        """Wait until everything put so far was observed. Returns at once in the observer's own thread."""
        if threading.current_thread() is not self._thread and self._thread.is_alive():
            passed = threading.Event()
            self._events.put(passed)
            passed.wait(timeout)

    def close(self) -> None:
        """End the thread after the events that wait."""
        self._events.put(_LAST)
        if threading.current_thread() is not self._thread and self._thread.is_alive():
            self._thread.join(10.0)

    def _run(self) -> None:
        while (event := self._events.get()) is not _LAST:
            if isinstance(event, threading.Event):
                event.set()
                continue
            try:
                self._observe(event)
            except Exception as error:  # noqa: BLE001 # a watcher's bug must not end the recording; its type is logged
                _LOG.error("A watcher of the recording failed: %s", type(error).__name__)


_LAST = threading.Event()
