"""The table of the audit trail: one row an entry; Tab leaves it, arrows move in it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.ui import marks
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.office.audit import AuditTable
from app.ui.widgets.rows import Index, line_height

_WHAT = 3


class _Delegate(QStyledItemDelegate):
    """What went wrong is marked by shape, colour and word."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().initStyleOption(option, index)
        t = self._theme.tokens
        trouble = bool(index.data(Qt.ItemDataRole.UserRole))
        ink = t.contradicted.ink if trouble and index.column() == _WHAT else t.text
        if index.column() == 0:
            ink = t.muted
        for role in (option.palette.ColorRole.Text, option.palette.ColorRole.HighlightedText):
            option.palette.setColor(role, QColor(ink))
        option.palette.setColor(option.palette.ColorRole.Highlight, QColor(t.selection))
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See Qt."""
        if index.column() != _WHAT or not index.data(Qt.ItemDataRole.UserRole):
            super().paint(painter, option, index)
            return
        moved = QStyleOptionViewItem(option)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(self._theme.tokens.selection))
        moved.rect = option.rect.adjusted(18, 0, 0, 0)
        super().paint(painter, moved, index)
        t = self._theme.tokens
        size = 13
        box = option.rect
        place = box.adjusted(2, (box.height() - size) // 2, 0, 0)
        place.setSize(place.size().scaled(size, size, Qt.AspectRatioMode.IgnoreAspectRatio))
        marks.paint(painter, marks.Shape.CONTRADICTED, place.toRectF(), t.contradicted.ink, t.surface)


class AuditView(QTableView):
    """Whole rows are chosen."""

    def __init__(self, rows: AuditTable, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Audit trail, newest first")
        self.setModel(rows)
        self.setItemDelegate(_Delegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(line_height(theme.font()) + 2.5 * SPACE))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((70, 180, 130, 220, 150)):
            self.setColumnWidth(column, width)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: the chosen row shows where the keyboard is."""
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.selectRow(0)
        super().focusInEvent(event)
