"""A framed part of a page under its heading."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme import SPACE
from app.ui.widgets.parts import text


class Pane(QFrame):
    """A heading with what stands at its right end; whatever the pane holds is added to `column`, below it."""

    def __init__(self, title: str, *right: QWidget, role: str = "title", parent: QWidget | None = None) -> None:
        """`role` is that of the heading in the style sheet."""
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.caption = text(title, role)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, 2 * SPACE)
        self.column.setSpacing(SPACE)
        top = QWidget()
        top.setFixedHeight(10 * SPACE)
        head = QHBoxLayout(top)
        head.setContentsMargins(3 * SPACE, 0, 2 * SPACE, 0)
        head.addWidget(self.caption)
        head.addStretch()
        for widget in right:
            head.addWidget(widget)
        for label in (self.caption, *(widget for widget in right if isinstance(widget, QLabel))):
            label.setWordWrap(False)
        self.column.addWidget(top)
