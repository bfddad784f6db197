"""Stores marks and final text of a running recording, in order, on a thread of its own.

The recorder's thread must never wait for the database: a busy or failing one would cost sound.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from app.domain.errors import AnamnesisError
from app.domain.live import Alarm, AlarmKind, Observer
from app.domain.recording import HeardWindow, Mark

Append = Callable[[Mark | HeardWindow], None]

_WAITS = (0.1, 0.5, 2.0, 5.0)
"""Seconds before an entry is tried again; the last one repeats."""

_PATIENCE = 5.0
"""Seconds that final text waits to be stored before it is shown all the same."""

_ALARM_AFTER = 2
"""Failed tries before the person is told."""


class JournalKeeper:
    """Takes entries from any thread without blocking and appends each until it is stored.

    A failure is tried again for as long as the recording runs and told as an alarm; later entries wait, so that the
    journal never has a hole. `marks` are all marks so far, stored or not.
    """

    def __init__(self, append: Append, observe: Observer, earlier: Iterable[Mark] = ()) -> None:
        self._append = append
        self._observe = observe
        self._marks = list(earlier)
        self._waiting: deque[Mark | HeardWindow] = deque()
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="visit-journal", daemon=True)
        self._thread.start()

    @property
    def marks(self) -> Sequence[Mark]:
        """All marks of the recording, in the order of their making."""
        with self._changed:
            return tuple(self._marks)

    def add(self, entry: Mark | HeardWindow) -> None:
        """Hand in an entry; it is stored soon."""
        with self._changed:
            if isinstance(entry, Mark):
                self._marks.append(entry)
            self._waiting.append(entry)
            self._changed.notify_all()

    def keep(self, entry: Mark | HeardWindow) -> None:
        """Hand in an entry and wait until it is stored, but not for long: a failing database must not stop the text."""
        self.add(entry)
        self.drain(_PATIENCE)

    def drain(self, seconds: float) -> bool:
        """Wait until everything is stored, at most so long; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting or not self._thread.is_alive(), seconds) and (
                not self._waiting
            )

    def close(self) -> None:
        """Stop; what is not stored by now is given up."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(10)

    def _run(self) -> None:
        try:
            while (entry := self._next()) is not None:
                if not self._store(entry):
                    return
                with self._changed:
                    self._waiting.popleft()
                    self._changed.notify_all()
        finally:
            with self._changed:
                self._changed.notify_all()

    def _next(self) -> Mark | HeardWindow | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed.is_set())
            return None if self._closed.is_set() else self._waiting[0]

    def _store(self, entry: Mark | HeardWindow) -> bool:
        tries = 0
        while True:
            try:
                self._append(entry)
            except AnamnesisError as error:
                tries += 1
                if tries == _ALARM_AFTER:
                    self._observe(_alarm(error))
                if self._closed.wait(_WAITS[min(tries, len(_WAITS)) - 1]):
                    return False
            else:
                if tries >= _ALARM_AFTER:
                    self._observe(Alarm(AlarmKind.STORAGE, active=False))
                return True


def _alarm(error: AnamnesisError) -> Alarm:
    return Alarm(
        AlarmKind.STORAGE,
        active=True,
        message=f"Marks and live text cannot be stored: {error.message} The sound is being recorded.",
        remedy=error.remedy,
    )
