"""One person of the care team, with what may be done about them."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.ui.theme import SPACE
from app.ui.widgets.parts import button, text


class MemberRow(QFrame):
    """Name, what they are, and up to one button."""

    def __init__(self, name: str, detail: str, do: str = "", act: Callable[[], None] | None = None) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        words = QVBoxLayout()
        words.setSpacing(1)
        self.name, self.detail = text(name, "heading"), text(detail, "small")
        words.addWidget(self.name)
        words.addWidget(self.detail)
        row.addLayout(words, 1)
        self.button = button(do, act or (lambda: None), "link")
        self.button.setAccessibleName(f"{do.rstrip('…')} {name}")
        row.addWidget(self.button)
        self.button.setVisible(act is not None)
