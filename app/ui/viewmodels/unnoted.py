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
FIRST = 12
"""Entries that a long list begins with; what nobody signs past unasked is never folded away."""
_LEAST_FOLDED = 3
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
        self._whole = False
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
    def first(self) -> int:
        """How many entries are shown before the list is unfolded."""
        return len(self.entries or ()) if self._whole else folded_at(self.entries or ())

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

    def unfold(self) -> None:
        """Show the whole of a long list, as long as this visit is open."""
        self._whole = True
        self.changed.emit()

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
        self._whole = False
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


def folded_at(entries: Sequence[Unnoted]) -> int:
    """How many entries a list begins with: all of a short one, else `FIRST` and whatever is pressing."""
    first = max(FIRST, sum(e.kind.pressing for e in entries))
    return first if len(entries) - first >= _LEAST_FOLDED else len(entries)


class UnnotedRole(IntEnum):
    """What a row can be asked for."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    KIND = Qt.ItemDataRole.UserRole + 2
    START = Qt.ItemDataRole.UserRole + 3
    REST = Qt.ItemDataRole.UserRole + 4


@dataclass(frozen=True, slots=True)
class _Row:
    kind: UnnotedKind | None
    entry: Unnoted | None = None
    start: float | None = None
    rest: tuple[UnnotedKind, ...] = ()
    """Kinds of the entries that are folded away behind this row, one each."""


class UnnotedRows(QAbstractListModel):
    """Rows of kinds and entries, and a last one for those that are folded away.

    `START` is the time of an entry's first utterance in seconds, None if unknown; `REST` how many a row unfolds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []

    def show(self, entries: Sequence[Unnoted], starts: dict[str, float], first: int | None = None) -> None:
        """Show these, or the first few of them; `starts` are the times of utterances by id."""
        rows: list[_Row] = []
        for kind, group in groupby(entries[:first], key=lambda e: e.kind):
            rows.append(_Row(kind))
            rows += [_Row(kind, e, starts.get(e.evidence[0]) if e.evidence else None) for e in group]
        if rest := tuple(e.kind for e in entries[len(entries) if first is None else first :]):
            rows.append(_Row(None, rest=rest))
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def entry(self, index: Index) -> Unnoted | None:
        """The entry at an index; None on a kind."""
        return self._rows[index.row()].entry if index.isValid() else None

    def folded(self, index: Index) -> int:
        """How many entries the row at an index unfolds; 0 for any other row."""
        return len(self._rows[index.row()].rest) if index.isValid() else 0

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
        if self.entry(index) is None and not self.folded(index):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt and `UnnotedRole`."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        kind = wording.KINDS[row.kind] if row.kind is not None else wording.unfolding(row.rest)
        words = kind if row.entry is None else row.entry.text
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            at = "" if row.start is None else f", {wording.clock(row.start)}"
            return words if row.entry is None else f"{kind}{at}. {words}"
        values: dict[int, object] = {
            UnnotedRole.ENTRY: row.entry,
            UnnotedRole.KIND: row.kind,
            UnnotedRole.START: row.start,
            UnnotedRole.REST: len(row.rest),
        }
        return values.get(role)
