"""A new passphrase by recovery code, also for somebody whose phone with the authenticator app is lost."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import AnamnesisError, SecondFactorNeededError
from app.domain.ports import Session
from app.ui.contracts import Application
from app.ui.tasks import Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.widgets.entry import lay_out
from app.ui.widgets.forms.factor_field import FactorField
from app.ui.widgets.forms.passphrase_pair import PassphrasePair
from app.ui.widgets.forms.passphrase_sheet import bare_code
from app.ui.widgets.parts import Card, Check, MessageBar, button, line


class RecoveryPage(QWidget):
    """`recovered(session, new code)`; `left()`."""

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
        self.factor = FactorField()
        self.lost = Check("The phone is lost: turn the second factor off")
        self.lost.hide()
        self.message = MessageBar(theme)
        for widget in (self.factor, self.lost, self.message):
            card.column.addWidget(widget)
        card.column.addSpacing(SPACE)
        self.submit_button = button("Set passphrase and sign in", self.submit, "primary")
        card.column.addWidget(self.submit_button)
        self.back = button("Back to sign in", self._leave, "link")
        card.column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignHCenter)
        lay_out(self, card)
        self.code.textChanged.connect(self._refresh)
        self.factor.code.textChanged.connect(self._refresh)
        self.lost.toggled.connect(self._refresh)
        for field in (self.code, self.passphrases.first, self.passphrases.second, self.factor.code):
            field.returnPressed.connect(self.submit)
        self.setFocusProxy(self.code)
        self._refresh()

    def start(self, name: str) -> None:
        """Begin for a person."""
        self._name = name
        self.passphrases.names = (name,)
        self._lead.setText(f"For {name}. The code is used up; you will get a new one.")
        self._clear()
        self.message.clear()

    def submit(self) -> None:
        """Try the code."""
        if not self.submit_button.isEnabled():
            return
        name, recovery, passphrase = self._name, self.code.text().strip(), self.passphrases.first.text()
        code, lost = bare_code(self.factor.code.text()), self.lost.isChecked()
        self._set_busy(True)
        self.message.clear()
        self._tasks.run(
            lambda: self._application.sign_in_with_recovery_code(
                name, recovery, passphrase, "" if lost else code, drop_second_factor=lost
            ),
            self._done,
            self._failed,
        )

    def _done(self, opened: tuple[Session, str]) -> None:
        self._set_busy(False)
        self._clear()
        self.recovered.emit(*opened)

    def _failed(self, error: AnamnesisError) -> None:
        self._set_busy(False)
        if isinstance(error, SecondFactorNeededError):
            self.factor.show()
            self.lost.show()
            self._refresh()
            self.factor.setFocus()
            return
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
        (self.factor.code if self.factor.isVisibleTo(self) else self.code).setFocus()

    def _leave(self) -> None:
        self._clear()
        self.left.emit()

    def _clear(self) -> None:
        self.code.clear()
        self.passphrases.clear()
        self.factor.code.clear()
        self.lost.setChecked(False)
        self.factor.hide()
        self.lost.hide()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.back.setEnabled(not busy)
        self._refresh()

    def _refresh(self, *_values: object) -> None:
        if not hasattr(self, "submit_button"):
            return
        wanted = self.factor.isVisibleTo(self)
        self.factor.setEnabled(not self.lost.isChecked())
        factor = not wanted or self.lost.isChecked() or self.factor.complete
        typed = bool(self.code.text().strip()) and self.passphrases.good
        self.submit_button.setEnabled(typed and factor and not self._busy)
