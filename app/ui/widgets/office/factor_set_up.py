"""Setting up the second factor: the passphrase, then the code for the app, then one code of it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.unlocking import SecondFactorOffer, Unlocking
from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.widgets.entry import lay_out
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet
from app.ui.widgets.office.account_sheets import SecondFactorSheet
from app.ui.widgets.parts import Card, button, text


def ask_to_set_up(unlocking: Unlocking, tasks: Tasks, theme: Theme, done: Callable[[], None], parent: QWidget) -> None:
    """Go through the steps; `done` is called when the second factor is on."""

    def show(offer: SecondFactorOffer) -> None:
        setting = SecondFactorSheet(unlocking, offer, tasks, theme, parent)
        setting.settled.connect(lambda _none: done())
        setting.open()

    asking = PassphraseSheet(
        "Turn on the second factor",
        ("You need an authenticator app on your phone. If you lose the phone, your recovery code lets you in.",),
        "Go on",
        "Going on…",
        unlocking.begin_second_factor,
        tasks,
        theme,
        parent,
    )
    asking.settled.connect(show)
    asking.open()


class FactorDuePage(QWidget):
    """Shown instead of the visits while the organisation asks for a second factor and there is none. `set_up()`."""

    set_up = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        card = Card(
            "One more thing",
            "Your organisation asks for a second factor. Set it up now; until then nothing else can be opened.",
        )
        card.column.addWidget(text("You need your phone with an authenticator app, and your passphrase."))
        card.column.addSpacing(3 * SPACE)
        self.begin = button("Set up the second factor", lambda: None, "primary")
        self.leave = button("Sign out", self.left.emit, "link")
        card.column.addWidget(self.begin)
        card.column.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignHCenter)
        lay_out(self, card)
        self.setFocusProxy(self.begin)
        self._ask: Callable[[], None] = lambda: None
        self.begin.clicked.connect(lambda _checked: self._ask())

    def ask_with(self, unlocking: Unlocking, tasks: Tasks) -> None:
        """Whose second factor is set up."""
        self._ask = lambda: ask_to_set_up(unlocking, tasks, self._theme, self.set_up.emit, self)
