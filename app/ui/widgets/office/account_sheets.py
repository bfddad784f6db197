"""The sheets of the account page: passphrase, recovery code, second factor."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.people import User
from app.domain.ports import UserDirectory
from app.domain.unlocking import SecondFactorOffer, Unlocking
from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.forms.passphrase_pair import PassphrasePair
from app.ui.widgets.forms.passphrase_sheet import bare_code, is_code
from app.ui.widgets.forms.qr_code import QrCode
from app.ui.widgets.parts import line, text


class ChangePassphraseSheet(ActSheet):
    """Needs the present passphrase and the new one twice."""

    def __init__(
        self, users: UserDirectory, me: User, tasks: Tasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Change passphrase", "Change", "Changing…", tasks, theme, parent)
        self._users = users
        self.old = line("Present passphrase", secret=True)
        self.field("Present passphrase", self.old)
        self.pair = PassphrasePair(self, theme, self._on_pair, "New passphrase")
        self.pair.names = (me.name, *me.display_name.split())
        self.column.addWidget(text("Your recovery code stays the same.", "small"))
        self.old.textChanged.connect(self.refresh)
        self.finish(self.old, self.pair.first, self.pair.second)
        self.old.setFocus()

    @property
    def complete(self) -> bool:
        """Both must be there, and differ."""
        pair = getattr(self, "pair", None)
        return pair is not None and bool(self.old.text()) and pair.good and self.old.text() != pair.first.text()

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        old, new = self.old.text(), self.pair.first.text()
        return lambda: self._users.change_passphrase(old, new)

    def on_refused(self) -> None:
        """See `ActSheet`."""
        self.old.selectAll()
        self.old.setFocus()

    def _on_pair(self) -> None:
        if hasattr(self, "pair"):
            same = bool(self.pair.first.text()) and self.pair.first.text() == self.old.text()
            if same:
                self.pair.hint.setText("This is the present passphrase.")
            self.refresh()


class TypedCodeSheet(ActSheet):
    """A sheet on which a recovery code is typed from paper."""

    def ask(self, label: str, placeholder: str) -> None:
        """Add the field and what stands below it."""
        self.typed = line(placeholder)
        self.field(label, self.typed, "Spaces, dashes and case do not matter.")
        self.typed.textChanged.connect(self.refresh)
        self.finish(self.typed)
        self.typed.setFocus()

    @property
    def complete(self) -> bool:
        """Something must be typed; the vault compares."""
        return bool(self.typed.text().strip())

    def on_refused(self) -> None:
        """See `ActSheet`."""
        self.typed.selectAll()
        self.typed.setFocus()


class NewCodeSheet(TypedCodeSheet):
    """Shows a new recovery code once; it counts when it was typed back."""

    def __init__(
        self, unlocking: Unlocking, code: str, tasks: Tasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Your new recovery code", "Use the new code", "Checking…", tasks, theme, parent, width=560)
        self._unlocking = unlocking
        self.column.addWidget(
            text(
                "Write it on paper and keep it away from this computer. It is shown only now. "
                "The old code works until you have typed this one back."
            )
        )
        self.column.addSpacing(SPACE)
        self.code = text(code, "code")
        self.code.setWordWrap(False)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setAccessibleName(f"Recovery code {code}")
        self.column.addWidget(self.code)
        self.ask("Type it from your paper", "Recovery code, typed from your paper")

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        typed = self.typed.text().strip()
        return lambda: self._unlocking.confirm_recovery_code(typed)


class CheckCodeSheet(TypedCodeSheet):
    """Finds out whether the code on the paper is the one in force; it is not used up."""

    def __init__(self, unlocking: Unlocking, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Check your recovery code", "Check", "Checking…", tasks, theme, parent)
        self._unlocking = unlocking
        self.column.addWidget(text("The code stays valid and is not used up."))
        self.ask("Recovery code", "Recovery code from your paper")

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        typed = self.typed.text().strip()
        return lambda: self._unlocking.check_recovery_code(typed)


class SecondFactorSheet(ActSheet):
    """The QR code for the authenticator app; one code of the app switches the second factor on."""

    def __init__(
        self, unlocking: Unlocking, offer: SecondFactorOffer, tasks: Tasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Set up the second factor", "Turn on", "Checking…", tasks, theme, parent, width=560)
        self._unlocking = unlocking
        self.qr = QrCode(offer.modules)
        self.key = text(offer.key_text, "key")
        self.key.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.key.setAccessibleName(f"Key to type into the app: {offer.key_text}")
        words = QVBoxLayout()
        words.setSpacing(2 * SPACE)
        words.addWidget(text("1. Scan this with an authenticator app on your phone.", "heading"))
        words.addWidget(text("No camera? Type this key into the app:", "muted"))
        words.addWidget(self.key)
        words.addStretch()
        row = QHBoxLayout()
        row.setSpacing(5 * SPACE)
        row.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.column.addLayout(row)
        self.code = line("Code that the app shows", placeholder="6 digits")
        self.field("2. Type the code that the app shows", self.code, "It changes every 30 seconds.")
        self.code.textChanged.connect(self.refresh)
        self.finish(self.code)
        self.code.setFocus()

    @property
    def complete(self) -> bool:
        """Six digits."""
        return is_code(self.code.text())

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        code = bare_code(self.code.text())
        return lambda: self._unlocking.confirm_second_factor(code)

    def on_refused(self) -> None:
        """See `ActSheet`."""
        self.code.selectAll()
        self.code.setFocus()
