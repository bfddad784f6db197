"""The transcript that grows: final text and marks as rows, and what is being heard just now."""

from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.domain.live import Correction, FinalText, Hypothesis
from app.domain.recording import Mark
from app.domain.transcript import Speaker, Utterance
from app.ui import wording

Index = QModelIndex | QPersistentModelIndex


class LiveRole(IntEnum):
    """What a row can be asked for."""

    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(slots=True)
class LiveRow:
    """An utterance or a mark. `named`: the speaker changes here. `height` in pixels holds for `measured`."""

    utterance: Utterance | None = None
    mark: Mark | None = None
    corrections: tuple[Correction, ...] = ()
    named: bool = False
    height: int = field(default=0, compare=False)
    measured: object = field(default=None, compare=False)

    @property
    def at(self) -> float:
        """Seconds from the start of the recording."""
        if self.utterance is not None:
            return self.utterance.start
        return self.mark.at if self.mark is not None else 0.0

    @property
    def correction(self) -> str:
        """What of the words was shown otherwise before, in words; '' if nothing was."""
        before = " … ".join(f"“{c.before}”" for c in self.corrections if c.before)
        added = " … ".join(f"“{c.after}”" for c in self.corrections if not c.before)
        told = "; ".join([f"before: {before}"] * bool(before) + [f"added: {added}"] * bool(added))
        return f"Corrected, {told}" if told else ""


class LiveRows(QAbstractListModel):
    """`growing()` before, `grown()` after rows change; `heard()` when the text that may still change is different."""

    growing = Signal()
    grown = Signal()
    heard = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LiveRow] = []
        self.settled = ""
        self.tentative = ""
        self._corrections: list[Correction] = []

    def clear(self) -> None:
        """Begin with nothing."""
        self.beginResetModel()
        self.rows = []
        self._corrections = []
        self.endResetModel()
        self._hear("", "")

    def take(self, text: FinalText) -> None:
        """Replace what is shown from `text.since` on."""
        self._corrections += text.corrections
        marks = [row.mark for row in self.rows if row.mark is not None and row.mark.at >= text.since]
        self._replace(text.since, list(text.utterances), marks)
        self._hear("", "")

    def listen(self, hypothesis: Hypothesis) -> None:
        """Show what is heard just now."""
        self._hear(hypothesis.settled.strip(), hypothesis.tentative.strip())

    def add_mark(self, mark: Mark) -> None:
        """Put a mark between the utterances; one that is there already is not repeated."""
        if any(row.mark == mark for row in self.rows):
            return
        later = [row for row in self.rows if row.at >= mark.at]
        marks = [row.mark for row in later if row.mark is not None]
        self._replace(mark.at, [row.utterance for row in later if row.utterance is not None], [*marks, mark])

    def _hear(self, settled: str, tentative: str) -> None:
        if (settled, tentative) != (self.settled, self.tentative):
            self.settled, self.tentative = settled, tentative
            self.heard.emit()

    def _replace(self, since: float, utterances: list[Utterance], marks: list[Mark]) -> None:
        first = next((n for n, row in enumerate(self.rows) if row.at >= since), len(self.rows))
        made = self._make(utterances, marks, self._speaker_before(first))
        while made and first < len(self.rows) and self.rows[first] == made[0]:
            del made[0]
            first += 1
        self.growing.emit()
        if first < len(self.rows):
            self.beginRemoveRows(QModelIndex(), first, len(self.rows) - 1)
            del self.rows[first:]
            self.endRemoveRows()
        if made:
            self.beginInsertRows(QModelIndex(), first, first + len(made) - 1)
            self.rows += made
            self.endInsertRows()
        self.grown.emit()

    def _speaker_before(self, row: int) -> Speaker | None:
        return next((r.utterance.speaker for r in reversed(self.rows[:row]) if r.utterance is not None), None)

    def _make(self, utterances: list[Utterance], marks: list[Mark], speaker: Speaker | None) -> list[LiveRow]:
        rows = [LiveRow(utterance=u, corrections=self._corrections_of(u)) for u in utterances]
        rows += [LiveRow(mark=m) for m in marks]
        rows.sort(key=lambda row: row.at)
        for row in rows:
            if row.utterance is not None:
                row.named = row.utterance.speaker is not speaker
                speaker = row.utterance.speaker
        return rows

    def _corrections_of(self, utterance: Utterance) -> tuple[Correction, ...]:
        end = max(utterance.end, utterance.start + 0.01)
        return tuple(c for c in self._corrections if utterance.start <= c.at < end)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `LiveRole`."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == LiveRole.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole and row.corrections:
            return row.correction
        return None


def _words(row: LiveRow) -> str:
    if row.utterance is not None:
        return row.utterance.text
    return wording.mark_words(row.mark) if row.mark is not None else ""


def _spoken(row: LiveRow) -> str:
    if row.utterance is None:
        return f"{wording.clock(row.at)}. {_words(row)}"
    corrected = f" {row.correction}" if row.corrections else ""
    return f"{wording.SPEAKERS[row.utterance.speaker]}, {wording.clock(row.at)}. {row.utterance.text}{corrected}"
