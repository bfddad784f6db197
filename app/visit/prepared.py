"""Passages of visits that were answered ahead of their drafts, in memory alone."""

import threading
from collections.abc import Callable

from app.domain.passages import AnsweredPassage
from app.domain.work import CancelToken

MOST_DRAFTED = 8
"""Visits, the latest, whose answers are kept after their draft."""

Settle = Callable[[CancelToken], None]


class PreparedPassages:
    """Answered passages by encounter, until it is destroyed or the person signs out. Usable from any thread.

    Those of drafted visits stay for another draft, of the latest `MOST_DRAFTED` visits.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passages: dict[str, list[AnsweredPassage]] = {}
        self._settling: dict[str, Settle] = {}
        self._drafted: dict[str, None] = {}

    def begin(self, encounter_id: str, settle: Settle) -> None:
        """Passages of this visit are being answered; `settle` waits for the one in work and begins no other."""
        with self._lock:
            self._settling[encounter_id] = settle

    def add(self, encounter_id: str, passage: AnsweredPassage) -> None:
        """Keep an answered passage."""
        with self._lock:
            self._passages.setdefault(encounter_id, []).append(passage)

    def of(self, encounter_id: str) -> tuple[AnsweredPassage, ...]:
        """Return what was answered so far, in the order of answering."""
        with self._lock:
            return tuple(self._passages.get(encounter_id, ()))

    def collect(self, encounter_id: str, cancel: CancelToken) -> tuple[AnsweredPassage, ...]:
        """Return what was answered, once nothing more is in work. Raises `WorkCancelledError`."""
        with self._lock:
            settle = self._settling.get(encounter_id)
        if settle is not None:
            settle(cancel)
        return self.of(encounter_id)

    def drafted(self, encounter_id: str) -> None:
        """The draft is stored: what was answered serves the next one; of all but the latest visits it is dropped."""
        with self._lock:
            self._settling.pop(encounter_id, None)
            self._drafted.pop(encounter_id, None)
            self._drafted[encounter_id] = None
            for oldest in list(self._drafted)[:-MOST_DRAFTED]:
                del self._drafted[oldest]
                self._passages.pop(oldest, None)

    def forget(self, encounter_id: str) -> None:
        """Drop everything of a visit."""
        with self._lock:
            self._passages.pop(encounter_id, None)
            self._settling.pop(encounter_id, None)
            self._drafted.pop(encounter_id, None)

    def clear(self) -> None:
        """Drop everything: the person has signed out."""
        with self._lock:
            self._passages.clear()
            self._settling.clear()
            self._drafted.clear()
