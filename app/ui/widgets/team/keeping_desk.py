"""Legal hold and destroying, from the visit's page."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.encounter import EncounterState
from app.domain.people import Permission
from app.domain.ports import Session
from app.domain.records import Hold, Records
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.actions import Actions
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.parts import MessageBar
from app.ui.widgets.visit_page import VisitPage

TYPED = "destroy"


class KeepingDesk(QObject):
    """`held(ids)` whenever the holds are read; `destroyed_visit(id)`."""

    held = Signal(frozenset)
    destroyed_visit = Signal(str)

    def __init__(
        self,
        records: Records | None,
        session: Session,
        visit: VisitModel,
        work: VisitWork,
        page: VisitPage,
        actions: Actions,
        message: MessageBar,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._records = records
        self._session = session
        self._visit = visit
        self._work = work
        self._page = page
        self._actions = actions
        self._message = message
        self._tasks = tasks
        self._theme = theme
        self._window = parent
        self._holds: dict[str, Hold] = {}
        actions.hold.setVisible(records is not None and session.user.may(Permission.HOLD))
        actions.destroy_visit.setVisible(session.user.may(Permission.RECORD))
        actions.hold.triggered.connect(lambda _checked=False: self._hold_or_release())
        actions.destroy_visit.triggered.connect(lambda _checked=False: self._ask_to_destroy())
        visit.opened.connect(self.refresh)
        visit.changed.connect(self.refresh)
        self.look()

    def look(self) -> None:
        """Read which visits are held."""
        records = self._records
        if records is not None and self._session.user.may(Permission.HOLD):
            self._tasks.run(lambda: tuple(records.holds()), self._show, self._message.error)

    def refresh(self) -> None:
        """Enable what can be done with the visit that is shown."""
        loaded = self._visit.loaded
        free = loaded is not None and not self._visit.read_only
        hold = self._holds.get(self._visit.encounter_id or "")
        self._actions.hold.setEnabled(free)
        self._actions.hold.setText("Release legal &hold…" if hold else "Legal &hold…")
        self._actions.destroy_visit.setEnabled(
            free and hold is None and self._work.job(self._visit.encounter_id or "") is None
        )
        self._page.show_hold(f"Legal hold: {hold.reason}" if hold else "")

    def _show(self, holds: tuple[Hold, ...]) -> None:
        self._holds = {hold.encounter_id: hold for hold in holds}
        self.held.emit(frozenset(self._holds))
        self.refresh()

    def _hold_or_release(self) -> None:
        records, visit = self._records, self._visit.encounter_id
        if records is None or visit is None:
            return
        if visit in self._holds:
            sheet = ReasonSheet(
                "Release the legal hold?",
                ("The visit can be erased again, by the policy or by hand.",),
                "Release",
                "Releasing…",
                lambda reason: records.release_hold(visit, reason),
                self._tasks,
                self._theme,
                self._window,
            )
        else:
            sheet = ReasonSheet(
                "Put a legal hold on this visit?",
                ("While it stands nothing of this visit is erased: not by the policy, and not by hand.",),
                "Hold",
                "Holding…",
                lambda reason: records.add_hold(visit, reason),
                self._tasks,
                self._theme,
                self._window,
                reason_hint="For example the number of the case. Name no patient here.",
            )
        sheet.settled.connect(lambda _done: self.look())
        sheet.open()

    def _ask_to_destroy(self) -> None:
        loaded = self._visit.loaded
        if loaded is None or not self._actions.destroy_visit.isEnabled():
            return
        visit, title = loaded.encounter.id, loaded.encounter.title
        signed = loaded.encounter.state in {EncounterState.SIGNED, EncounterState.AMENDED}
        lines = [
            f"{title}: the recording, the transcript and every version of the note are destroyed for good, for the "
            "whole care team. Nobody can bring them back.",
            "A record of the deletion stays: who, when and why, without content.",
        ]
        if signed:
            lines.insert(1, "This note is SIGNED and is part of the medical record. The law may ask you to keep it.")
        sheet = ReasonSheet(
            "Destroy this visit?",
            tuple(lines),
            "Destroy for good",
            "Destroying…",
            lambda reason: self._session.encounters.destroy(visit, reason),
            self._tasks,
            self._theme,
            self._window,
            typed=TYPED,
            destroys=True,
        )
        sheet.settled.connect(lambda _none: self._on_destroyed(visit))
        sheet.open()

    def _on_destroyed(self, visit: str) -> None:
        if self._visit.encounter_id == visit:
            self._visit.open(None)
        self.destroyed_visit.emit(visit)
        self._message.say(
            "info", "The visit is destroyed.", "A record of the deletion stays.", ("Hide", self._message.clear)
        )
