"""The sheets of the people's page: add a person, hand over the visits of one who left."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.people import Role, User
from app.domain.ports import UserDirectory
from app.domain.team import Leaving
from app.ui import people_words
from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.lines import Line
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.entry import sign_in_name
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.forms.line_list import Picker
from app.ui.widgets.forms.passphrase_pair import PassphrasePair
from app.ui.widgets.parts import Check, button, line, text


class AddPersonSheet(ActSheet):
    """`settled((user, recovery code))`."""

    def __init__(self, users: UserDirectory, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Add a person", "Add", "Adding…", tasks, theme, parent, width=560)
        self._users = users
        self._name_typed = False
        self.display_name = line("Name", placeholder="Nadia Lee")
        self.field("Name", self.display_name, "Printed beside what they write and sign.")
        self.name = line("Sign-in name")
        self.field("Sign-in name", self.name)
        self.column.addSpacing(SPACE)
        self.column.addWidget(text("Roles", "heading"))
        self.roles = {role: Check(f"{people_words.ROLES[role]}: {people_words.ROLE_MEANING[role]}") for role in Role}
        for check in self.roles.values():
            self.column.addWidget(check)
            check.toggled.connect(self.refresh)
        self.pair: PassphrasePair | None = None
        self.pair = PassphrasePair(self, theme, self.refresh, "First passphrase")
        self.display_name.textEdited.connect(self._suggest)
        self.name.textEdited.connect(self._on_name_typed)
        for field in (self.display_name, self.name):
            field.textChanged.connect(self.refresh)
        self.finish(self.display_name, self.name, self.pair.first, self.pair.second)
        self.display_name.setFocus()

    @property
    def complete(self) -> bool:
        """Names, a role, a passphrase."""
        named = bool(self.display_name.text().strip() and self.name.text().strip())
        held = any(check.isChecked() for check in self.roles.values())
        return named and held and self.pair is not None and self.pair.good

    def refresh(self, *values: object) -> None:
        """See `ActSheet`."""
        if self.pair is not None:
            self.pair.names = (self.name.text(), *self.display_name.text().split())
        super().refresh(*values)

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        name, display = self.name.text().strip(), self.display_name.text().strip()
        roles = frozenset(role for role, check in self.roles.items() if check.isChecked())
        passphrase = self.pair.first.text() if self.pair is not None else ""
        return lambda: self._users.add(name, display, roles, passphrase)

    def _on_name_typed(self, _text: str) -> None:
        self._name_typed = True

    def _suggest(self, display_name: str) -> None:
        if not self._name_typed:
            self.name.setText(sign_in_name(display_name))


class HandOutSheet(Sheet):
    """Shows a new person's recovery code once, to be handed to them on paper."""

    def __init__(self, user: User, code: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{user.display_name} is added", parent, width=560)
        self.column.addWidget(
            text(
                f"Write this recovery code on paper and give it to {user.display_name} with the first passphrase. "
                "It is shown only now. Both should be replaced by them under “Your account”."
            )
        )
        self.code = text(code, "code")
        self.code.setWordWrap(False)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setAccessibleName(f"Recovery code {code}")
        self.column.addWidget(self.code)
        self.written = Check("I have written it down")
        self.column.addWidget(self.written)
        self.close_button = button("Close", self.accept, "primary")
        self.close_button.setEnabled(False)
        self.written.toggled.connect(self.close_button.setEnabled)
        self.add_buttons(self.close_button)
        self.written.setFocus()

    def reject(self) -> None:
        """See Qt; Escape does not lose the code."""
        if self.written.isChecked():
            super().reject()


class HandOverSheet(ActSheet):
    """Gives the visits that only a revoked person held to a colleague. `settled(Left)`."""

    def __init__(
        self,
        leaving: Leaving,
        person: User,
        heirs: list[User],
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        title = f"Hand over the visits of {person.display_name}"
        super().__init__(title, "Hand over", "Handing over…", tasks, theme, parent, width=560)
        self._leaving = leaving
        self._person = person
        self.column.addWidget(
            text(
                "A colleague takes over the visits that nobody else holds. This needs the organisation's recovery key."
            )
        )
        self.heir = Picker("Colleague", "Name", "There is nobody who could take them over.", theme, 130)
        self.field("To", self.heir)
        self.heir.replace([Line(u.id, u.display_name, people_words.roles(u.roles), value=u) for u in heirs])
        self.heir.chosen.connect(self.refresh)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setAccessibleName("Reason")
        self.reason.setFixedHeight(60)
        self.field("Reason", self.reason, "Kept with the act. Name no patient here.")
        self.reason.textChanged.connect(self.refresh)
        self.finish()
        self.heir.setFocus()

    @property
    def complete(self) -> bool:
        """A colleague and a reason."""
        return self.heir.current() is not None and bool(self.reason.toPlainText().strip())

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        heir, reason = self.heir.current(), self.reason.toPlainText().strip()
        key = heir.key if heir is not None else ""
        return lambda: self._leaving.hand_over(self._person.id, key, reason)
