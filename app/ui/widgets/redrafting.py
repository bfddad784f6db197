"""Drafting the open visit again as another note type, and bringing the note before back."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError
from app.domain.style import StyleWish
from app.ui.viewmodels.note_types import NoteTypes
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.actions import Actions
from app.ui.widgets.note_type_picker import NoteTypeDialog
from app.ui.widgets.parts import MessageBar


class Redrafting(QObject):
    """Listens to the action, asks, starts the work, and says how to go back."""

    def __init__(
        self,
        actions: Actions,
        note_types: NoteTypes,
        model: VisitModel,
        work: VisitWork,
        message: MessageBar,
        commit_typing: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._note_types = note_types
        self._model = model
        self._work = work
        self._message = message
        self._commit_typing = commit_typing
        self._window = parent
        self._before: dict[str, int] = {}
        actions.draft_as.triggered.connect(lambda _checked=False: self._ask())
        work.ended.connect(self._on_ended)
        work.failed.connect(self._on_failed)

    @property
    def possible(self) -> bool:
        """Whether the open visit has an unsigned note and a transcript, and nothing is being done with it."""
        return may_redraft(self._model, self._work)

    def _ask(self) -> None:
        loaded = self._model.loaded
        if loaded is None or loaded.version is None or not self.possible:
            return
        self._commit_typing()
        self._note_types.look()
        dialog = NoteTypeDialog(self._note_types, loaded.version.note.type, self._window)
        dialog.given.connect(self._draft)
        dialog.open()

    def _draft(self, note_type: str, style: StyleWish) -> None:
        loaded, file = self._model.loaded, self._note_types.find(note_type)
        if loaded is None or loaded.version is None or file is None or not self.possible:
            return
        visit = loaded.encounter
        self._before[visit.id] = loaded.version.number
        self._work.redraft(visit.id, visit.title, file.choice, style)

    def _on_failed(self, encounter_id: str, error: AnamnesisError) -> None:
        if self._before.pop(encounter_id, None) is not None and self._model.encounter_id == encounter_id:
            self._message.error(error)

    def _on_ended(self, encounter_id: str) -> None:
        if encounter_id in self._work.errors:
            return  # told by `_on_failed`
        before = self._before.pop(encounter_id, None)
        if encounter_id not in self._work.redrafted:
            return  # something else has ended, or it was cancelled
        self._work.redrafted.discard(encounter_id)
        if before is None or self._model.encounter_id != encounter_id:
            return

        def back() -> None:
            self._message.clear()
            if self._model.encounter_id == encounter_id:
                self._model.restore(before)

        self._message.say(
            "good", "The note was drafted again.", "The note before is kept in the history.", ("Bring it back", back)
        )


def may_redraft(model: VisitModel, work: VisitWork) -> bool:
    """Whether the open visit's note may be drafted again as another type."""
    loaded = model.loaded
    if loaded is None or loaded.version is None or loaded.transcript is None or not loaded.transcript.utterances:
        return False
    finished = all(s.state is StageState.DONE for s in loaded.encounter.stages if s.stage is not Stage.RECORD)
    return finished and model.may_edit and not model.saving and work.job(loaded.encounter.id) is None
