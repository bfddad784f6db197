"""Passing on the events of a recording, so that no watcher can disturb the sound."""

import sys
import threading

from app.domain.live import LiveEvent, Observer, ignore_events


class Relay:
    """An observer whose listener can change. `route` may be replaced (a microphone test becomes a recording)."""

    def __init__(self, listener: Observer) -> None:
        self._listener = listener
        self.route: Observer = self.tell

    def __call__(self, event: LiveEvent) -> None:
        """Take an event from its source."""
        self.route(event)

    def listen(self, listener: Observer) -> None:
        """From now on tell this listener."""
        self._listener = listener

    def tell(self, event: LiveEvent) -> None:
        """Tell the listener. A listener with a bug is reported once as a crash of its thread, and told no more."""
        try:
            self._listener(event)
        except Exception:  # noqa: BLE001 - whatever a watcher does, the recording goes on; the bug is reported
            self._listener = ignore_events
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
