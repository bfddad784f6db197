"""How rows are painted: shared measures and small helpers of the delegates."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.theme import RADIUS, SPACE, Theme

Index = QModelIndex | QPersistentModelIndex
WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
ONE_LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
EDGE = 3 * SPACE
ANY_WIDTH = 40  # px; a list view widens every row to its own width


def wrapped_height(text: str, font: QFont, width: float) -> float:
    """Height in pixels of text wrapped to a width."""
    return QFontMetricsF(font).boundingRect(QRectF(0, 0, max(width, 40), 100_000), int(WRAP), text).height()


def line_height(font: QFont) -> float:
    """Height in pixels of one line."""
    return QFontMetricsF(font).height()


def settle_list(view: QListView, name: str) -> None:
    """What the lists of statements and utterances share: a name for screen readers, wrapped rows, smooth scrolling."""
    view.setAccessibleName(name)
    view.setMouseTracking(True)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)


class RowDelegate(QStyledItemDelegate):
    """A delegate that knows the theme and the width it paints into."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self.theme = theme
        self.view = view

    @property
    def width(self) -> int:
        """Width in pixels of a row."""
        return self.view.viewport().width()

    def write(self, painter: QPainter, box: QRectF, content: str, font: QFont, ink: str) -> None:
        """Draw wrapped text."""
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(box, int(WRAP), content)

    def write_line(self, painter: QPainter, box: QRectF, content: str, font: QFont, ink: str) -> None:
        """Draw one line, shortened with an ellipsis if it is too long."""
        painter.setFont(font)
        painter.setPen(QColor(ink))
        short = QFontMetricsF(font).elidedText(content, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(ONE_LINE), short)

    def fill(self, painter: QPainter, box: QRectF, paper: str, radius: float = RADIUS) -> None:
        """Fill a rounded box."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paper))
        painter.drawRoundedRect(box, radius, radius)
        painter.restore()

    def outline_current(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Show where the keyboard is."""
        if index == self.view.currentIndex() and self.view.hasFocus():
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.tokens.accent), 1.5))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2, 2, -2, -2), RADIUS, RADIUS)
            painter.restore()
