"""Having the model look a second time at the open note: on request, because it takes seconds a sentence."""

from PySide6.QtCore import QObject

from app.domain.second_look import needs_second_look
from app.ui import wording
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.actions import Actions
from app.ui.widgets.parts import MessageBar
from app.ui.widgets.redrafting import may_redraft


class SecondLookDesk(QObject):
    """Listens to the action, starts the work, takes the doubts into the note and says what came of it.

    What comes while another visit is open waits until its own is opened, so that no mark appears unseen.
    """

    def __init__(
        self, actions: Actions, model: VisitModel, work: VisitWork, message: MessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._work = work
        self._message = message
        self._asked: set[str] = set()
        actions.look_again.triggered.connect(lambda _checked=False: self._ask())
        work.ended.connect(self._on_ended)
        model.changed.connect(self._take)

    def _ask(self) -> None:
        loaded = self._model.loaded
        if loaded is not None and may_look_again(self._model, self._work):
            self._message.clear()
            self._asked.add(loaded.encounter.id)
            self._work.look_again(loaded.encounter.id, loaded.encounter.title)

    def _on_ended(self, encounter_id: str) -> None:
        if encounter_id not in self._asked:
            return
        self._asked.discard(encounter_id)
        error = self._work.errors.pop(encounter_id, None)  # the draft did not fail: nothing is to be tried again
        if error is not None and self._model.encounter_id == encounter_id:
            self._message.error(error)

    def _take(self) -> None:
        visit = self._model.encounter_id
        if visit is None or self._model.loaded is None or visit not in self._work.looked:
            return
        look = self._work.looked.pop(visit)
        if look.doubted and self._model.may_edit:
            self._model.add_doubts(look)
        kind = "warning" if look.doubted else "good"
        self._message.say(kind, *wording.looked_again(look), ("Hide", self._message.clear))


def may_look_again(model: VisitModel, work: VisitWork) -> bool:
    """Whether the open draft has sentences that the rules passed, and nothing is being done with it."""
    version = model.version
    return may_redraft(model, work) and version is not None and any(map(needs_second_look, version.note.statements()))
