"""The note as rows: section titles, statements, and a row for a statement being added."""

from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.domain.note import Note, Section, Statement
from app.ui import wording

Index = QModelIndex | QPersistentModelIndex


class RowKind(Enum):
    """What a row is."""

    SECTION = auto()
    STATEMENT = auto()
    EMPTY = auto()
    NEW = auto()


class NoteRole(IntEnum):
    """What a row can be asked for."""

    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `pending` is typed text that is not saved yet; `by_hand`: the visit has no recording to compare with."""

    kind: RowKind
    section: Section
    statement: Statement | None = None
    pending: str | None = None
    by_hand: bool = False

    @property
    def text(self) -> str:
        """What the row says."""
        if self.pending is not None:
            return self.pending
        if self.statement is not None:
            return self.statement.text
        return self.section.title if self.kind is RowKind.SECTION else ""


class NoteRows(QAbstractListModel):
    """Rows of one note. Typing is passed on by `edited(statement id, text)` and `added(section key, text)`."""

    edited = Signal(str, str)
    added = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._note: Note | None = None
        self._editable = False

    def show(self, note: Note | None, *, editable: bool, by_hand: bool = False) -> None:
        """Show this note; `by_hand`: it belongs to a visit without a recording."""
        self.beginResetModel()
        self._note = note
        self._editable = editable
        self._rows = [] if note is None else [row for s in note.sections for row in _rows_of(s, by_hand)]
        self.endResetModel()

    @property
    def note(self) -> Note | None:
        """The note shown."""
        return self._note

    @property
    def editable(self) -> bool:
        """Whether rows may be changed."""
        return self._editable

    def row(self, index: Index) -> Row | None:
        """The row at an index."""
        return self._rows[index.row()] if index.isValid() else None

    def index_of(self, statement_id: str) -> QModelIndex:
        """The index of a statement; invalid if it is not there."""
        for number, row in enumerate(self._rows):
            if row.statement is not None and row.statement.id == statement_id:
                return self.index(number)
        return QModelIndex()

    def statement_rows(self) -> list[int]:
        """Row numbers of statements, in reading order."""
        return [n for n, row in enumerate(self._rows) if row.kind is RowKind.STATEMENT]

    def next_doubtful(self, after: int, step: int = 1) -> QModelIndex:
        """The next doubtful statement after a row, wrapping round; invalid if there is none."""
        rows = [n for n in self.statement_rows() if (s := self._rows[n].statement) and wording.is_doubtful(s)]
        if not rows:
            return QModelIndex()
        if step > 0:
            return self.index(next((n for n in rows if n > after), rows[0]))
        return self.index(next((n for n in reversed(rows) if n < after), rows[-1]))

    def begin_adding(self, section_key: str) -> QModelIndex:
        """Put an empty row at the end of a section and return it, for the editor."""
        self.end_adding()
        at = max(n for n, row in enumerate(self._rows) if row.section.key == section_key) + 1
        self.beginInsertRows(QModelIndex(), at, at)
        self._rows.insert(at, Row(RowKind.NEW, self._rows[at - 1].section))
        self.endInsertRows()
        return self.index(at)

    def end_adding(self) -> None:
        """Take the empty row away again, if it is still there and holds nothing."""
        for number, row in enumerate(self._rows):
            if row.kind is RowKind.NEW and row.pending is None:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
                return

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        row = self.row(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        if row.kind is RowKind.SECTION:
            return Qt.ItemFlag.NoItemFlags
        can = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return can | Qt.ItemFlag.ItemIsEditable if self._editable and row.kind is not RowKind.EMPTY else can

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `NoteRole`."""
        row = self.row(index)
        if row is None:
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(row)
        if role == NoteRole.ROW:
            return row
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's
        """Take typed text; line breaks become spaces, empty or unchanged text changes nothing."""
        row = self.row(index)
        text = " ".join(str(value).split())
        if row is None or role != Qt.ItemDataRole.EditRole or not self._editable or not text or text == row.text:
            return False
        self._rows[index.row()] = Row(row.kind, row.section, row.statement, text, row.by_hand)
        self.dataChanged.emit(index, index)
        if row.kind is RowKind.NEW:
            self.added.emit(row.section.key, text)
        elif row.statement is not None:
            self.edited.emit(row.statement.id, text)
        return True


def _rows_of(section: Section, by_hand: bool) -> list[Row]:
    body = [Row(RowKind.STATEMENT, section, s, by_hand=by_hand) for s in section.statements] or [
        Row(RowKind.EMPTY, section)
    ]
    return [Row(RowKind.SECTION, section), *body]


def _spoken(row: Row) -> str:
    if row.kind is RowKind.SECTION:
        return f"Section {row.section.title}"
    if row.kind is RowKind.EMPTY:
        return f"Nothing noted under {row.section.title}"
    if row.statement is None or row.pending is not None:
        return f"{row.text}. Being saved."
    parts = [
        wording.mark_of(row.statement, by_hand=row.by_hand),
        row.text,
        wording.author_of(row.statement),
        *wording.reasons_of(row.statement, by_hand=row.by_hand),
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
