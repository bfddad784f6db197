"""Lists of painted rows: what the lists share, and the measures and small helpers of their delegates."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.note import Support
from app.ui import wording
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


def stamp_width(theme: Theme) -> float:
    """Width in pixels of the column of times at the left."""
    return 4.2 * line_height(theme.font(0.9)) / 1.6 + 2 * SPACE


class RowList(QListView):
    """A list of wrapped rows: scrolls smoothly, has a name for screen readers; letters are commands, no search."""

    def __init__(self, name: str, rows: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setModel(rows)

    def keyboardSearch(self, _text: str) -> None:  # noqa: N802 - Qt's name
        """Typing does not jump."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: heights follow the width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


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

    def fill_state(self, painter: QPainter, box: QRectF, option: QStyleOptionViewItem) -> None:
        """Fill the box of a row that is selected or under the mouse."""
        if option.state & QStyle.StateFlag.State_Selected:
            self.fill(painter, box, self.theme.tokens.selection)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            self.fill(painter, box, self.theme.tokens.sunken)

    def outline_current(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Show where the keyboard is."""
        if index == self.view.currentIndex() and self.view.hasFocus():
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.tokens.accent), 1.5))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2, 2, -2, -2), RADIUS, RADIUS)
            painter.restore()


class StampedDelegate(RowDelegate):
    """A delegate of rows that begin with a time."""

    @property
    def stamp_width(self) -> float:
        """Width in pixels of the column of times."""
        return stamp_width(self.theme)

    @property
    def text_width(self) -> float:
        """Width in pixels that is left for the words."""
        return self.width - 2 * EDGE - self.stamp_width - SPACE


class MarkedDelegate(RowDelegate):
    """A delegate of rows that end with a mark: its shape, then its name."""

    @property
    def mark_width(self) -> float:
        """Width in pixels of the column of marks."""
        widest = QFontMetricsF(self.theme.font(0.9, bold=True)).horizontalAdvance(wording.MARKS[Support.PARTIAL])
        return widest + 21 + 2 * SPACE

    @property
    def mark_x(self) -> float:
        """Where that column begins, in pixels."""
        return self.width - self.mark_width - SPACE
