"""The transcript as rows: utterances, and between them the marks of the recording."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.recording import Mark, MarkKind
from app.domain.transcript import Transcript, Utterance
from app.ui import wording

Index = QModelIndex | QPersistentModelIndex


class UtteranceRole(IntEnum):
    """What a row can be asked for."""

    UTTERANCE = Qt.ItemDataRole.UserRole + 1
    EVIDENCE = Qt.ItemDataRole.UserRole + 2
    PLAYING = Qt.ItemDataRole.UserRole + 3
    NAMED = Qt.ItemDataRole.UserRole + 4
    MARK = Qt.ItemDataRole.UserRole + 5


def in_order(utterances: Sequence[Utterance], marks: Sequence[Mark]) -> tuple[Utterance | Mark, ...]:
    """Both by time; a mark stands before the first utterance that begins at its time or later."""
    rows: list[Utterance | Mark] = []
    waiting = sorted(marks, key=lambda mark: mark.at)
    for utterance in utterances:
        while waiting and waiting[0].at <= utterance.start:
            rows.append(waiting.pop(0))
        rows.append(utterance)
    return (*rows, *waiting)


class TranscriptRows(QAbstractListModel):
    """Rows of utterances and marks; some utterances are evidence of the chosen statement, some are playing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Utterance | Mark, ...] = ()
        self._evidence: frozenset[str] = frozenset()
        self._playing: frozenset[str] = frozenset()

    def show(self, transcript: Transcript | None) -> None:
        """Show this transcript; nothing is evidence yet."""
        rows = in_order(transcript.utterances, transcript.marks) if transcript else ()
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self._evidence = frozenset()
        self.endResetModel()

    def set_evidence(self, ids: frozenset[str]) -> list[int]:
        """Mark utterances as evidence and return their rows."""
        self._evidence = ids
        self._all_changed()
        return [n for n, row in enumerate(self._rows) if isinstance(row, Utterance) and row.id in ids]

    def set_playing(self, ids: frozenset[str]) -> None:
        """Mark utterances as playing."""
        self._playing = ids
        self._all_changed()

    def utterance(self, index: Index) -> Utterance | None:
        """The utterance at an index."""
        row = self._rows[index.row()] if index.isValid() else None
        return row if isinstance(row, Utterance) else None

    def nearest(self, index: Index) -> Utterance | None:
        """The utterance at an index, or before the mark there, or after it if none is before."""
        if not index.isValid():
            return None
        around = (*reversed(self._rows[: index.row() + 1]), *self._rows[index.row() + 1 :])
        return next((row for row in around if isinstance(row, Utterance)), None)

    def next_bookmark(self, after: int, step: int = 1) -> QModelIndex:
        """The next row marked as important, wrapping round; invalid if there is none."""
        found = [n for n, row in enumerate(self._rows) if isinstance(row, Mark) and row.kind is MarkKind.BOOKMARK]
        if not found:
            return QModelIndex()
        if step > 0:
            return self.index(next((n for n in found if n > after), found[0]))
        return self.index(next((n for n in reversed(found) if n < after), found[-1]))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `UtteranceRole`."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        return self._mark_data(row, role) if isinstance(row, Mark) else self._utterance_data(index.row(), row, role)

    @staticmethod
    def _mark_data(mark: Mark, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return wording.mark_words(mark)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{wording.mark_words(mark)}, {wording.clock(mark.at)}"
        return mark if role == UtteranceRole.MARK else None

    def _utterance_data(self, row: int, utterance: Utterance, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return utterance.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            evidence = "Evidence. " if utterance.id in self._evidence else ""
            speaker = wording.SPEAKERS[utterance.speaker]
            return f"{evidence}{speaker}, {wording.clock(utterance.start)}. {utterance.text}"
        before = self._rows[row - 1] if row else None
        values: dict[int, object] = {
            UtteranceRole.UTTERANCE: utterance,
            UtteranceRole.EVIDENCE: utterance.id in self._evidence,
            UtteranceRole.PLAYING: utterance.id in self._playing,
            UtteranceRole.NAMED: not isinstance(before, Utterance) or before.speaker is not utterance.speaker,
        }
        return values.get(role)

    def _all_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
