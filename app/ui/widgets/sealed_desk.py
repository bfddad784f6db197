"""What the workspace has besides visits and notes: care teams, keeping and erasing, the shared server, the office."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.ports import Session
from app.ui.contracts import SealedPolicy
from app.ui.rooms import Rooms
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.reminders import Reminder, Reminders
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.actions import Actions
from app.ui.widgets.commands import FilePicker
from app.ui.widgets.office.assembling import office_for
from app.ui.widgets.parts import MessageBar
from app.ui.widgets.team.keeping_desk import KeepingDesk
from app.ui.widgets.team.server_desk import ServerDesk
from app.ui.widgets.team.server_sign import ServerSign
from app.ui.widgets.team.team_desk import TeamDesk
from app.ui.widgets.visit_page import VisitPage


class SealedDesk(QObject):
    """`list_changed` when the list of visits is to be read again, `held(ids)` the visits under a legal hold."""

    list_changed = Signal()
    held = Signal(frozenset)
    destroyed_visit = Signal(str)

    def __init__(
        self,
        session: Session,
        rooms: Rooms,
        visit: VisitModel,
        work: VisitWork,
        page: VisitPage,
        actions: Actions,
        message: MessageBar,
        picker: FilePicker,
        policy: SealedPolicy,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.office = office_for(session, rooms, actions, tasks, theme, picker, policy, "Back to visits")
        self.team = TeamDesk(rooms.team, session.user, visit, page, actions, message, tasks, theme, parent)
        self.keeping = KeepingDesk(rooms.records, session, visit, work, page, actions, message, tasks, theme, parent)
        self.server = ServerDesk(rooms.syncing, visit, page, tasks, theme, parent)
        self.sign = ServerSign(self.server.server, theme)
        self._message = message
        self._actions = actions
        self.reminders = Reminders(rooms.records, session, policy, tasks, self)
        self.reminders.due.connect(self._remind)
        self.reminders.look()
        self.keeping.held.connect(self.held)
        self.keeping.destroyed_visit.connect(self.destroyed_visit)
        self.server.list_changed.connect(self.list_changed)

    def close(self) -> None:
        """The session ends: nothing counts or listens any more."""
        self.team.close()
        self.server.close()

    def _remind(self, reminder: Reminder) -> None:
        if not self._message.message:  # nothing else may be taken away
            self._message.say("info", reminder.message, reminder.remedy, ("Show", self._actions.records.trigger))
            said = self._message.message
            self._actions.records.triggered.connect(lambda _checked=False: self._read(said))

    def _read(self, said: str) -> None:
        if self._message.message == said:
            self._message.clear()
