"""Recordings that a crash or power cut interrupted, and what may be done with them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError
from app.domain.recording import UnfinishedRecording
from app.ui.contracts import Recordings
from app.ui.tasks import Tasks


class Recovery(QObject):
    """`changed` the list is new; `finished(id, title)` it is ended and may be drafted; `discarded(id)`.

    `failed(headline, error)`.
    """

    changed = Signal()
    finished = Signal(str, str)
    discarded = Signal(str)
    failed = Signal(str, object)

    def __init__(self, recordings: Recordings, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recordings = recordings
        self._tasks = tasks
        self._busy: set[str] = set()
        self._found: tuple[UnfinishedRecording, ...] = ()
        self.later = False

    @property
    def waiting(self) -> tuple[UnfinishedRecording, ...]:
        """The interrupted recordings that nothing is being done with, as the last look found them."""
        return tuple(r for r in self._found if r.encounter_id not in self._busy)

    def look(self) -> None:
        """Ask the vault again."""
        self._tasks.run(
            self._recordings.unfinished, self._show, lambda e: self.failed.emit("Interrupted recordings not found", e)
        )

    def postpone(self) -> None:
        """Offer them on their visits' pages only."""
        self.later = True
        self.changed.emit()

    def finish(self, recording: UnfinishedRecording) -> None:
        """End a recording as it is."""

        def done() -> None:
            self.finished.emit(recording.encounter_id, recording.title)

        self._do(recording, self._recordings.finish, done, "The recording could not be finished")

    def discard(self, recording: UnfinishedRecording) -> None:
        """Destroy a recording."""

        def done() -> None:
            self.discarded.emit(recording.encounter_id)

        self._do(recording, self._recordings.discard, done, "The recording could not be discarded")

    def _do(
        self, recording: UnfinishedRecording, act: Callable[[str], None], done: Callable[[], None], headline: str
    ) -> None:
        name = recording.encounter_id
        if name in self._busy:
            return
        self._busy.add(name)
        self.changed.emit()

        def succeeded(_none: None) -> None:
            self._busy.discard(name)
            self._show([r for r in self._found if r.encounter_id != name])
            done()

        def failed(error: AnamnesisError) -> None:
            self._busy.discard(name)
            self.changed.emit()
            self.failed.emit(headline, error)

        self._tasks.run(lambda: act(name), succeeded, failed)

    def _show(self, found: Sequence[UnfinishedRecording]) -> None:
        self._found = tuple(found)
        self.changed.emit()
