"""The note: sections of statements, each with its mark and the reasons for doubt in place."""

from PySide6.QtCore import QEvent, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QStyleOptionViewItem, QWidget

from app.domain.note import Section, Statement, Support
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme, Tint
from app.ui.viewmodels.note import NoteRole, NoteRows, Row, RowKind
from app.ui.widgets.rows import ANY_WIDTH, EDGE, Index, MarkedDelegate, RowList, line_height, wrapped_height
from app.ui.widgets.statement_editor import StatementEditor

_PAD = 2 * SPACE


def _reasons(row: Row) -> str:
    return "" if row.statement is None else "\n".join(wording.reasons_of(row.statement, by_hand=row.by_hand))


class _Delegate(MarkedDelegate):
    held = False
    """Whether a field stays open although it loses the keyboard."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        row: Row = index.data(NoteRole.ROW)
        if row.kind is RowKind.SECTION:
            first = index.row() == 0
            return QSize(ANY_WIDTH, round(line_height(self._title_font) + (3 if first else 6) * SPACE))
        height = wrapped_height(row.text or " ", self.theme.font(), self._text_width) + 2 * _PAD
        if row.pending is None and _reasons(row):
            height += self._reasons_height(row) + SPACE
        if row.statement is not None and row.statement.author is not None:
            height += line_height(self.theme.font(0.9)) + 2
        return QSize(ANY_WIDTH, round(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(NoteRole.ROW)
        box = QRectF(option.rect)
        if row.kind is RowKind.SECTION:
            self._paint_section(painter, box, row)
        elif row.kind is RowKind.EMPTY:
            at = QRectF(box.left() + EDGE, box.top() + _PAD, self._text_width, box.height())
            self.write(painter, at, "Nothing noted.", self.theme.font(), self.theme.tokens.muted)
            self.outline_current(painter, option, index)
        else:
            self._paint_statement(painter, option, row)
            self.outline_current(painter, option, index)

    def _paint_section(self, painter: QPainter, box: QRectF, row: Row) -> None:
        t = self.theme.tokens
        height = line_height(self._title_font)
        at = QRectF(box.left() + EDGE, box.bottom() - height - 2 * SPACE, box.width() - 2 * EDGE, height)
        self.write_line(painter, at, row.section.title, self._title_font, t.text)
        painter.fillRect(QRect(round(at.left()), round(at.bottom()) + SPACE, round(at.width()), 1), QColor(t.border))

    def _paint_statement(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        t = self.theme.tokens
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        self.fill_state(painter, box, option)
        x, y = box.left() + EDGE - 2, box.top() + _PAD - 1
        height = wrapped_height(row.text, self.theme.font(), self._text_width)
        self.write(painter, QRectF(x, y, self._text_width, height + 4), row.text, self.theme.font(), t.text)
        if row.statement is None or row.pending is not None:
            at = QRectF(self.mark_x, y, self.mark_width, 30)
            saving = "Saving…" if row.pending is not None else ""
            self.write_line(painter, at, saving, self.theme.font(0.9), t.muted)
            return
        self._paint_mark(painter, box, y, row)
        if row.statement.author is not None:
            small = self.theme.font(0.9)
            at = QRectF(x, y + height + 2, self._text_width, line_height(small))
            self.write_line(painter, at, wording.author_of(row.statement), small, t.muted)
            height += line_height(small) + 2
        if reasons := _reasons(row):
            own = wording.is_own_words(row.statement)
            tint = Tint(t.muted, t.sunken) if own else t.mark(row.statement.support)
            area = QRectF(x, y + height + SPACE, self._text_width, self._reasons_height(row))
            self.fill(painter, area, tint.paper, 4)
            inner = area.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE)
            self.write(painter, inner, reasons, self.theme.font(0.92), tint.ink)

    def _paint_mark(self, painter: QPainter, box: QRectF, y: float, row: Row) -> None:
        t, statement = self.theme.tokens, row.statement
        if statement is None:
            return
        shape = marks.shape_of(statement)
        ink = t.muted if shape is marks.Shape.TYPED else t.mark(statement.support).ink
        if wording.is_doubtful(statement):
            self.fill(painter, QRectF(box.left(), box.top() + 3, 4, box.height() - 6), ink, 2)
        marks.paint(painter, shape, QRectF(self.mark_x, y + 1, 15, 15), ink, t.surface)
        plain = statement.support is Support.SUPPORTED or shape is marks.Shape.TYPED
        font = self.theme.font(0.9, bold=not plain)
        at = QRectF(self.mark_x + 21, y, self.mark_width - 21, 100)
        self.write_line(painter, at, wording.mark_of(statement, by_hand=row.by_hand), font, ink)

    def _reasons_height(self, row: Row) -> float:
        inner = self._text_width - 4 * SPACE
        return wrapped_height(_reasons(row), self.theme.font(0.92), inner) + 2 * SPACE

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        editor = StatementEditor(parent)
        row = QPersistentModelIndex(index)
        editor.height_wanted.connect(lambda: self._place(editor, row))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        if isinstance(editor, StatementEditor) and not editor.toPlainText():
            editor.setPlainText(index.data(Qt.ItemDataRole.EditRole))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:  # noqa: N802 - Qt's name
        if isinstance(editor, StatementEditor) and isinstance(model, NoteRows):
            model.setData(index, editor.toPlainText())

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, _option: QStyleOptionViewItem, index: Index
    ) -> None:
        if isinstance(editor, StatementEditor):
            self._place(editor, QPersistentModelIndex(index))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        enter = isinstance(event, QKeyEvent) and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.type() is QEvent.Type.KeyPress and isinstance(editor, QWidget):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            return True
        if self.held and event.type() is QEvent.Type.FocusOut:
            return False  # the base class would save and close the field
        return super().eventFilter(editor, event)

    def _place(self, editor: StatementEditor, index: QPersistentModelIndex) -> None:
        rect = self.view.visualRect(index)
        row = QRect(rect.left() + SPACE, rect.top(), round(self._text_width) + 4 * SPACE, rect.height())
        editor.place(row, self.view.viewport().rect())

    @property
    def _title_font(self) -> QFont:
        return self.theme.font(1.1, bold=True)

    @property
    def _text_width(self) -> float:
        return self.mark_x - EDGE - 3 * SPACE


class NoteView(RowList):
    """`statement_chosen(id)` the keyboard or mouse moved to it; `statement_clicked(id)` the mouse pressed it.

    `editing_ended()`: the field over a statement was closed, saved or not.
    """

    statement_chosen = Signal(str)
    statement_clicked = Signal(str)
    editing_ended = Signal()

    def __init__(self, rows: NoteRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Note", rows, parent)
        self.rows = rows
        self._delegate = _Delegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.selectionModel().currentChanged.connect(self._on_current)

    @property
    def editing(self) -> bool:
        """Whether a statement is being typed."""
        return self.state() is QAbstractItemView.State.EditingState

    def current_statement(self) -> Statement | None:
        """The chosen statement."""
        row = self.rows.row(self.currentIndex())
        return row.statement if row else None

    def current_section(self) -> Section | None:
        """The section where the keyboard is."""
        row = self.rows.row(self.currentIndex())
        return row.section if row else None

    def choose(self, statement_id: str) -> None:
        """Make a statement the current one."""
        index = self.rows.index_of(statement_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def choose_doubtful(self, step: int) -> None:
        """Go to the next or previous doubtful statement."""
        index = self.rows.next_doubtful(self.currentIndex().row(), step)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def edit_current(self) -> None:
        """Type over the chosen statement."""
        if not self.editing and self.rows.flags(self.currentIndex()) & Qt.ItemFlag.ItemIsEditable:
            self.edit(self.currentIndex())

    def commit_editing(self) -> None:
        """Save what is being typed, now."""
        editor = self.findChild(StatementEditor)
        if self.editing and editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def hold_editing(self, on: bool) -> None:
        """Keep what is being typed as it is, unsaved, while the view is out of sight."""
        self._delegate.held = on

    def add_statement(self) -> None:
        """Type a new statement at the end of the section where the keyboard is."""
        if self.editing or not self.rows.editable or self.rows.rowCount() == 0:
            return
        row = self.rows.row(self.currentIndex()) or self.rows.row(self.rows.index(0))
        if row is not None:
            index = self.rows.begin_adding(row.section.key)
            self.setCurrentIndex(index)
            self.scrollTo(index)
            self.edit(index)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802 - Qt's name
        """See Qt. An empty new row goes away; the keyboard stays in the note."""
        super().closeEditor(editor, hint)
        self.rows.end_adding()
        self.setFocus()
        self.editing_ended.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().mouseReleaseEvent(event)
        row = self.rows.row(self.indexAt(event.position().toPoint()))
        if row is not None and row.statement is not None and not self.editing:
            self.statement_clicked.emit(row.statement.id)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: the line where the keyboard is stays in sight when the view becomes lower."""
        super().resizeEvent(event)
        place, before = self.visualRect(self.currentIndex()), event.oldSize().height()
        if event.size().height() < before and 0 <= place.top() < before:
            self.scrollTo(self.currentIndex())

    def _on_current(self, current: Index, _previous: Index) -> None:
        row = self.rows.row(current)
        if row is not None and row.statement is not None:
            self.statement_chosen.emit(row.statement.id)
