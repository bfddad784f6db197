"""What was said and is not in the note: looked for anew for every version, shown kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import groupby

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError
from app.domain.unnoted import Unnoted, UnnotedKind
from app.ui import wording
from app.ui.contracts import Review
from app.ui.tasks import Lane, Tasks
from app.ui.viewmodels.visit import VisitModel

Index = QModelIndex | QPersistentModelIndex
_UNSIGNED = {EncounterState.DRAFT, EncounterState.REVIEWED}


class Comparison(StrEnum):
    """How far the comparison of the shown version with what was said is."""

    NONE = "none"
    """Nothing is compared: no note, no transcript, or a signed note."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class UnnotedList(QObject):
    """The entries of the open visit. `changed` tells that `entries` or `hidden` are different now.

    `entries` is None while there is nothing to compare: no note, no transcript, or a signed note. Computed away from
    the interface thread; the list before stays until the new one has come. What a person does not need stays hidden
    while they go on with this draft, and comes back with a new draft or another sitting.
    """

    changed = Signal()

    def __init__(self, review: Review, tasks: Tasks, visit: VisitModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._review = review
        self._tasks = tasks
        self._visit = visit
        self._computed: tuple[str, int] | None = None
        self._draft: tuple[str, int] | None = None
        self._all: tuple[Unnoted, ...] | None = None
        self._hidden: set[Unnoted] = set()
        self._state = Comparison.NONE
        visit.opened.connect(self._on_opened)
        visit.changed.connect(self._on_changed)

    @property
    def entries(self) -> tuple[Unnoted, ...] | None:
        """What is to be shown, best first."""
        return None if self._all is None else tuple(e for e in self._all if e not in self._hidden)

    @property
    def hidden(self) -> int:
        """How many entries are hidden."""
        return 0 if self._all is None else sum(e in self._hidden for e in self._all)

    @property
    def state(self) -> Comparison:
        """Whether `entries` are those of the version that is shown."""
        return self._state

    @property
    def pressing(self) -> tuple[Unnoted, ...]:
        """What nobody signs past unasked, worst first; none while it is looked for."""
        return tuple(e for e in self.entries or () if e.kind.pressing) if self._state is Comparison.DONE else ()

    def again(self) -> None:
        """Compare again after a failure."""
        self._on_changed()

    def hide(self, entry: Unnoted) -> None:
        """Not needed in this note."""
        self._hidden.add(entry)
        self.changed.emit()

    def show_hidden(self) -> None:
        """List everything again."""
        self._hidden.clear()
        self.changed.emit()

    def _on_opened(self) -> None:
        self._computed = self._draft = None
        self._hidden.clear()
        self._set(None, Comparison.NONE)

    def _on_changed(self) -> None:
        loaded, version = self._visit.loaded, self._visit.version
        if loaded is None or version is None or loaded.transcript is None or loaded.encounter.state not in _UNSIGNED:
            self._computed = None
            self._set(None, Comparison.NONE)
            return
        wanted = (loaded.encounter.id, version.number)
        if wanted == self._computed:
            return
        if version.kind is VersionKind.DRAFT and wanted != self._draft:
            self._hidden.clear()
            self._draft = wanted
        self._computed = wanted
        self._state = Comparison.RUNNING

        def show(found: tuple[Unnoted, ...]) -> None:
            if self._computed == wanted:
                self._set(found, Comparison.DONE)

        def fail(_error: AnamnesisError) -> None:
            if self._computed == wanted:
                self._computed = None
                self._set(None, Comparison.FAILED)

        self._tasks.run(lambda: self._review.missing(wanted[0]), show, fail, Lane.COMPARING)

    def _set(self, found: tuple[Unnoted, ...] | None, state: Comparison) -> None:
        self._all, self._state = found, state
        self.changed.emit()


class UnnotedRole(IntEnum):
    """What a row can be asked for."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    KIND = Qt.ItemDataRole.UserRole + 2
    START = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class _Row:
    kind: UnnotedKind
    entry: Unnoted | None = None
    start: float | None = None


class UnnotedRows(QAbstractListModel):
    """Rows of kinds and entries; `START` is the time of an entry's first utterance in seconds, None if unknown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []

    def show(self, entries: Sequence[Unnoted], starts: dict[str, float]) -> None:
        """Show these; `starts` are the times of utterances by id."""
        rows: list[_Row] = []
        for kind, group in groupby(entries, key=lambda e: e.kind):
            rows.append(_Row(kind))
            rows += [_Row(kind, e, starts.get(e.evidence[0]) if e.evidence else None) for e in group]
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def entry(self, index: Index) -> Unnoted | None:
        """The entry at an index; None on a kind."""
        return self._rows[index.row()].entry if index.isValid() else None

    def nearest(self, row: int) -> QModelIndex:
        """The entry at a row, else the next one, else the one before; invalid if there is none."""
        found = [n for n, r in enumerate(self._rows) if r.entry is not None]
        after = next((n for n in found if n >= row), found[-1] if found else -1)
        return self.index(after) if after >= 0 else QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt: the keyboard passes over the kinds."""
        if self.entry(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `UnnotedRole`."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        words = wording.KINDS[row.kind] if row.entry is None else row.entry.text
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            at = "" if row.start is None else f", {wording.clock(row.start)}"
            return words if row.entry is None else f"{wording.KINDS[row.kind]}{at}. {words}"
        values: dict[int, object] = {
            UnnotedRole.ENTRY: row.entry,
            UnnotedRole.KIND: row.kind,
            UnnotedRole.START: row.start,
        }
        return values.get(role)
