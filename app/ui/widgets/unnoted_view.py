"""What was said and is not in the note: a list kind by kind, and the panel around it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.unnoted import Unnoted, UnnotedKind
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.unnoted import UnnotedRole, UnnotedRows
from app.ui.widgets.actions import Actions
from app.ui.widgets.pane import Pane
from app.ui.widgets.parts import MarkIcon, button, for_action, text
from app.ui.widgets.rows import ANY_WIDTH, EDGE, Index, RowList, StampedDelegate, line_height, wrapped_height

URGENT = frozenset({UnnotedKind.RED_FLAG, UnnotedKind.ALLERGY})
"""Kinds whose heading is coloured as a warning and has a shape of its own."""


class _Delegate(StampedDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        if index.data(UnnotedRole.REST):
            words, width = index.data(Qt.ItemDataRole.DisplayRole), self.width - 2 * EDGE
            return QSize(ANY_WIDTH, round(wrapped_height(words, self.theme.font(), width) + 5 * SPACE))
        if index.data(UnnotedRole.ENTRY) is None:
            first = index.row() == 0
            return QSize(ANY_WIDTH, round(line_height(self._head_font) + (2 if first else 4) * SPACE))
        words = index.data(Qt.ItemDataRole.DisplayRole)
        return QSize(ANY_WIDTH, round(wrapped_height(words, self.theme.font(), self.text_width) + 3 * SPACE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.data(UnnotedRole.REST):
            self._paint_rest(painter, option, index)
            return
        if index.data(UnnotedRole.ENTRY) is None:
            self._paint_kind(painter, QRectF(option.rect), index)
            return
        t = self.theme.tokens
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        self.fill_state(painter, box, option)
        start, x, y = index.data(UnnotedRole.START), box.left() + EDGE, box.top() + SPACE + 1
        if start is not None:
            at = QRectF(x, y + 1, self.stamp_width, 30)
            self.write_line(painter, at, wording.clock(start), self.theme.font(0.9), t.muted)
        area = QRectF(x + self.stamp_width, y, self.text_width, 100_000)
        self.write(painter, area, index.data(Qt.ItemDataRole.DisplayRole), self.theme.font(), t.text)
        self.outline_current(painter, option, index)

    def _paint_rest(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRectF(option.rect).adjusted(2, 1 + SPACE, -2, -1)
        self.fill_state(painter, box, option)
        area = box.adjusted(EDGE - 2, 1.5 * SPACE, 2 - EDGE, 0)
        words = index.data(Qt.ItemDataRole.DisplayRole)
        self.write(painter, area, words, self.theme.font(), self.theme.tokens.accent)
        self.outline_current(painter, option, index)

    def _paint_kind(self, painter: QPainter, box: QRectF, index: Index) -> None:
        t, kind = self.theme.tokens, UnnotedKind(index.data(UnnotedRole.KIND))  # Qt hands back a plain str
        height = line_height(self._head_font)
        x, y = box.left() + EDGE, box.bottom() - height - SPACE
        ink = t.muted
        if kind in URGENT:
            ink = t.contradicted.ink if kind is UnnotedKind.RED_FLAG else t.partial.ink
            shape = marks.Shape.BOOKMARK if kind is UnnotedKind.RED_FLAG else marks.Shape.PARTIAL
            marks.paint(painter, shape, QRectF(x, y + 1, 13, 13), ink, t.surface)
            x += 19
        words = index.data(Qt.ItemDataRole.DisplayRole)
        self.write_line(painter, QRectF(x, y, box.right() - x - EDGE, height), words, self._head_font, ink)

    @property
    def _head_font(self) -> QFont:
        return self.theme.font(0.9, bold=True)


class UnnotedView(RowList):
    """`entry_chosen(entry)` the keyboard or mouse moved to it; `entry_wanted(entry)` Enter or a click asks to hear it.

    `dropped()`: the Delete key says that the current entry is not needed. `rest_wanted()`: Enter, the space bar or a
    click on the last line of a long list asks for the rest of it.
    """

    entry_chosen = Signal(object)
    entry_wanted = Signal(object)
    dropped = Signal()
    rest_wanted = Signal()

    def __init__(self, rows: UnnotedRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Said, not in the note", rows, parent)
        self.rows = rows
        self.setItemDelegate(_Delegate(theme, self))
        self.selectionModel().currentChanged.connect(self._on_current)

    def current_entry(self) -> Unnoted | None:
        """The chosen entry."""
        return self.rows.entry(self.currentIndex())

    def choose_row(self, row: int) -> None:
        """Make the entry at or after a row the current one."""
        index = self.rows.nearest(row)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt; the keyboard stands on the first entry, a click where it was made."""
        if not self.currentIndex().isValid() and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.choose_row(0)
        super().focusInEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt. Enter asks to hear the entry, or for the rest of the list; Delete says that it is not needed."""
        entry, enter = self.current_entry(), event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if (enter or event.key() == Qt.Key.Key_Space) and self.rows.folded(self.currentIndex()):
            self.rest_wanted.emit()
        elif entry is not None and enter:
            self.entry_wanted.emit(entry)
        elif entry is not None and event.key() == Qt.Key.Key_Delete:
            self.dropped.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        entry = self.rows.entry(index)
        if self.rows.folded(index):
            self.rest_wanted.emit()
        elif entry is not None and index == self.currentIndex():
            self.entry_wanted.emit(entry)

    def _on_current(self, current: Index, _previous: Index) -> None:
        entry = self.rows.entry(current)
        if entry is not None:
            self.entry_chosen.emit(entry)


class UnnotedPanel(Pane):
    """The list with its heading, its two commands and what stands there when nothing is missing.

    `show_hidden_wanted()`; `filled(on)` tells that the panel has entries now, or none and needs one line only.
    """

    show_hidden_wanted = Signal()
    filled = Signal(bool)

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        side = text("", "small")
        super().__init__("Said, not in the note", side, parent=parent)
        self.side = side
        self._theme = theme
        self.rows = UnnotedRows(self)
        self.view = UnnotedView(self.rows, theme)
        for action in (actions.play, actions.note_it, actions.not_needed):
            self.view.addAction(action)
        self.show_hidden = button("", self.show_hidden_wanted.emit, "link")
        self.nothing = QWidget()
        self.column.addWidget(self._empty())
        self.column.addWidget(self.view, 1)
        self.bar = self._bar(actions)
        self.column.addWidget(self.bar)
        self.hide()

    def _empty(self) -> QWidget:
        row = QHBoxLayout(self.nothing)
        row.setContentsMargins(3 * SPACE, 0, 2 * SPACE, 2 * SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(MarkIcon(self._theme, marks.Shape.SUPPORTED, lambda: self._theme.tokens.supported.ink))
        self.empty = text("Everything clinical that was said is in the note.")
        self.empty.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        row.addWidget(self.empty, 1)
        return self.nothing

    def _bar(self, actions: Actions) -> QWidget:
        bar = QWidget()
        rows = QVBoxLayout(bar)
        rows.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, 0)
        rows.setSpacing(SPACE)
        self.add_button = for_action(actions.note_it)
        self.drop_button = for_action(actions.not_needed)
        self._buttons = QWidget()
        inner = QHBoxLayout(self._buttons)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2 * SPACE)
        for widget in (self.add_button, self.drop_button):
            inner.addWidget(widget)
        inner.addStretch()
        rows.addWidget(self._buttons)
        rows.addWidget(self.show_hidden, 0, Qt.AlignmentFlag.AlignLeft)
        return bar

    def show_entries(
        self, entries: tuple[Unnoted, ...] | None, hidden: int, starts: dict[str, float], first: int | None = None
    ) -> None:
        """Show these, or the first few of them; None takes the panel away. The place and the keyboard stay."""
        at, before = self.view.currentIndex().row(), self.view.current_entry()
        unfolds = self.rows.folded(self.view.currentIndex()) > 0
        self.rows.show(entries or (), starts, first)
        self.setVisible(entries is not None)
        if entries is None:
            return
        count = len(entries)
        self.side.setText(wording.plural(count, "entry", "entries") if count else "")
        self.empty.setText(wording.nothing_unnoted(hidden))
        self.nothing.setVisible(not count)
        self.view.setVisible(count > 0)
        self.show_hidden.setText(f"Show {hidden} hidden")
        self.show_hidden.setAccessibleName(f"Show {hidden} hidden")
        self.show_hidden.setVisible(hidden > 0)
        self.bar.setVisible(count > 0 or hidden > 0)
        self._buttons.setVisible(count > 0)
        self.filled.emit(count > 0)
        if at >= 0 and count and (unfolds or self.view.current_entry() != before):
            self.view.choose_row(at)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: where it is narrow, the heading is worth more than the count."""
        super().resizeEvent(event)
        self.side.setVisible(self.caption.sizeHint().width() + self.side.sizeHint().width() < self.width() - 9 * SPACE)
