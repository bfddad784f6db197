"""The field in which a statement is typed: grows with the text, Enter saves, Escape leaves."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.ui.theme import SPACE

LEAST_HEIGHT = 40


class StatementEditor(QPlainTextEdit):
    """`height_wanted` tells that the text needs another height than the field has."""

    height_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Statement text. Enter saves, Escape leaves it as it was.")
        self.setPlaceholderText("Type the statement. Enter saves, Escape cancels.")
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self.height_wanted.emit())

    def wanted_height(self) -> int:
        """Height in pixels that shows all lines (QPlainTextEdit counts its document's height in lines)."""
        lines = max(1, round(self.document().documentLayout().documentSize().height()))
        return max(LEAST_HEIGHT, lines * self.fontMetrics().lineSpacing() + 5 * SPACE)

    def place(self, row: QRect, viewport: QRect) -> None:
        """Cover the row's text; grow downwards, or upwards at the end of the view."""
        height = min(max(row.height(), self.wanted_height()), viewport.height())
        top = min(row.top(), max(0, viewport.bottom() - height))
        self.setGeometry(row.left(), top, row.width(), height)
