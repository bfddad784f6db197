"""Signing in: by passphrase or by this computer's key store, and a code of the authenticator app where one is on."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError, KeyStoreError, SecondFactorNeededError, SecondFactorWrongError
from app.domain.ports import Session
from app.ui.contracts import Application
from app.ui.tasks import Lane, Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.widgets.entry import lay_out
from app.ui.widgets.forms.factor_field import FactorField
from app.ui.widgets.forms.passphrase_sheet import bare_code
from app.ui.widgets.parts import Card, Choice, MessageBar, button, line, text


class SignInPage(QWidget):
    """`signed_in(session)`; `recovery_wanted(name)`.

    A second step, with the code alone, follows where the vault asks for one: the passphrase was right by then.
    """

    signed_in = Signal(object)
    recovery_wanted = Signal(str)

    def __init__(self, application: Application, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks
        self._busy = False
        self._remembered: frozenset[str] = frozenset()
        self._attempt: Callable[[str], Session] | None = None
        self._lane = Lane.VAULT
        card = Card("Anamnesis", "Sign in to open your visits.", width=400)
        self._lead = card.lead
        self._first = QWidget()
        first = QVBoxLayout(self._first)
        first.setContentsMargins(0, 0, 0, 0)
        first.setSpacing(SPACE)
        self.names = Choice("Name")
        self.passphrase = line("Passphrase", secret=True)
        for label, widget in (("Name", self.names), ("Passphrase", self.passphrase)):
            caption = text(label, "heading")
            caption.setBuddy(widget)
            first.addWidget(caption)
            first.addWidget(widget)
            first.addSpacing(2 * SPACE)
        card.column.addWidget(self._first)
        self.factor = FactorField()
        card.column.addWidget(self.factor)
        self.message = MessageBar(theme)
        card.column.addWidget(self.message)
        card.column.addSpacing(SPACE)
        self.sign_in_button = button("Sign in", self.submit, "primary")
        self.from_key_store = button("Sign in with this computer’s key store", self.use_key_store)
        self.recovery = button("Use recovery code", self._recover, "link")
        self.back = button("Back", self.begin_again, "link")
        card.column.addWidget(self.sign_in_button)
        card.column.addWidget(self.from_key_store)
        for link in (self.recovery, self.back):
            card.column.addWidget(link, 0, Qt.AlignmentFlag.AlignHCenter)
        lay_out(self, card)
        self.passphrase.returnPressed.connect(self.submit)
        self.factor.code.returnPressed.connect(self.submit)
        self.passphrase.textChanged.connect(self._refresh)
        self.factor.code.textChanged.connect(self._refresh)
        self.names.currentIndexChanged.connect(self._refresh)
        self.setFocusProxy(self.passphrase)
        self._show_step()

    def load_names(self, ready: Callable[[], None] = lambda: None) -> None:
        """Read the names from the vault; `ready` is called when they are shown."""

        def show(read: tuple[list[str], list[str]]) -> None:
            names, remembered = read
            self._remembered = frozenset(remembered)
            self.names.clear()
            self.names.addItems(names)
            self.begin_again()
            ready()

        application = self._application
        self._tasks.run(lambda: (application.user_names(), application.remembered_names()), show, self._failed)

    def submit(self) -> None:
        """Try to sign in, or go on with the code."""
        if not self.sign_in_button.isEnabled():
            return
        if self._attempt is None:
            name, passphrase = self.names.currentText(), self.passphrase.text()
            self._start(lambda code: self._application.sign_in(name, passphrase, code), Lane.VAULT)
        self._try()

    def use_key_store(self) -> None:
        """Let this computer's key store unlock; the system may ask for its password."""
        name = self.names.currentText()
        self._start(lambda code: self._application.sign_in_from_key_store(name, code), Lane.KEY_STORE)
        self._try()

    def begin_again(self) -> None:
        """Back to name and passphrase."""
        self._attempt = None
        self.factor.code.clear()
        self.message.clear()
        self._show_step()
        self.passphrase.setFocus()

    def _start(self, attempt: Callable[[str], Session], lane: Lane) -> None:
        self._attempt, self._lane = attempt, lane

    def _try(self) -> None:
        attempt, code = self._attempt, bare_code(self.factor.code.text())
        if attempt is None:
            return
        self._set_busy(True)
        self.message.clear()
        self._tasks.run(lambda: attempt(code), self._done, self._failed, self._lane)

    def _done(self, session: Session) -> None:
        self._set_busy(False)
        self.passphrase.clear()
        self.begin_again()
        self.signed_in.emit(session)

    def _failed(self, error: AnamnesisError) -> None:
        self._set_busy(False)
        if isinstance(error, SecondFactorNeededError):
            self._ask_for_code()
            return
        if not isinstance(error, SecondFactorWrongError):
            self.begin_again()
        if not isinstance(error, UnexpectedError):
            kind = "warning" if isinstance(error, KeyStoreError) else "error"
            self.message.say(kind, error.message, error.remedy)
        field = self.factor.code if self._attempt is not None else self.passphrase
        field.selectAll()
        field.setFocus()

    def _ask_for_code(self) -> None:
        self._show_step()
        self.factor.code.clear()
        self.factor.code.setFocus()

    def _recover(self) -> None:
        self.recovery_wanted.emit(self.names.currentText())

    def _show_step(self) -> None:
        second = self._attempt is not None
        self._first.setVisible(not second)
        self.factor.setVisible(second)
        self.back.setVisible(second)
        self.recovery.setVisible(not second)
        name = self.names.currentText()
        self._lead.setText(f"One more step for {name}." if second else "Sign in to open your visits.")
        self._refresh()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        waiting = "Waiting for the key store…" if self._lane is Lane.KEY_STORE else "Opening the vault…"
        self.sign_in_button.setText(waiting if busy else "Sign in")
        for widget in (self.names, self.passphrase, self.recovery, self.back, self.factor, self.from_key_store):
            widget.setEnabled(not busy)
        self._refresh()

    def _refresh(self, *_values: object) -> None:
        name = self.names.currentText()
        first = bool(name and self.passphrase.text())
        ready = self.factor.complete if self.factor.isVisibleTo(self) else first
        self.sign_in_button.setEnabled(ready and not self._busy)
        self.from_key_store.setVisible(name in self._remembered and not self.factor.isVisibleTo(self))
