"""The rows of a proposal: what goes, what comes, and how many lines stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.note import Statement
from app.domain.revision import DifferenceKind, DifferenceRow, Piece, PieceKind, Revision, difference
from app.ui import wording

Index = QModelIndex | QPersistentModelIndex


class DifferenceRole(IntEnum):
    """What a row can be asked for."""

    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row; `kept` lines that stay stand in one row without pieces."""

    kind: DifferenceKind
    pieces: tuple[Piece, ...] = ()
    statement: Statement | None = None
    """The proposed line as a statement, for its mark."""
    reasons: tuple[str, ...] = ()
    kept: int = 0

    @property
    def text(self) -> str:
        """What stands there once the proposal is taken."""
        if self.kept:
            return wording.stays(self.kept)
        return " ".join(p.text for p in self.pieces if p.kind is not PieceKind.OUT)

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        if self.kept:
            return wording.stays(self.kept)
        before = " ".join(p.text for p in self.pieces if p.kind is not PieceKind.IN)
        after = " ".join(p.text for p in self.pieces if p.kind is not PieceKind.OUT)
        told = {
            DifferenceKind.CHANGED: f"Changed. Before: {before} Now: {after}",
            DifferenceKind.ADDED: f"New: {after}",
        }.get(self.kind, f"{wording.DIFFERENCES[self.kind]}: {before}")
        mark = f" {wording.MARKS[self.statement.support]}." if self.statement is not None else ""
        return " ".join([told + mark, *self.reasons])


class DifferenceRows(QAbstractListModel):
    """Rows of one proposal."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ShownRow] = []

    def show(self, revision: Revision | None) -> None:
        """Show this proposal, or nothing."""
        self.beginResetModel()
        self._rows = list(_shown(difference(revision))) if revision is not None else []
        self.endResetModel()

    def row(self, index: Index) -> ShownRow:
        """The row at an index."""
        return self._rows[index.row()]

    def first_change(self) -> QModelIndex:
        """The first row that is not as it was."""
        return self.index(next((n for n, row in enumerate(self._rows) if not row.kept), 0))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `DifferenceRole`."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        values: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: row.text,
            Qt.ItemDataRole.AccessibleTextRole: row.spoken,
            DifferenceRole.ROW: row,
        }
        return values.get(role)


def _shown(rows: tuple[DifferenceRow, ...]) -> Iterator[ShownRow]:
    kept = 0
    for row in rows:
        if row.kind is DifferenceKind.KEPT:
            kept += 1
            continue
        if kept:
            yield ShownRow(DifferenceKind.KEPT, kept=kept)
            kept = 0
        line = row.line
        if line is None:
            yield ShownRow(row.kind, row.pieces)
            continue
        statement = Statement("", line.text, line.evidence, line.support, line.reasons)
        yield ShownRow(row.kind, row.pieces, statement, tuple(wording.reasons_of(statement)))
    if kept:
        yield ShownRow(DifferenceKind.KEPT, kept=kept)
