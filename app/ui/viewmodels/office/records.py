"""Backup, holds and erasing, as the signed-in person may see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError, WorkCancelledError
from app.domain.records import Backup, DueErasure, ErasureRecord, Hold, LastBackup, Records, RetentionLimits
from app.domain.work import CancelToken
from app.ui.tasks import Lane, Tasks


@dataclass(frozen=True, slots=True)
class RecordsShown:
    """What was read. `titles`: of the visits that this person may open."""

    may_back_up: bool = False
    last: LastBackup | None = None
    upcoming: tuple[DueErasure, ...] = ()
    holds: tuple[Hold, ...] = ()
    erased: tuple[ErasureRecord, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


class RecordsModel(QObject):
    """`changed` when something was read, `progressed(fraction, phrase)` and `ended(Backup or None)` of a backup."""

    changed = Signal()
    progressed = Signal(float, str)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        records: Records,
        limits: RetentionLimits,
        titles: Callable[[], Mapping[str, str]],
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.records = records
        self.limits = limits
        self._titles = titles
        self._tasks = tasks
        self._cancel: CancelToken | None = None
        self.shown = RecordsShown()

    @property
    def backing_up(self) -> bool:
        """Whether a backup is being made."""
        return self._cancel is not None

    def look(self) -> None:
        """Read everything."""
        self._tasks.run(self._read, self._show, self.failed.emit)

    def back_up(self, target: Path) -> None:
        """Make a backup in a folder."""
        if self._cancel is not None:
            return
        self._cancel = cancel = CancelToken()

        def progress(fraction: float, phrase: str) -> None:
            self._tasks.post(lambda: self.progressed.emit(fraction, phrase))

        self.changed.emit()
        self._tasks.run(
            lambda: self.records.back_up(target, progress, cancel), self._made, self._not_made, Lane.RECORDS
        )

    def cancel(self) -> None:
        """Stop the backup; no file stays."""
        if self._cancel is not None:
            self._cancel.cancel()

    def title(self, encounter_id: str) -> str:
        """The patient label of a visit of one's own, '' of any other."""
        return self.shown.titles.get(encounter_id, "")

    @staticmethod
    def now() -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def _made(self, backup: Backup) -> None:
        self._cancel = None
        self.ended.emit(backup)
        self.look()

    def _not_made(self, error: AnamnesisError) -> None:
        self._cancel = None
        if isinstance(error, WorkCancelledError):
            self.ended.emit(None)
        else:
            self.failed.emit(error)
        self.changed.emit()

    def _read(self) -> RecordsShown:
        records = self.records
        return RecordsShown(
            records.may_back_up(),
            records.last_backup(),
            tuple(records.upcoming(self.limits)),
            tuple(records.holds()),
            tuple(records.erased()),
            self._titles(),
        )

    def _show(self, shown: RecordsShown) -> None:
        self.shown = shown
        self.changed.emit()
