"""The pages of the first start: set up a vault, keep the recovery code."""

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError
from app.domain.ports import Session
from app.ui.contracts import Application
from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.widgets.forms.code_keeping import CodeKeeping
from app.ui.widgets.forms.passphrase_pair import PassphrasePair
from app.ui.widgets.parts import Card, MessageBar, button, centred, line


def lay_out(widget: QWidget, card: Card) -> None:
    """Put the card in the middle of a page."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(centred(card))


def sign_in_name(display_name: str) -> str:
    """Suggest a sign-in name: `Dr. Anna Weber` -> `anna.weber`."""
    words = [w for w in re.findall(r"\w+", display_name.casefold()) if w not in {"dr", "prof", "med"}]
    return ".".join(words)


class CreateVaultPage(QWidget):
    """First run. `created(session, recovery code)`."""

    created = Signal(object, str)

    def __init__(self, application: Application, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks
        card = Card("Set up Anamnesis", "Recordings and notes stay on this computer, encrypted.")
        self.display_name = line("Your name", placeholder="Dr. Anna Weber")
        card.field("Your name", self.display_name, "Printed beside your signature.")
        self.name = line("Sign-in name")
        card.field("Sign-in name", self.name)
        self.passphrases = PassphrasePair(card, theme, self._refresh)
        self.message = MessageBar(theme)
        card.column.addWidget(self.message)
        card.column.addSpacing(2 * SPACE)
        self.create_button = button("Create vault", self.submit, "primary")
        card.column.addWidget(self.create_button)
        lay_out(self, card)
        self.display_name.textEdited.connect(self._suggest)
        self.display_name.textChanged.connect(self._refresh)
        self.name.textChanged.connect(self._refresh)
        self._name_typed = False
        self.name.textEdited.connect(self._on_name_typed)
        for field in (self.display_name, self.name, self.passphrases.first, self.passphrases.second):
            field.returnPressed.connect(self.submit)
        self._busy = False
        self.setFocusProxy(self.display_name)
        self._refresh()

    def submit(self) -> None:
        """Create the vault if the form is complete."""
        if not self.create_button.isEnabled():
            return
        self._set_busy(True)
        self.message.clear()
        name, display = self.name.text().strip(), self.display_name.text().strip()
        passphrase = self.passphrases.first.text()
        self._tasks.run(
            lambda: self._application.create_vault(name, display, passphrase),
            self._done,
            self._failed,
        )

    def _done(self, made: tuple[Session, str]) -> None:
        self._set_busy(False)
        self.passphrases.clear()
        self.created.emit(*made)

    def _failed(self, error: AnamnesisError) -> None:
        self._set_busy(False)
        self.message.error(error)

    def _on_name_typed(self, _text: str) -> None:
        self._name_typed = True

    def _suggest(self, display_name: str) -> None:
        if not self._name_typed:
            self.name.setText(sign_in_name(display_name))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.create_button.setText("Creating…" if busy else "Create vault")
        self._refresh()

    def _refresh(self) -> None:
        if not hasattr(self, "create_button"):
            return
        self.passphrases.names = (self.name.text(), *self.display_name.text().split())
        complete = bool(self.display_name.text().strip() and self.name.text().strip()) and self.passphrases.good
        self.create_button.setEnabled(complete and not self._busy)


class RecoveryCodePage(QWidget):
    """Shows the recovery code once; goes on when it was typed back. `kept()`."""

    kept = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(
            "Your recovery code",
            "Write it on paper and keep it away from this computer. It is shown only now. Without it, a forgotten "
            "passphrase means that nobody can open the records again.",
            width=560,
        )
        self._keeping = CodeKeeping(theme)
        card.column.addWidget(self._keeping)
        card.column.addSpacing(SPACE)
        self.submit = self._keeping.submit
        self.go_on = button("Continue", self.submit, "primary")
        card.column.addWidget(self.go_on)
        lay_out(self, card)
        self.code, self.typed, self.message = self._keeping.code, self._keeping.typed, self._keeping.message
        self.show_code = self._keeping.show_code
        self._keeping.kept.connect(self.kept)
        self.setFocusProxy(self.typed)
