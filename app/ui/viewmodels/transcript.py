"""The transcript as rows."""

from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.transcript import Transcript, Utterance
from app.ui import wording

Index = QModelIndex | QPersistentModelIndex


class UtteranceRole(IntEnum):
    """What a row can be asked for."""

    UTTERANCE = Qt.ItemDataRole.UserRole + 1
    EVIDENCE = Qt.ItemDataRole.UserRole + 2
    PLAYING = Qt.ItemDataRole.UserRole + 3
    NAMED = Qt.ItemDataRole.UserRole + 4


class TranscriptRows(QAbstractListModel):
    """Rows of utterances; some are evidence of the selected statement, some are playing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Utterance, ...] = ()
        self._evidence: frozenset[str] = frozenset()
        self._playing: frozenset[str] = frozenset()

    def show(self, transcript: Transcript | None) -> None:
        """Show this transcript; nothing is evidence yet."""
        rows = transcript.utterances if transcript else ()
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
        return [row for row, u in enumerate(self._rows) if u.id in ids]

    def set_playing(self, ids: frozenset[str]) -> None:
        """Mark utterances as playing."""
        self._playing = ids
        self._all_changed()

    def utterance(self, index: Index) -> Utterance | None:
        """The utterance at an index."""
        return self._rows[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `UtteranceRole`."""
        utterance = self.utterance(index)
        if utterance is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return utterance.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            evidence = "Evidence. " if utterance.id in self._evidence else ""
            speaker = wording.SPEAKERS[utterance.speaker]
            return f"{evidence}{speaker}, {wording.clock(utterance.start)}. {utterance.text}"
        row = index.row()
        values: dict[int, object] = {
            UtteranceRole.UTTERANCE: utterance,
            UtteranceRole.EVIDENCE: utterance.id in self._evidence,
            UtteranceRole.PLAYING: utterance.id in self._playing,
            UtteranceRole.NAMED: row == 0 or self._rows[row - 1].speaker is not utterance.speaker,
        }
        return values.get(role)

    def _all_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
