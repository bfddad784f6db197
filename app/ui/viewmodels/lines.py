"""Rows of one title, one line below, and a tag: people, visits of others, backups; with a search in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


class LineRole(IntEnum):
    """What a row can be asked for."""

    LINE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Line:
    """A row. `tone` of the tag: '', good, warning or error; `value` is what the row stands for."""

    key: str
    title: str
    detail: str = ""
    tag: str = ""
    tone: str = ""
    value: object = None

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        return ", ".join(part for part in (self.title, self.detail, self.tag) if part)


class LineRows(QAbstractListModel):
    """Lines that hold every word of the search, in any order and case."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Line] = []
        self._shown: list[Line] = []
        self._words: list[str] = []

    @property
    def total(self) -> int:
        """How many there are without the search."""
        return len(self._all)

    def replace(self, lines: Sequence[Line]) -> None:
        """Show these."""
        self.beginResetModel()
        self._all = list(lines)
        self._shown = [line for line in self._all if self._fits(line)]
        self.endResetModel()

    def search(self, words: str) -> None:
        """Keep those that fit; none keeps all."""
        self.beginResetModel()
        self._words = words.casefold().split()
        self._shown = [line for line in self._all if self._fits(line)]
        self.endResetModel()

    def row_of(self, key: str) -> int:
        """The row that is shown with this key, or -1."""
        return next((n for n, line in enumerate(self._shown) if line.key == key), -1)

    def line(self, row: int) -> Line | None:
        """The line of a row."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `LineRole`."""
        line = self.line(index.row()) if index.isValid() else None
        if line is None:
            return None
        values: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: line.title,
            Qt.ItemDataRole.AccessibleTextRole: line.spoken,
            Qt.ItemDataRole.ToolTipRole: line.spoken,
            LineRole.LINE: line,
        }
        return values.get(role)

    def _fits(self, line: Line) -> bool:
        held = f"{line.title} {line.detail} {line.tag}".casefold()
        return all(word in held for word in self._words)
