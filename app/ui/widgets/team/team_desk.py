"""Between the visit's page and its care team: the line below the title, the sheets, and what emergency access shows."""

from datetime import UTC, datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.errors import AnamnesisError
from app.domain.people import User
from app.domain.team import CareTeams, EmergencyAccess
from app.ui import people_words
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.care_team import CareTeamModel, lasting
from app.ui.viewmodels.emergency import EmergencyModel
from app.ui.viewmodels.visit import VisitModel
from app.ui.widgets.actions import Actions
from app.ui.widgets.parts import MessageBar
from app.ui.widgets.team.care_team_sheet import CareTeamSheet
from app.ui.widgets.team.emergency_sheet import EmergencySheet
from app.ui.widgets.visit_page import VisitPage


class TeamDesk(QObject):
    """Without care teams in the session its commands are not there."""

    def __init__(
        self,
        teams: CareTeams | None,
        user: User,
        visit: VisitModel,
        page: VisitPage,
        actions: Actions,
        message: MessageBar,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._visit = visit
        self._page = page
        self._actions = actions
        self._message = message
        self._tasks = tasks
        self._theme = theme
        self._window = parent
        self.team = CareTeamModel(teams, user, tasks, self) if teams is not None else None
        self.emergency = EmergencyModel(teams.emergency, user, tasks, self) if teams is not None else None
        actions.care_team.setVisible(teams is not None)
        actions.care_team.setEnabled(False)
        actions.care_team.triggered.connect(lambda _checked=False: self._open_team())
        actions.emergency.setVisible(self.emergency is not None and self.emergency.allowed)
        actions.emergency.triggered.connect(lambda _checked=False: self._open_emergency())
        visit.opened.connect(self._on_opened)
        visit.changed.connect(self._on_visit)
        if self.team is not None and self.emergency is not None:
            self.team.changed.connect(self._show)
            self.team.failed.connect(self._on_failed)
            self.emergency.changed.connect(self._show)
            self.emergency.ticked.connect(self._show)
            self.emergency.over.connect(self._on_over)
            if self.emergency.allowed:
                self.emergency.look()

    def close(self) -> None:
        """The session ends."""
        if self.emergency is not None:
            self.emergency.stop()

    def _on_opened(self) -> None:
        if self.team is not None:
            self.team.look(None)
        self._show()

    def _on_visit(self) -> None:
        loaded = self._visit.loaded
        if self.team is None or loaded is None or self._access() is not None:
            self._show()
        elif self.team.shown is None or self.team.shown.encounter_id != loaded.encounter.id:
            self.team.look(loaded.encounter.id)

    def _access(self) -> EmergencyAccess | None:
        return self.emergency.access(self._visit.encounter_id) if self.emergency is not None else None

    def _elsewhere(self) -> EmergencyAccess | None:
        return self.emergency.elsewhere(self._visit.encounter_id) if self.emergency is not None else None

    def _open_team(self) -> None:
        loaded = self._visit.loaded
        if self.team is not None and loaded is not None:
            CareTeamSheet(self.team, loaded.encounter.title, self._tasks, self._theme, self._window).open()

    def _open_emergency(self) -> None:
        lasting_one = self._elsewhere()
        if lasting_one is not None:
            self._visit.open(lasting_one.encounter_id)
        elif self.emergency is not None:
            sheet = EmergencySheet(self.emergency, self._tasks, self._theme, self._window)
            sheet.settled.connect(self._on_begun)
            sheet.open()

    def _on_begun(self, access: EmergencyAccess) -> None:
        if self.emergency is not None:
            self.emergency.began(access)
        self._visit.open(access.encounter_id)

    def _on_over(self, encounter_id: str) -> None:
        if self._visit.encounter_id == encounter_id:
            self._visit.open(None)
        self._message.say(
            "info", "Your emergency access has ended.", "The care team was told.", ("Hide", self._message.clear)
        )

    def _on_failed(self, error: AnamnesisError) -> None:
        if not any(isinstance(child, CareTeamSheet) for child in self._window.findChildren(CareTeamSheet)):
            self._message.error(error)

    def _show(self) -> None:
        access, team = self._access(), self.team.shown if self.team is not None else None
        loaded, now = self._visit.loaded is not None, datetime.now(UTC)
        self._set_read_only(access is not None)
        back = "Back to emergency &access" if self._elsewhere() is not None else "E&mergency access…"
        self._actions.emergency.setText(back)
        self._actions.care_team.setEnabled(loaded and access is None and team is not None)
        self._page.show_team(people_words.team_line(team.members, self.team.user) if team and self.team else "")
        bar = self._page.emergency
        if access is not None and loaded:
            left = people_words.minutes_left(access.until, now)
            bar.say(
                "warning",
                f"Emergency access: reading only, {left}.",
                "The care team sees your name and your reason.",
                ("End access", lambda: self._end(access.encounter_id)),
            )
        elif team is not None and team.emergencies:
            latest, rest = team.emergencies[0], len(team.emergencies) - 1
            who, why = people_words.emergency(latest, now)
            more = f" {rest} more in the care team." if rest else ""
            kind = "warning" if lasting(latest, now) else "info"
            bar.say(kind, f"Emergency access: {who}.", f"{why}{more}", ("Care team…", self._open_team))
        else:
            bar.clear()

    def _set_read_only(self, on: bool) -> None:
        if on != self._visit.read_only:
            self._visit.read_only = on
            if self._visit.loaded is not None:
                self._visit.changed.emit()  # what may be done is another

    def _end(self, encounter_id: str) -> None:
        if self.emergency is not None:
            self.emergency.end(encounter_id)
