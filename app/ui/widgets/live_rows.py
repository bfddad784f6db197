"""The growing transcript: final text and marks as a list, and below it what is being heard just now."""

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QStyleOptionViewItem, QWidget

from app.domain.transcript import Speaker
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.live_text import LiveRole, LiveRow, LiveRows
from app.ui.widgets.mark_rows import mark_height, paint_mark
from app.ui.widgets.rows import (
    ANY_WIDTH,
    EDGE,
    Index,
    RowList,
    StampedDelegate,
    line_height,
    stamp_width,
    wrapped_height,
)

_EMPTY = "What is said appears here a moment later."
_NEAR = 24  # px from the end that still count as the end


class _Delegate(StampedDelegate):
    def __init__(self, rows: LiveRows, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(theme, view)
        self._rows = rows

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        row = self._rows.rows[index.row()]
        key = (self.width, self.theme.point_size, row.named)
        if row.measured != key:
            row.measured, row.height = key, round(self._measure(row))
        return QSize(ANY_WIDTH, row.height)

    def _measure(self, row: LiveRow) -> float:
        if row.utterance is None:
            return mark_height(self.theme, row.mark, self.width) if row.mark is not None else 0
        small = line_height(self.theme.font(0.9))
        named = small + 2 + 2 * SPACE if row.named else 0
        corrected = small + 2 if row.corrections else 0
        return named + wrapped_height(row.utterance.text, self.theme.font(), self.text_width) + corrected + 2 * SPACE

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: LiveRow = index.data(LiveRole.ROW)
        if row.mark is not None:
            paint_mark(self, painter, QRectF(option.rect), row.mark)
        else:
            self._paint_utterance(painter, QRectF(option.rect), row)
        self.outline_current(painter, option, index)

    def _paint_utterance(self, painter: QPainter, area: QRectF, row: LiveRow) -> None:
        if row.utterance is None:
            return
        t, said = self.theme.tokens, row.utterance
        small = self.theme.font(0.9)
        box = area.adjusted(2, 2 * SPACE if row.named else 0, -2, 0)
        x, y = box.left() + EDGE + self.stamp_width, box.top() + SPACE
        stamp = QRectF(box.left() + EDGE, y, self.stamp_width, line_height(small))
        self.write_line(painter, stamp, wording.clock(said.start), small, t.muted)
        if row.named:
            ink = t.accent if said.speaker is Speaker.CLINICIAN else t.muted
            name = wording.SPEAKERS[said.speaker]
            self.write_line(painter, QRectF(x, y, 200, 30), name, self.theme.font(0.9, bold=True), ink)
            y += line_height(small) + 2
        height = wrapped_height(said.text, self.theme.font(), self.text_width)
        self.write(painter, QRectF(x, y, self.text_width, height + 4), said.text, self.theme.font(), t.text)
        if row.corrections:
            at = QRectF(x, y + height + 2, self.text_width, line_height(small))
            marks.paint(painter, marks.Shape.TYPED, QRectF(at.x(), at.y() + 2, 12, 12), t.partial.ink, t.surface)
            self.write_line(painter, at.adjusted(18, 0, 0, 0), row.correction, small, t.partial.ink)


class LiveView(RowList):
    """Stays at the end while text comes, unless the reader has scrolled up; `followed(bool)` when that changes."""

    followed = Signal(bool)

    def __init__(self, rows: LiveRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Transcript so far", rows, parent)
        self._theme = theme
        self._following = True
        self._moving = False
        self.setItemDelegate(_Delegate(rows, theme, self))
        rows.growing.connect(self._on_growing)
        rows.grown.connect(self._to_end_if_following)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._to_end_if_following())

    @property
    def following(self) -> bool:
        """Whether the newest text is kept in view."""
        return self._following

    def to_now(self) -> None:
        """Go to the newest text and stay with it."""
        self._follow(True)
        self._to_end_if_following()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt; an empty list says what will come."""
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, _EMPTY)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._to_end_if_following)

    def _on_growing(self) -> None:
        self._moving = True

    def _to_end_if_following(self) -> None:
        if self._following:
            self._moving = True
            self.scrollToBottom()
        self._moving = False

    def _on_scrolled(self, value: int) -> None:
        if not self._moving:
            self._follow(value >= self.verticalScrollBar().maximum() - _NEAR)

    def _follow(self, on: bool) -> None:
        if on != self._following:
            self._following = on
            self.followed.emit(on)


class NowLine(QFrame):
    """What is heard just now: settled text upright, text that may still change grey and slanted."""

    def __init__(self, rows: LiveRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._theme = theme
        self.setProperty("role", "now")
        row = QHBoxLayout(self)
        row.setContentsMargins(EDGE, 2 * SPACE, EDGE, 2 * SPACE)
        row.setSpacing(0)
        caption = QLabel("Now")
        caption.setProperty("role", "small")
        caption.setFixedWidth(round(stamp_width(theme)) + 2)
        row.addWidget(caption, 0, Qt.AlignmentFlag.AlignTop)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.words, 1)
        self.idle = "Listening…"
        rows.heard.connect(self.show_words)
        theme.changed.connect(self.show_words)
        self.show_words()

    def say_when_silent(self, words: str) -> None:
        """What stands here while nothing is heard."""
        self.idle = words
        self.show_words()

    def show_words(self) -> None:
        """Show the present hypothesis."""
        self.words.setMinimumHeight(round(2 * line_height(self._theme.font())))  # two lines, so that nothing jumps
        settled, tentative = escape(self._rows.settled), escape(self._rows.tentative)
        grey = f'<i style="color:{self._theme.tokens.muted}">'
        if settled or tentative:
            self.words.setText(f"{settled} {grey}{tentative}</i>")
            self.words.setAccessibleName(f"{self._rows.settled} {self._rows.tentative}".strip())
        else:
            self.words.setText(f"{grey}{escape(self.idle)}</i>")
            self.words.setAccessibleName(self.idle)
