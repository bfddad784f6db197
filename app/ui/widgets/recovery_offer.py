"""Brings together the interrupted recordings, the places where they are offered, and what follows."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.recording import UnfinishedRecording
from app.ui.theme import Theme
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recovery import Recovery
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.recovery_panel import RecoveryPanel, confirm_discard
from app.ui.widgets.visit_page import VisitPage


class RecoveryOffer(QObject):
    """`list_changed` a visit was finished or destroyed; `interrupted(ids)` these wait. `panel` is for the first page.

    On another patient's page nothing is offered: a name too many there is a danger, and the list marks those that wait.
    """

    list_changed = Signal()
    interrupted = Signal(object)

    def __init__(
        self,
        recovery: Recovery,
        recording: Recording,
        work: VisitWork,
        model: VisitModel,
        page: VisitPage,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.recovery = recovery
        self._recording = recording
        self._work = work
        self._model = model
        self._page = page
        self._window = parent
        self.panel = RecoveryPanel(theme)
        self.panel.wanted.connect(self._on_wanted)
        self.panel.later.connect(recovery.postpone)
        page.interrupted.wanted.connect(self._on_wanted)
        recovery.changed.connect(self._show)
        recovery.finished.connect(self._on_finished)
        recovery.discarded.connect(self._on_discarded)
        model.opened.connect(self._show)
        model.withdrawn.connect(lambda _id: recovery.look())
        model.changed.connect(self._show)
        recording.changed.connect(self._show)
        for signal in (recording.started, recording.ended, recording.destroyed, recording.failed):
            signal.connect(recovery.look)

    def _show(self) -> None:
        free = not self._recording.active
        own = self._recording.encounter_id
        waiting = tuple(r for r in self.recovery.waiting if r.encounter_id != own)
        self.panel.show_recordings(() if self.recovery.later else waiting, may_continue=free)
        self.interrupted.emit(frozenset(r.encounter_id for r in waiting))
        loaded = self._model.loaded
        here = [r for r in waiting if loaded is not None and r.encounter_id == loaded.encounter.id]
        self._page.interrupted.show_recordings(here, may_continue=free)

    def _on_wanted(self, what: str, recording: UnfinishedRecording) -> None:
        if what == "continue":
            self.recovery.later = False  # if the start fails it is offered again
            if self._model.encounter_id == recording.encounter_id:
                self._model.open(None)  # it is shown again, whole, when the recording has ended
            self._recording.continue_recording(recording.encounter_id, recording.title)
        elif what == "finish":
            self.recovery.finish(recording)
        else:
            confirm_discard(recording, lambda: self.recovery.discard(recording), self._window)

    def _on_finished(self, encounter_id: str, title: str) -> None:
        self._work.process(encounter_id, title)
        self.list_changed.emit()

    def _on_discarded(self, encounter_id: str) -> None:
        if self._model.encounter_id == encounter_id:
            self._model.open(None)
        self.list_changed.emit()
