"""Before a signature: red flags, allergies and medicines that were said and are not in the note."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.unnoted import Unnoted
from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.unnoted import Comparison, UnnotedList
from app.ui.widgets.announcing import announce
from app.ui.widgets.parts import Check, MessageBar, button


class UnnotedWarning(QWidget):
    """Says what is left out, or that this is still looked for, and asks for an acknowledgement.

    `changed` tells that `settled` may be different; `look_wanted` that the person wants to see the list.
    """

    changed = Signal()
    look_wanted = Signal()

    def __init__(self, found: UnnotedList, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found = found
        self._shown: tuple[Comparison, tuple[Unnoted, ...]] | None = None
        self.bar = MessageBar(theme)
        self.acknowledged = Check()
        self.way_back = button("&Look at them", self.look_wanted.emit, hint="Back to the list  (Esc)")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.addWidget(self.acknowledged, 1)
        row.addWidget(self.way_back)
        column.addLayout(row)
        self.acknowledged.toggled.connect(self._on_toggled)
        found.changed.connect(self._show)
        self._show()

    @property
    def settled(self) -> bool:
        """Whether nothing is looked for any more and what was found is acknowledged."""
        if self._found.state is Comparison.RUNNING:
            return False
        return not self.asks or self.acknowledged.isChecked()

    @property
    def asks(self) -> bool:
        """Whether an acknowledgement is needed."""
        return bool(self._found.pressing) or self._found.state is Comparison.FAILED

    @property
    def left_out(self) -> int:
        """How many entries were acknowledged."""
        return len(self._found.pressing) if self.acknowledged.isChecked() else 0

    def _show(self) -> None:
        state, pressing = self._found.state, self._found.pressing
        if (state, pressing) == self._shown:
            return
        late = self._shown is not None
        self._shown = state, pressing
        self.acknowledged.setChecked(False)  # it was given for something else
        self.acknowledged.setVisible(self.asks)
        self.way_back.setVisible(bool(pressing))
        if state is Comparison.RUNNING:
            self.bar.say("info", "Comparing the note with what was said…", "You can sign in a moment.")
        elif state is Comparison.FAILED:
            self.bar.say(
                "warning",
                "The note could not be compared with what was said.",
                "Something important may be missing from it.",
                ("Compare &again", self._again),
            )
            self._ask("I sign without this comparison")
        elif pressing:
            message, entries = wording.left_out(pressing)
            self.bar.say("warning", message, entries)
            self._ask(wording.leaving_out(len(pressing)))
        else:
            self.bar.clear()
        self.setVisible(state is Comparison.RUNNING or self.asks)
        if late and self.bar.message:
            announce(self, self.bar.message)
        self.changed.emit()

    def _on_toggled(self, _on: bool) -> None:
        self.changed.emit()

    def _ask(self, words: str) -> None:
        self.acknowledged.setText(words)
        self.acknowledged.setAccessibleName(words)

    def _again(self) -> None:
        self._found.again()
        self._show()
