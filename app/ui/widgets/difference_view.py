"""A proposal beside what stood there: what goes is struck out, what comes is underlined, each new line has its mark."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.domain.note import Support
from app.domain.revision import DifferenceKind, PieceKind
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.difference import DifferenceRole, DifferenceRows, ShownRow
from app.ui.widgets.rows import ANY_WIDTH, EDGE, Index, MarkedDelegate, RowList, line_height, wrapped_height

_PAD = 2 * SPACE
_SIGN_WIDTH = 5 * SPACE
_SIGNS = {
    DifferenceKind.CHANGED: "±",
    DifferenceKind.REPLACED: "−",
    DifferenceKind.REMOVED: "−",
    DifferenceKind.ADDED: "+",
}


class _Delegate(MarkedDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        row: ShownRow = index.data(DifferenceRole.ROW)
        if row.kept:
            return QSize(ANY_WIDTH, round(line_height(self.theme.font(0.9)) + 2 * _PAD))
        height = self._document(row).size().height() + 2 * _PAD
        if row.reasons:
            height += self._reasons_height(row) + SPACE
        return QSize(ANY_WIDTH, round(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ShownRow = index.data(DifferenceRole.ROW)
        t = self.theme.tokens
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        x, y = box.left() + EDGE - 2, box.top() + _PAD - 1
        if row.kept:
            at = QRectF(x + _SIGN_WIDTH, y, box.width(), box.height())
            self.write_line(painter, at, row.text, self.theme.font(0.9), t.muted)
            return
        self.write_line(painter, QRectF(x, y, 30, 40), _SIGNS[row.kind], self.theme.font(bold=True), t.muted)
        document = self._document(row)
        painter.save()
        painter.translate(QPointF(x + _SIGN_WIDTH, y))
        document.drawContents(painter)
        painter.restore()
        self._paint_mark(painter, y, row)
        if row.reasons and row.statement is not None:
            self._paint_reasons(painter, QPointF(x + _SIGN_WIDTH, y + document.size().height() + SPACE), row)
        self.outline_current(painter, option, index)

    def _paint_mark(self, painter: QPainter, y: float, row: ShownRow) -> None:
        t, statement = self.theme.tokens, row.statement
        if statement is None:
            at = QRectF(self.mark_x, y, self.mark_width, 40)
            self.write_line(painter, at, wording.DIFFERENCES[row.kind], self.theme.font(0.9), t.muted)
            return
        ink = t.mark(statement.support).ink
        marks.paint(painter, marks.shape_of(statement), QRectF(self.mark_x, y + 1, 15, 15), ink, t.surface)
        font = self.theme.font(0.9, bold=statement.support is not Support.SUPPORTED)
        at = QRectF(self.mark_x + 21, y, self.mark_width - 21, 100)
        self.write_line(painter, at, wording.MARKS[statement.support], font, ink)

    def _paint_reasons(self, painter: QPainter, at: QPointF, row: ShownRow) -> None:
        t = self.theme.tokens
        support = row.statement.support if row.statement is not None else Support.SUPPORTED
        tint = t.mark(Support.PARTIAL if support is Support.SUPPORTED else support)
        area = QRectF(at.x(), at.y(), self._text_width, self._reasons_height(row))
        self.fill(painter, area, tint.paper, 4)
        inner = area.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE)
        self.write(painter, inner, "\n".join(row.reasons), self.theme.font(0.92), tint.ink)

    def _reasons_height(self, row: ShownRow) -> float:
        inner = self._text_width - 4 * SPACE
        return wrapped_height("\n".join(row.reasons), self.theme.font(0.92), inner) + 2 * SPACE

    def _document(self, row: ShownRow) -> QTextDocument:
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(self.theme.font())
        document.setTextWidth(self._text_width)
        cursor = QTextCursor(document)
        for number, piece in enumerate(row.pieces):
            if number:
                cursor.insertText(" ", self._format(PieceKind.SAME))
            cursor.insertText(piece.text, self._format(piece.kind))
        return document

    def _format(self, kind: PieceKind) -> QTextCharFormat:
        t = self.theme.tokens
        made = QTextCharFormat()
        ink = {PieceKind.SAME: t.text, PieceKind.OUT: t.contradicted.ink, PieceKind.IN: t.supported.ink}[kind]
        made.setForeground(QColor(ink))
        made.setFontStrikeOut(kind is PieceKind.OUT)
        made.setFontUnderline(kind is PieceKind.IN)
        if kind is PieceKind.IN:
            made.setFontWeight(QFont.Weight.DemiBold)
        return made

    @property
    def _text_width(self) -> float:
        return self.mark_x - EDGE - _SIGN_WIDTH - 2 * SPACE


class DifferenceView(RowList):
    """`accepted()`: Enter takes the proposal; a key that is still held down from before does not."""

    accepted = Signal()

    def __init__(self, rows: DifferenceRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Difference. Enter takes it, Escape discards it.", rows, parent)
        self.rows = rows
        self.setItemDelegate(_Delegate(theme, self))

    def wanted_height(self) -> int:
        """Height in pixels that shows all rows."""
        return sum(self.sizeHintForRow(n) for n in range(self.rows.rowCount())) + 2 * SPACE

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.accepted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
