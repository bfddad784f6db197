"""A sheet that asks for the passphrase again, and for a code of the authenticator app where one is needed."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.parts import line, text

DIGITS = 6


class PassphraseSheet(ActSheet):
    """`act(passphrase)`, or `act(passphrase, code)` if `with_code`."""

    def __init__(
        self,
        title: str,
        lead: tuple[str, ...],
        do: str,
        doing: str,
        act: Callable[..., object],
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        with_code: bool = False,
        lane: Lane = Lane.VAULT,
    ) -> None:
        super().__init__(title, do, doing, tasks, theme, parent, lane=lane)
        self._act = act
        for said in lead:
            self.column.addWidget(text(said))
        self.passphrase = line("Your passphrase", secret=True)
        self.field("Your passphrase", self.passphrase)
        self.code = line("Code from your authenticator app", placeholder="6 digits")
        self._with_code = with_code
        if with_code:
            self.field("Code from your authenticator app", self.code)
        self.passphrase.textChanged.connect(self.refresh)
        self.code.textChanged.connect(self.refresh)
        self.finish(self.passphrase, self.code)
        self.passphrase.setFocus()

    @property
    def complete(self) -> bool:
        """Passphrase, and six digits where they are asked for."""
        return bool(self.passphrase.text()) and (not self._with_code or is_code(self.code.text()))

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        given = (self.passphrase.text(), *((bare_code(self.code.text()),) if self._with_code else ()))
        return lambda: self._act(*given)

    def on_refused(self) -> None:
        """See `ActSheet`."""
        self.passphrase.selectAll()
        self.passphrase.setFocus()


def bare_code(typed: str) -> str:
    """The digits without spaces."""
    return "".join(typed.split())


def is_code(typed: str) -> bool:
    """Whether six digits were typed."""
    bare = bare_code(typed)
    return len(bare) == DIGITS and bare.isascii() and bare.isdigit()
