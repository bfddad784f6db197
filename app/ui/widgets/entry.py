"""The pages before the work: set up a vault, keep the recovery code, sign in."""

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError
from app.domain.ports import Session
from app.ui.contracts import Application
from app.ui.tasks import Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.widgets.forms.code_keeping import CodeKeeping
from app.ui.widgets.forms.passphrase_pair import PassphrasePair
from app.ui.widgets.parts import Card, Choice, MessageBar, button, centred, line


def _page(widget: QWidget, card: Card) -> None:
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
        _page(self, card)
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
        self.go_on = button("Continue", self._keeping.submit, "primary")
        card.column.addWidget(self.go_on)
        _page(self, card)
        self.code, self.typed, self.message = self._keeping.code, self._keeping.typed, self._keeping.message
        self.show_code = self._keeping.show_code
        self._keeping.kept.connect(self.kept)
        self.setFocusProxy(self.typed)


class SignInPage(QWidget):
    """Name and passphrase. `signed_in(session)`; `recovery_wanted(name)`."""

    signed_in = Signal(object)
    recovery_wanted = Signal(str)

    def __init__(self, application: Application, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks
        self._busy = False
        card = Card("Anamnesis", "Sign in to open your visits.", width=400)
        self.names = Choice("Name")
        card.field("Name", self.names)
        self.passphrase = line("Passphrase", secret=True)
        card.field("Passphrase", self.passphrase)
        self.message = MessageBar(theme)
        card.column.addWidget(self.message)
        card.column.addSpacing(SPACE)
        self.sign_in_button = button("Sign in", self.submit, "primary")
        card.column.addWidget(self.sign_in_button)
        self.recovery = button("Use recovery code", self._recover, "link")
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.recovery)
        row.addStretch()
        card.column.addLayout(row)
        _page(self, card)
        self.passphrase.returnPressed.connect(self.submit)
        self.passphrase.textChanged.connect(self._refresh)
        self.setFocusProxy(self.passphrase)
        self._refresh()

    def load_names(self, ready: Callable[[], None] = lambda: None) -> None:
        """Read the names from the vault; `ready` is called when they are shown."""

        def show(names: list[str]) -> None:
            self.names.clear()
            self.names.addItems(names)
            self._refresh()
            self.passphrase.setFocus()
            ready()

        self._tasks.run(self._application.user_names, show, self._failed)

    def submit(self) -> None:
        """Try to sign in."""
        if not self.sign_in_button.isEnabled():
            return
        name, passphrase = self.names.currentText(), self.passphrase.text()
        self._set_busy(True)
        self.message.clear()
        self._tasks.run(lambda: self._application.sign_in(name, passphrase), self._done, self._failed)

    def _done(self, session: Session) -> None:
        self._set_busy(False)
        self.passphrase.clear()
        self.signed_in.emit(session)

    def _failed(self, error: AnamnesisError) -> None:
        self._set_busy(False)
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _recover(self) -> None:
        self.recovery_wanted.emit(self.names.currentText())

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.sign_in_button.setText("Opening the vault…" if busy else "Sign in")
        for widget in (self.names, self.passphrase, self.recovery):
            widget.setEnabled(not busy)
        self._refresh()

    def _refresh(self) -> None:
        ready = bool(self.names.currentText() and self.passphrase.text())
        self.sign_in_button.setEnabled(ready and not self._busy)


class RecoveryPage(QWidget):
    """A new passphrase by recovery code. `recovered(session, new code)`; `left()`."""

    recovered = Signal(object, str)
    left = Signal()

    def __init__(self, application: Application, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks
        self._busy = False
        self._name = ""
        card = Card("Use recovery code", "")
        self._lead = card.lead
        self.code = line("Recovery code")
        card.field("Recovery code", self.code)
        self.passphrases = PassphrasePair(card, theme, self._refresh, "New passphrase")
        self.message = MessageBar(theme)
        card.column.addWidget(self.message)
        card.column.addSpacing(SPACE)
        self.submit_button = button("Set passphrase and sign in", self.submit, "primary")
        card.column.addWidget(self.submit_button)
        self.back = button("Back to sign in", self._leave, "link")
        card.column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignHCenter)
        _page(self, card)
        self.code.textChanged.connect(self._refresh)
        for field in (self.code, self.passphrases.first, self.passphrases.second):
            field.returnPressed.connect(self.submit)
        self.setFocusProxy(self.code)
        self._refresh()

    def start(self, name: str) -> None:
        """Begin for a person."""
        self._name = name
        self.passphrases.names = (name,)
        self._lead.setText(f"For {name}. The code is used up; you will get a new one.")
        self.code.clear()
        self.passphrases.clear()
        self.message.clear()

    def submit(self) -> None:
        """Try the code."""
        if not self.submit_button.isEnabled():
            return
        name, code, passphrase = self._name, self.code.text().strip(), self.passphrases.first.text()
        self._set_busy(True)
        self.message.clear()
        self._tasks.run(
            lambda: self._application.sign_in_with_recovery_code(name, code, passphrase), self._done, self._failed
        )

    def _done(self, opened: tuple[Session, str]) -> None:
        self._set_busy(False)
        self.code.clear()
        self.passphrases.clear()
        self.recovered.emit(*opened)

    def _failed(self, error: AnamnesisError) -> None:
        self._set_busy(False)
        self.message.error(error)
        self.code.setFocus()

    def _leave(self) -> None:
        self.code.clear()
        self.passphrases.clear()
        self.left.emit()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.back.setEnabled(not busy)
        self._refresh()

    def _refresh(self) -> None:
        if hasattr(self, "submit_button"):
            self.submit_button.setEnabled(bool(self.code.text().strip()) and self.passphrases.good and not self._busy)
