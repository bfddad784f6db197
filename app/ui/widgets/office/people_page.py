"""People: who there is, adding, revoking, handing over."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.domain.errors import AnamnesisError
from app.domain.people import User
from app.domain.team import Left
from app.ui import wording
from app.ui.tasks import Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.lines import LineRows
from app.ui.viewmodels.office.people import People
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.forms.line_list import LineList
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.office.page import OfficePage
from app.ui.widgets.office.people_sheets import AddPersonSheet, HandOutSheet, HandOverSheet
from app.ui.widgets.parts import button, line, text


class PeoplePage(OfficePage):
    """For administrators."""

    def __init__(self, people: People, tasks: Tasks, theme: Theme) -> None:
        super().__init__("People", "Who can sign in, and as what. Roles say what a person may do.", theme)
        people.setParent(self)
        self._people = people
        self._tasks = tasks
        self.rows = LineRows(self)
        self.search = line("Find a person", placeholder="Find by name or role")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(360)
        self.list = LineList("People", self.rows, theme)
        self.empty = text("Nobody fits the search.", "muted")
        self.add = button("Add a person…", self._add, "primary")
        self.revoke = button("Revoke access…", self._revoke)
        self.hand_over = button("Hand over visits…", self._hand_over)
        self.entrust = button("Share the recovery key…", self._entrust)
        self._lay_out()
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self.list.setFocus)
        self.list.chosen.connect(lambda _user: self._refresh_buttons())
        people.changed.connect(self._show)
        people.failed.connect(self._on_failed)
        self._show()

    def refresh(self) -> None:
        """See `OfficePage`."""
        self._people.look()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addStretch()
        top.addWidget(self.add)
        self.column.addLayout(top)
        frame = QFrame()
        frame.setProperty("role", "pane")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        inner.addWidget(self.list)
        inner.addWidget(self.empty)
        self.column.addWidget(frame, 1)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        for widget in (self.revoke, self.hand_over, self.entrust):
            row.addWidget(widget)
        row.addStretch()
        self.column.addLayout(row)

    def _chosen(self) -> User | None:
        chosen = self.list.current()
        return chosen.value if chosen is not None and isinstance(chosen.value, User) else None

    def _show(self) -> None:
        chosen = self._chosen()
        self.rows.replace(self._people.lines())
        self.list.choose_key(chosen.id if chosen is not None else "")
        self._show_found()

    def _on_search(self, words: str) -> None:
        self.rows.search(words)
        self.list.choose(0)
        self._show_found()

    def _show_found(self) -> None:
        self.list.setVisible(self.rows.rowCount() > 0)
        self.empty.setVisible(self.rows.rowCount() == 0 and self.rows.total > 0)
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        user, people = self._chosen(), self._people
        self.revoke.setEnabled(people.may_revoke(user))
        self.hand_over.setEnabled(people.may_hand_over(user))
        self.entrust.setEnabled(people.may_entrust(user))
        for widget in (self.revoke, self.hand_over, self.entrust):
            widget.setVisible(people.leaving is not None)

    def _add(self) -> None:
        sheet = AddPersonSheet(self._people.users, self._tasks, self.theme, self)
        sheet.settled.connect(self._on_added)
        sheet.open()

    def _on_added(self, made: tuple[User, str]) -> None:
        user, code = made
        HandOutSheet(user, code, self).open()
        self._people.look()

    def _revoke(self) -> None:
        user, leaving = self._chosen(), self._people.leaving
        if user is None or leaving is None:
            return
        name = user.display_name
        sheet = ReasonSheet(
            f"Revoke the access of {name}?",
            (
                f"{name} can no longer sign in, on no computer, and what {name} signs from now on is not valid.",
                "What was signed before stays valid. Their visits stay with the care team and get new keys; "
                "those that nobody else holds wait until they are handed over.",
                "This cannot be undone: to come back, the person is added anew.",
            ),
            "Revoke access",
            "Revoking…",
            lambda reason: leaving.revoke(user.id, reason),
            self._tasks,
            self.theme,
            self,
            destroys=True,
        )
        sheet.settled.connect(lambda left: self._on_left(left, f"The access of {name} is revoked."))
        sheet.open()

    def _hand_over(self) -> None:
        user, leaving = self._chosen(), self._people.leaving
        if user is None or leaving is None:
            return
        sheet = HandOverSheet(leaving, user, self._people.heirs(), self._tasks, self.theme, self)
        sheet.settled.connect(lambda left: self._on_left(left, f"The visits of {user.display_name} are handed over."))
        sheet.open()

    def _on_left(self, left: Left, done: str) -> None:
        team = wording.plural(left.rekeyed_by_team, "visit gets", "visits get")
        said = f"{team} a new key when another member signs in." if left.rekeyed_by_team else ""
        if left.without_member:
            lone = wording.plural(left.without_member, "visit has", "visits have")
            said = f"{said} {lone} nobody else: choose “Hand over visits…”.".strip()
        kind = "warning" if left.without_member else "good"
        self.message.say(kind, done, said, ("Hide", self.message.clear))
        self._people.look()

    def _entrust(self) -> None:
        user, leaving = self._chosen(), self._people.leaving
        if user is None or leaving is None:
            return
        dialog = ConfirmDialog(
            f"Share the organisation's recovery key with {user.display_name}?",
            "The holder can hand over visits of people who leave and restore backups on another computer. With two "
            "holders the loss of one person loses nothing. It cannot be taken back.",
            "Cancel",
            "Share the recovery key",
            self,
        )
        dialog.accepted.connect(
            lambda: self._tasks.run(
                lambda: leaving.entrust_recovery(user.id),
                lambda _none: self.message.say(
                    "good", f"{user.display_name} holds the recovery key too.", "", ("Hide", self.message.clear)
                ),
                self._on_failed,
            )
        )
        dialog.open()

    def _on_failed(self, error: AnamnesisError) -> None:
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
