"""The field for the six digits of the authenticator app."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import SPACE
from app.ui.widgets.forms.passphrase_sheet import is_code
from app.ui.widgets.parts import line, text

NAME = "Code from your authenticator app"


class FactorField(QWidget):
    """Label, field and hint; hidden until it is needed."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self.code = line(NAME, placeholder="6 digits")
        caption = text(NAME, "heading")
        caption.setBuddy(self.code)
        column.addWidget(caption)
        column.addWidget(self.code)
        column.addWidget(text("It changes every 30 seconds. Lost the phone? Use your recovery code.", "small"))
        column.addSpacing(2 * SPACE)
        self.setFocusProxy(self.code)
        self.hide()

    @property
    def complete(self) -> bool:
        """Whether six digits were typed."""
        return is_code(self.code.text())
