"""A list of two-line rows, alone or below a search field that the arrows of the list answer to."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QStyleOptionViewItem, QVBoxLayout, QWidget

from app.ui import marks
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.lines import Line, LineRole, LineRows
from app.ui.widgets.parts import line, text
from app.ui.widgets.rows import ANY_WIDTH, EDGE, Index, RowDelegate, RowList, line_height

_SHAPES = {"good": marks.Shape.SUPPORTED, "warning": marks.Shape.PARTIAL, "error": marks.Shape.CONTRADICTED}
_ARROWS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class _Delegate(RowDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 - Qt's name
        height = line_height(self.theme.font()) + line_height(self.theme.font(0.9)) + 4 * SPACE
        return QSize(ANY_WIDTH, round(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = self.theme.tokens
        shown: Line = index.data(LineRole.LINE)
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        self.fill_state(painter, box, option)
        title, small = self.theme.font(bold=True), self.theme.font(0.9)
        x, width = box.left() + EDGE, box.width() - 2 * EDGE
        y = box.top() + 2 * SPACE - 2
        right = self._paint_tag(painter, QRectF(x, y, width, 40), shown) if shown.tag else 0.0
        self.write_line(painter, QRectF(x, y, width - right, 40), shown.title, title, t.text)
        y += line_height(title) + 1
        self.write_line(painter, QRectF(x, y, width, 40), shown.detail, small, t.muted)
        self.outline_current(painter, option, index)

    def _paint_tag(self, painter: QPainter, area: QRectF, shown: Line) -> float:
        t = self.theme.tokens
        inks = {"good": t.supported.ink, "warning": t.partial.ink, "error": t.contradicted.ink}
        ink, font = inks.get(shown.tone, t.muted), self.theme.font(0.9)
        wide = QFontMetricsF(font).horizontalAdvance(shown.tag) + 2
        at = area.right() - wide
        self.write_line(painter, QRectF(at, area.top() + 1, wide, 40), shown.tag, font, ink)
        shape = _SHAPES.get(shown.tone)
        if shape is not None:
            marks.paint(painter, shape, QRectF(at - 19, area.top() + 2, 13, 13), ink, t.surface)
            wide += 19
        return wide + 3 * SPACE


class LineList(RowList):
    """`chosen(value)` whenever another row is the current one, `taken(value)` by Enter or a double click."""

    chosen = Signal(object)
    taken = Signal(object)

    def __init__(self, name: str, rows: LineRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, rows, parent)
        self.rows = rows
        self.setItemDelegate(_Delegate(theme, self))
        self.setUniformItemSizes(True)
        self.activated.connect(self._on_activated)
        self.selectionModel().currentChanged.connect(self._on_current)

    def current(self) -> Line | None:
        """The current row."""
        return self.rows.line(self.currentIndex().row())

    def choose(self, row: int) -> None:
        """Make a row the current one, if there is such a row."""
        index = self.rows.index(row)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def choose_key(self, key: str) -> None:
        """Make the row with this key the current one; else the first."""
        self.choose(max(0, self.rows.row_of(key)))

    def _on_activated(self, index: QModelIndex) -> None:
        shown = self.rows.line(index.row())
        if shown is not None:
            self.taken.emit(shown.value)

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        shown = self.rows.line(index.row())
        self.chosen.emit(shown.value if shown is not None else None)


class Picker(QFrame):
    """A search field above its list. The keyboard stays in the field: arrows move in the list, Enter takes."""

    chosen = Signal(object)
    taken = Signal(object)

    def __init__(self, name: str, placeholder: str, nothing: str, theme: Theme, height: int = 150) -> None:
        super().__init__()
        self._nothing = nothing
        self.rows = LineRows(self)
        self.search = line(name, placeholder=placeholder)
        self.search.setClearButtonEnabled(True)
        self.list = LineList(name, self.rows, theme)
        self.empty = text("", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame = QFrame()
        frame.setProperty("role", "pane")
        frame.setFixedHeight(height)
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.list)
        inner.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.search)
        column.addWidget(frame)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.list.taken.connect(self.taken)
        self.list.chosen.connect(self.chosen)
        self._show_empty()

    def replace(self, lines: list[Line]) -> None:
        """Offer these. Nobody is chosen before a word is typed or an arrow pressed: Enter must not hit by chance."""
        self.rows.replace(lines)
        self._choose_first()
        self._show_empty()

    def current(self) -> Line | None:
        """What is chosen."""
        return self.list.current()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See Qt: arrows typed into the field move in the list; Enter takes, and does not reach the dialog's button."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _ARROWS:
                self.list.keyPressEvent(event)
                return True
            if event.key() in _ENTER:
                if not event.isAutoRepeat():
                    self._take()
                return True
        return super().eventFilter(watched, event)

    def _on_search(self, words: str) -> None:
        self.rows.search(words)
        self._choose_first()
        self._show_empty()
        self.chosen.emit(chosen.value if (chosen := self.current()) is not None else None)

    def _choose_first(self) -> None:
        if self.search.text().strip():
            self.list.choose(0)
        else:
            self.list.selectionModel().clear()

    def _take(self) -> None:
        chosen = self.current()
        if chosen is not None:
            self.taken.emit(chosen.value)

    def _show_empty(self) -> None:
        found = self.rows.rowCount() > 0
        self.list.setVisible(found)
        self.empty.setVisible(not found)
        self.empty.setText("Nobody fits the search." if self.rows.total else self._nothing)
