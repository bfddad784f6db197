"""Who may open the visit: the members, sharing in one act, withdrawing, and whoever came in by emergency access."""

from datetime import UTC, datetime
from functools import partial

import shiboken6
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError
from app.domain.people import User
from app.ui import people_words
from app.ui.tasks import Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.care_team import CareTeamModel
from app.ui.viewmodels.lines import Line
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.forms.line_list import Picker
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.parts import MessageBar, button, text
from app.ui.widgets.team.member_row import MemberRow

_MOST_HEIGHT = 220


class CareTeamSheet(Sheet):
    """Follows `model`; what it does is the vault's to allow."""

    def __init__(
        self, model: CareTeamModel, label: str, tasks: Tasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Care team", parent, width=560)
        self._model = model
        self._tasks = tasks
        self._theme = theme
        self._busy = False
        self.column.addWidget(text(f"{label}. Only these people can open the visit.", "muted"))
        self.message = MessageBar(theme)
        self.column.addWidget(self.message)
        self.members: list[MemberRow] = []
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.column.addWidget(self._framed(self._list))
        self.people = Picker("Person to share with", "Name or role", "Everybody who may read is on the team.", theme)
        self._add_sharing()
        self._came = text("Emergency access", "heading")
        self.emergencies = QVBoxLayout()
        self.emergencies.setSpacing(0)
        self.column.addWidget(self._came)
        self.column.addLayout(self.emergencies)
        self.add_buttons(button("Close", self.accept))
        model.changed.connect(self._show)
        model.failed.connect(self._on_failed)
        self._show()
        if model.may_share:
            self.people.setFocus()

    def share(self) -> None:
        """Share with the person who is chosen."""
        chosen = self.people.current()
        if chosen is None or not isinstance(chosen.value, User) or self._busy:
            return
        person = chosen.value
        self._set_busy(True)

        def shared() -> None:
            if shiboken6.isValid(self):
                self._set_busy(False)
                self.people.search.clear()
                self.message.say("good", f"{person.display_name} can open this visit now.")

        self._model.share(person, shared, self._on_failed)

    def ask_to_withdraw(self, person: User) -> ReasonSheet:
        """Ask for the reason and say what follows."""
        name = person.display_name
        sheet = ReasonSheet(
            f"Withdraw {name}?",
            (
                f"{name} can no longer open this visit, on no computer. The visit gets a new key.",
                f"What {name} read, printed or exported before cannot be taken back.",
            ),
            "Withdraw",
            "Withdrawing…",
            lambda reason: self._model.withdrawal(person, reason)(),
            self._tasks,
            self._theme,
            self,
            reason_hint="Only the care team can read it.",
        )
        sheet.settled.connect(lambda _none: self._withdrawn(name))
        sheet.open()
        return sheet

    def _withdraw(self, person: User) -> None:
        self.ask_to_withdraw(person)

    def _withdrawn(self, name: str) -> None:
        self.message.say("good", f"{name} is no longer on the care team.")
        self._model.reload()

    def _framed(self, inside: QVBoxLayout) -> QWidget:
        holder = QWidget()
        holder.setLayout(inside)
        area = QScrollArea()
        area.setProperty("role", "pane")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder)
        area.setAccessibleName("Members of the care team")
        self._area, self._holder = area, holder
        return area

    def _add_sharing(self) -> None:
        self._sharing = QWidget()
        column = QVBoxLayout(self._sharing)
        column.setContentsMargins(0, 2 * SPACE, 0, 0)
        column.setSpacing(2 * SPACE)
        caption = text("Share with", "heading")
        caption.setBuddy(self.people.search)
        column.addWidget(caption)
        column.addWidget(self.people)
        row = QHBoxLayout()
        row.addWidget(text("They can read the visit; their role decides what else.", "small"), 1)
        self.share_button = button("Share", self.share, "primary")
        row.addWidget(self.share_button)
        column.addLayout(row)
        self.column.addWidget(self._sharing)
        self._sharing.setVisible(self._model.may_share)
        self.people.taken.connect(lambda _person: self.share())
        self.people.chosen.connect(lambda _person: self._refresh())

    def _show(self) -> None:
        team, now = self._model.shown, datetime.now(UTC)
        self._clear(self._list)
        self._clear(self.emergencies)
        self.members = []
        me = self._model.user
        for one in team.members if team else ():
            may = self._model.may_withdraw and one.user.id != me.id
            act = partial(self._withdraw, one.user) if may else None
            row = MemberRow(people_words.name(one.user, me), people_words.member(one, now), "Withdraw…", act)
            self.members.append(row)
            self._list.addWidget(row)
        for access in team.emergencies if team else ():
            self.emergencies.addWidget(MemberRow(*people_words.emergency(access, now)))
        self._came.setVisible(bool(team and team.emergencies))
        self.people.replace(
            [
                Line(u.id, u.display_name, people_words.roles(u.roles), value=u)
                for u in (team.candidates if team else ())
            ]
        )
        self._area.setFixedHeight(min(_MOST_HEIGHT, max(60, self._holder.sizeHint().height() + 4)))
        self._refresh()

    def _refresh(self) -> None:
        self.share_button.setEnabled(self.people.current() is not None and not self._busy)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.share_button.setText("Sharing…" if busy else "Share")
        self._refresh()

    def _on_failed(self, error: AnamnesisError) -> None:
        if shiboken6.isValid(self):
            self._set_busy(False)
            if not isinstance(error, UnexpectedError):
                self.message.error(error)

    @staticmethod
    def _clear(column: QVBoxLayout) -> None:
        while (item := column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()  # gone at once, not only when the event loop turns
                widget.deleteLater()
