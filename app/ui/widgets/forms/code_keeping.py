"""A recovery code, shown once; going on needs it typed back from paper."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import SPACE, Theme
from app.ui.widgets.parts import MessageBar, line, text


class CodeKeeping(QWidget):
    """`kept()` once what was typed is the code; then it is shown no more."""

    kept = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self.code = text("", "code")
        self.code.setWordWrap(False)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.code)
        column.addSpacing(3 * SPACE)
        self.typed = line("Recovery code, typed from your paper")
        caption = text("Type it from your paper", "heading")
        caption.setBuddy(self.typed)
        column.addWidget(caption)
        column.addWidget(self.typed)
        column.addWidget(text("Spaces, dashes and case do not matter.", "small"))
        column.addSpacing(2 * SPACE)
        self.message = MessageBar(theme)
        column.addWidget(self.message)
        self.typed.returnPressed.connect(self.submit)
        self.setFocusProxy(self.typed)
        self._code = ""

    def show_code(self, code: str) -> None:
        """Show a new code."""
        self._code = code
        self.code.setText(code)
        self.code.setAccessibleName(f"Recovery code {code}")
        self.typed.clear()
        self.message.clear()

    def submit(self) -> None:
        """Go on if what was typed is the code."""
        if _bare(self.typed.text()) != _bare(self._code):
            self.message.say("error", "This is not the code shown above.", "Compare it group by group.")
            self.typed.setFocus()
            return
        self._code = ""
        self.code.clear()
        self.code.setAccessibleName("")
        self.typed.clear()
        self.kept.emit()


def _bare(code: str) -> str:
    return re.sub(r"[\s\-]", "", code).casefold()
