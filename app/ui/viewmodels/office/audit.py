"""The audit trail as a table, newest first, narrowed by person, kind of act, and days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.domain.ports import AuditCheck, AuditEntry, AuditTrail
from app.ui import audit_words
from app.ui.tasks import Lane, Tasks

Index = QModelIndex | QPersistentModelIndex

FIRST = 2_000
"""Entries that are read at first; the rest on demand."""

COLUMNS = ("No.", "When", "Who", "What", "About", "Detail")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is shown; empty or None: all. Days are local and inclusive."""

    person: str = ""
    group: str = ""
    first: date | None = None
    last: date | None = None

    def fits(self, entry: AuditEntry) -> bool:
        """Whether an entry is shown."""
        day = entry.at.astimezone().date()
        return (
            (not self.person or entry.actor == self.person)
            and audit_words.in_group(entry.action, self.group)
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
        )


class AuditTable(QAbstractTableModel):
    """Rows of entries."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[AuditEntry] = []
        self._shown: list[AuditEntry] = []
        self._narrowing = Narrowing()

    @property
    def total(self) -> int:
        """How many were read."""
        return len(self._all)

    def replace(self, entries: Sequence[AuditEntry]) -> None:
        """Show these; they come oldest first."""
        self.beginResetModel()
        self._all = list(reversed(entries))
        self._shown = [e for e in self._all if self._narrowing.fits(e)]
        self.endResetModel()

    def narrow(self, narrowing: Narrowing) -> None:
        """Show only what fits."""
        self.beginResetModel()
        self._narrowing = narrowing
        self._shown = [e for e in self._all if narrowing.fits(e)]
        self.endResetModel()

    def people(self) -> list[str]:
        """Everybody who acts in what was read."""
        return sorted({e.actor for e in self._all if e.actor}, key=str.casefold)

    def entry(self, row: int) -> AuditEntry:
        """The entry of a row."""
        return self._shown[row]

    def row_of(self, sequence: int) -> int:
        """The row of an entry by its number, or -1."""
        return next((n for n, e in enumerate(self._shown) if e.sequence == sequence), -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """See Qt."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        if not index.isValid():
            return None
        entry = self._shown[index.row()]
        cells = _cells(entry)
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return cells[index.column()] if len(cells[index.column()]) > 24 else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(cell for cell in cells if cell)
        if role == Qt.ItemDataRole.UserRole:
            return audit_words.is_trouble(entry)
        return None


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        str(entry.sequence),
        f"{entry.at.astimezone():%d %b %Y  %H:%M:%S}",
        entry.actor,
        audit_words.action(entry.action),
        audit_words.subject(entry.subject),
        entry.detail,
    )


class Audit(QObject):
    """Reads and verifies the trail. `changed`, `verified(AuditCheck)`, `failed(error)`."""

    changed = Signal()
    verified = Signal(object)
    failed = Signal(object)

    def __init__(self, trail: AuditTrail, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trail = trail
        self._tasks = tasks
        self.table = AuditTable(self)
        self.more = False
        """Whether there are older entries that were not read."""
        self.busy = False

    def look(self, *, everything: bool = False) -> None:
        """Read the newest entries, or all."""
        limit = None if everything else FIRST
        self._set_busy(True)
        self._tasks.run(
            lambda: self.trail.entries(limit), lambda found: self._show(found, limit), self._fail, Lane.RECORDS
        )

    def verify(self) -> None:
        """Walk the whole chain; it may last."""
        self._set_busy(True)
        self._tasks.run(self.trail.verify, self._on_verified, self._fail, Lane.RECORDS)

    def _show(self, entries: Sequence[AuditEntry], limit: int | None) -> None:
        self.more = limit is not None and len(entries) == limit
        self.table.replace(entries)
        self._set_busy(False)

    def _on_verified(self, check: AuditCheck) -> None:
        self._set_busy(False)
        self.verified.emit(check)

    def _fail(self, error: object) -> None:
        self._set_busy(False)
        self.failed.emit(error)

    def _set_busy(self, on: bool) -> None:
        self.busy = on
        self.changed.emit()
