"""What the signed-in person should hear once about their records: a backup that is due, erasures that come."""

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.domain.people import Permission
from app.domain.ports import Session
from app.domain.records import NOTICE_DAYS, LastBackup, Records
from app.ui import records_words, wording
from app.ui.contracts import SealedPolicy
from app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Reminder:
    """One line, and what to do."""

    message: str
    remedy: str


class Reminders(QObject):
    """`due(Reminder)` at most once, after `look`. A failure is no reminder: the page of the records tells it."""

    due = Signal(object)

    def __init__(
        self, records: Records | None, session: Session, policy: SealedPolicy, tasks: Tasks, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._records = records
        self._session = session
        self._policy = policy
        self._tasks = tasks

    def look(self) -> None:
        """Read how things stand."""
        records = self._records
        if records is not None and self._session.user.may(Permission.HOLD):
            self._tasks.run(lambda: self._read(records), self._tell, lambda _error: None)

    def _read(self, records: Records) -> Reminder | None:
        now = datetime.now(UTC)
        if records.may_back_up() and self._backup_due(records.last_backup(), now):
            days = wording.plural(self._policy.backup_days, "day")
            return Reminder(records_words.last_backup(records.last_backup(), now), f"One is due every {days}.")
        coming = [d for d in records.upcoming(self._policy.retention) if not d.held]
        if not coming:
            return None
        visits = wording.plural(len({d.encounter_id for d in coming}), "visit")
        remedy = "A legal hold keeps a visit; see what goes when."
        return Reminder(f"The policy erases something of {visits} within {NOTICE_DAYS} days.", remedy)

    def _backup_due(self, last: LastBackup | None, now: datetime) -> bool:
        """Without any backup the oldest visit counts, so that a new vault is not nagged about."""
        days = self._policy.backup_days
        if last is not None or not days:
            return records_words.overdue(last, days, now)
        begun = [e.created_at for e in self._session.encounters.list()] if self._reads else []
        return bool(begun) and (now - min(begun)).days >= days

    @property
    def _reads(self) -> bool:
        return self._session.user.may(Permission.READ)

    def _tell(self, reminder: Reminder | None) -> None:
        if reminder is not None:
            self.due.emit(reminder)
