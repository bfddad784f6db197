"""The list of visits, newest first, with a search."""

import functools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from app.domain.encounter import Encounter
from app.ui import wording
from app.ui.viewmodels.work import VisitWork

Index = QModelIndex | QPersistentModelIndex


class EncounterRole(IntEnum):
    """What a row of the list can be asked for."""

    ENCOUNTER = Qt.ItemDataRole.UserRole + 1
    STATE = Qt.ItemDataRole.UserRole + 2
    DETAIL = Qt.ItemDataRole.UserRole + 3
    FRACTION = Qt.ItemDataRole.UserRole + 4
    RECORDING = Qt.ItemDataRole.UserRole + 6
    SNIPPET = Qt.ItemDataRole.UserRole + 7
    """Where the words of the search stand in the note, '' if they do not."""


def _now() -> datetime:
    return datetime.now(UTC)


@functools.lru_cache(maxsize=20_000)  # 10,000 dates in local time take a fifth of a second
def _day(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"


def searchable(encounter: Encounter) -> str:
    """What the search compares: label, date, state; folded."""
    return f"{encounter.title} {_day(encounter.created_at)} {wording.state_of(encounter)}".casefold()


class EncounterList(QAbstractListModel):
    """Rows of visits; running work shows through."""

    def __init__(self, work: VisitWork, parent: QObject | None = None, now: Callable[[], datetime] = _now) -> None:
        super().__init__(parent)
        self._work = work
        self._now = now
        self._rows: list[Encounter] = []
        self._recorded: str | None = None
        self._recorded_state = ""
        self._interrupted: frozenset[str] = frozenset()
        self._held: frozenset[str] = frozenset()
        self._snippets: dict[str, str] = {}
        self._folded: list[str | None] = []
        self._place: dict[str, int] = {}
        work.progressed.connect(self._refresh)
        work.stage_changed.connect(self._refresh)
        work.ended.connect(self._refresh)

    def replace(self, encounters: Sequence[Encounter], folded: Sequence[str | None] | None = None) -> None:
        """Show these. Rows that only changed keep their place and selection.

        `folded`: what the search compares of each, where that was made beside the window's thread already.
        """
        self._folded = list(folded) if folded is not None else [None] * len(encounters)
        if [e.id for e in encounters] == [e.id for e in self._rows]:
            self._rows = list(encounters)
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
            return
        self.beginResetModel()
        self._rows = list(encounters)
        self._place = {e.id: row for row, e in enumerate(self._rows)}
        self.endResetModel()

    def encounter(self, encounter_id: str) -> Encounter | None:
        """The row with this id."""
        row = self.row_of(encounter_id)
        return self._rows[row] if row >= 0 else None

    def row_of(self, encounter_id: str) -> int:
        """The row number, or -1."""
        return self._place.get(encounter_id, -1)

    def set_recorded(self, encounter_id: str | None, state: str) -> None:
        """Which visit is being recorded now, and how that goes in a word."""
        self._recorded_state = state
        before, self._recorded = self._recorded, encounter_id
        for changed in {before, encounter_id} - {None}:
            self._refresh(str(changed))

    def set_interrupted(self, ids: frozenset[str]) -> None:
        """Which visits have a recording that was cut off."""
        before, self._interrupted = self._interrupted, ids
        for changed in before ^ ids:
            self._refresh(changed)

    def set_snippets(self, snippets: dict[str, str]) -> None:
        """Where the search found its words, by visit."""
        before, self._snippets = self._snippets, snippets
        for changed in {*before, *snippets}:
            self._refresh(changed)

    def fits(self, row: int, words: Sequence[str]) -> bool:
        """Whether a row holds every word, in any order and case; `words` are folded."""
        encounter = self._rows[row]
        if encounter.id in self._snippets:
            return True
        folded = self._folded[row]
        if folded is None:
            folded = self._folded[row] = searchable(encounter)
        return all(word in folded for word in words)

    def set_held(self, ids: frozenset[str]) -> None:
        """Which visits are under a legal hold."""
        before, self._held = self._held, ids
        for changed in before ^ ids:
            self._refresh(changed)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `EncounterRole`."""
        if not index.isValid():
            return None
        encounter = self._rows[index.row()]
        job = self._work.job(encounter.id)
        state = f"{job.phrase}, {job.fraction:.0%}" if job else wording.state_of(encounter)
        recorded = encounter.id == self._recorded
        if recorded:
            state = self._recorded_state
        elif job is None and encounter.id in self._interrupted:
            state = "Recording interrupted"
        detail = " · ".join(
            part
            for part in (
                wording.when(encounter.created_at, self._now()),
                wording.length(encounter.duration),
                "Legal hold" if encounter.id in self._held else "",
            )
            if part
        )
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return encounter.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            snippet = self._snippets.get(encounter.id, "")
            return ", ".join(part for part in (encounter.title, detail, state, snippet) if part)
        values: dict[int, object] = {
            EncounterRole.ENCOUNTER: encounter,
            EncounterRole.STATE: state,
            EncounterRole.DETAIL: detail,
            EncounterRole.FRACTION: job.fraction if job else None,
            EncounterRole.RECORDING: recorded,
            EncounterRole.SNIPPET: self._snippets.get(encounter.id, ""),
        }
        return values.get(role)

    def _refresh(self, encounter_id: str) -> None:
        row = self.row_of(encounter_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


class EncounterFilter(QSortFilterProxyModel):
    """Keeps the rows that hold every word of the search, in any order and case, and those whose text holds them."""

    def __init__(self, source: EncounterList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = source
        self._words: list[str] = []
        self.setSourceModel(source)

    def search(self, text: str) -> None:
        """Filter by these words; none shows everything."""
        self.beginFilterChange()
        self._words = text.casefold().split()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def show_found(self, snippets: dict[str, str]) -> None:
        """Show these visits too, with the place where the words stand; changed rows are filtered anew by themselves."""
        self._rows.set_snippets(snippets)

    def row_of(self, encounter_id: str) -> int:
        """The row that is shown of a visit, or -1."""
        row = self._rows.row_of(encounter_id)
        return self.mapFromSource(self._rows.index(row)).row() if row >= 0 else -1

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:  # noqa: N802 - Qt's name
        """See Qt."""
        return not self._words or self._rows.fits(row, self._words)
