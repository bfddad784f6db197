"""A sheet that asks for the reason of an act, says what follows from it, and may want a word typed first."""

from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.parts import line, text

Act = Callable[[str], object]
"""Takes the reason; runs on the vault's thread."""


class ReasonSheet(ActSheet):
    """`consequences` are said one below the other; `typed`: a word that must be typed before the act can be done."""

    def __init__(
        self,
        title: str,
        consequences: tuple[str, ...],
        do: str,
        doing: str,
        act: Act,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        reason_hint: str = "Kept with the act. Name no patient here.",
        least: int = 1,
        typed: str = "",
        destroys: bool = False,
    ) -> None:
        super().__init__(title, do, doing, tasks, theme, parent, width=520, destroys=destroys)
        self._act = act
        self._least = least
        self._typed = typed
        for said in consequences:
            self.column.addWidget(text(said))
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setAccessibleName("Reason")
        self.reason.setFixedHeight(72)
        self._hint = reason_hint
        self.hint = self.field("Reason", self.reason, reason_hint)
        self.word = line(f"Type {typed}")
        if typed:
            self.field(f"Type “{typed}” to confirm", self.word)
        self.column.addSpacing(SPACE)
        self.reason.textChanged.connect(self.refresh)
        self.word.textChanged.connect(self.refresh)
        self.finish()
        self.reason.setFocus()

    @property
    def complete(self) -> bool:
        """There must be a reason, not too long, and the word if one is wanted."""
        given = self.reason.toPlainText().strip()
        agreed = not self._typed or self.word.text().strip().casefold() == self._typed.casefold()
        return self._least <= len(given) <= MOST and agreed

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        reason = self.reason.toPlainText().strip()
        return lambda: self._act(reason)

    def refresh(self, *values: object) -> None:
        """See `ActSheet`; a reason that is too short or too long is told while it is typed."""
        given = len(self.reason.toPlainText().strip())
        if given > MOST:
            self.hint.setText(f"{given - MOST} characters too long.")
        elif 0 < given < self._least:
            self.hint.setText(f"At least {self._least} characters: say what somebody will need to know later.")
        else:
            self.hint.setText(self._hint)
        super().refresh(*values)


MOST = 500
"""Characters of a reason, as the vault takes them."""
