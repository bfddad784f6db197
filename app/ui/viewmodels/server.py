"""The shared server as the window sees it: its state, what other computers changed, what was set aside."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError
from app.domain.syncing import SetAside, Syncing, SyncState, SyncStatus
from app.ui.tasks import Lane, Tasks


class Server(QObject):
    """`changed` when the state is another; `visits_changed(ids)` on another computer; `aside_changed` versions wait."""

    changed = Signal()
    visits_changed = Signal(frozenset)
    aside_changed = Signal()
    failed = Signal(object)

    def __init__(self, syncing: Syncing | None, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.syncing = syncing
        self._tasks = tasks
        self._end: Callable[[], None] = lambda: None
        self._wanted: str | None = None
        self.status = SyncStatus(SyncState.NOT_LINKED)
        self.aside: tuple[SetAside, ...] = ()
        """Versions of the visit that is shown, oldest first."""
        self.sound_at = ""
        """The computer where that visit's sound lies, '' if it is this one or there is none."""

    def begin(self) -> None:
        """Listen to the server and read how it stands."""
        if self.syncing is not None:
            self._end = self.syncing.listen(lambda ids: self._tasks.post(lambda: self._on_change(ids)))
            self._look()

    def close(self) -> None:
        """Listen no longer."""
        self._end()
        self._end = lambda: None

    def show_visit(self, encounter_id: str | None) -> None:
        """Which visit is on the screen."""
        if encounter_id != self._wanted:
            self._wanted = encounter_id
            self.aside, self.sound_at = (), ""
            self.aside_changed.emit()
            self.look_aside()

    def look_aside(self) -> None:
        """Read what was set aside of the visit that is shown."""
        syncing, visit = self.syncing, self._wanted
        if syncing is None or visit is None:
            return

        def show(found: tuple[Sequence[SetAside], str]) -> None:
            if visit == self._wanted:
                self.aside, self.sound_at = tuple(found[0]), found[1]
                self.aside_changed.emit()

        self._tasks.run(lambda: (syncing.set_aside(visit), syncing.recorded_elsewhere(visit)), show, self.failed.emit)

    def try_now(self, done: Callable[[], None], failed: Callable[[AnamnesisError], None]) -> None:
        """Exchange now."""
        syncing = self.syncing
        if syncing is None:
            return

        def show(status: SyncStatus) -> None:
            self._show(status)
            done()

        self._tasks.run(syncing.sync_now, show, failed, Lane.SERVER)

    def _on_change(self, ids: frozenset[str]) -> None:
        self._look()
        if ids:
            self.visits_changed.emit(ids)
            self.look_aside()

    def _look(self) -> None:
        if self.syncing is not None:
            self._tasks.run(self.syncing.status, self._show, self.failed.emit, Lane.SERVER)

    def _show(self, status: SyncStatus) -> None:
        self.status = status
        self.changed.emit()
