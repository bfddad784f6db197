"""The transcript: who said what and when; the evidence of the selected statement stands out."""

from PySide6.QtCore import QModelIndex, QRectF, QSize, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from app.domain.transcript import Speaker, Utterance
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.transcript import TranscriptRows, UtteranceRole
from app.ui.widgets.mark_rows import mark_height, paint_mark
from app.ui.widgets.rows import ANY_WIDTH, EDGE, Index, RowList, StampedDelegate, line_height, wrapped_height


class _Delegate(StampedDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        mark = index.data(UtteranceRole.MARK)
        if mark is not None:
            return QSize(ANY_WIDTH, round(mark_height(self.theme, mark, self.width)))
        utterance = index.data(UtteranceRole.UTTERANCE)
        head = line_height(self.theme.font(0.9)) + 2 if index.data(UtteranceRole.NAMED) else 0
        body = wrapped_height(utterance.text, self.theme.font(), self.text_width)
        gap = 2 * SPACE if index.data(UtteranceRole.NAMED) else 0
        return QSize(ANY_WIDTH, round(gap + head + body + 2 * SPACE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        mark = index.data(UtteranceRole.MARK)
        if mark is not None:
            paint_mark(self, painter, QRectF(option.rect), mark)
            self.outline_current(painter, option, index)
            return
        self._paint_utterance(painter, option, index)

    def _paint_utterance(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = self.theme.tokens
        utterance: Utterance = index.data(UtteranceRole.UTTERANCE)
        named = index.data(UtteranceRole.NAMED)
        evidence, playing = index.data(UtteranceRole.EVIDENCE), index.data(UtteranceRole.PLAYING)
        box = QRectF(option.rect).adjusted(2, 2 * SPACE if named else 0, -2, 0)
        if evidence or playing:
            self.fill(painter, box, t.selection)
            self.fill(painter, QRectF(box.left(), box.top() + 3, 4, box.height() - 6), t.accent, 2)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            self.fill(painter, box, t.sunken)
        y = box.top() + SPACE
        small = self.theme.font(0.9)
        stamp = QRectF(box.left() + EDGE, y, self.stamp_width, 30)
        if playing:
            marks.paint(painter, marks.Shape.PLAYING, QRectF(stamp.x(), y + 1, 14, 14), t.accent, t.surface)
        else:
            self.write_line(painter, stamp, wording.clock(utterance.start), small, t.muted)
        x = box.left() + EDGE + self.stamp_width
        if named:
            bold = self.theme.font(0.9, bold=True)
            ink = t.accent if utterance.speaker is Speaker.CLINICIAN else t.muted
            self.write_line(painter, QRectF(x, y, 200, 30), wording.SPEAKERS[utterance.speaker], bold, ink)
            y += line_height(small) + 2
        self.write(painter, QRectF(x, y, self.text_width, 100_000), utterance.text, self.theme.font(), t.text)
        self.outline_current(painter, option, index)


class TranscriptView(RowList):
    """`utterance_clicked(utterance)` asks to hear it."""

    utterance_clicked = Signal(object)

    def __init__(self, rows: TranscriptRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Transcript", rows, parent)
        self._rows = rows
        self.setItemDelegate(_Delegate(theme, self))

    def show_evidence(self, ids: frozenset[str]) -> None:
        """Make utterances stand out and bring the first of them into view."""
        rows = self._rows.set_evidence(ids)
        if not rows:
            return
        self.scrollTo(self._rows.index(rows[-1]), QAbstractItemView.ScrollHint.EnsureVisible)
        first = self._rows.index(rows[0])
        self.scrollTo(first, QAbstractItemView.ScrollHint.EnsureVisible)
        top = self.visualRect(first).top()
        if top < 40:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + top - 40)

    def current_utterance(self) -> Utterance | None:
        """The utterance where the keyboard is; on a mark, the one beside it."""
        return self._rows.nearest(self.currentIndex())

    def choose_bookmark(self, step: int) -> None:
        """Go to the next or previous mark of importance."""
        index = self._rows.next_bookmark(self.currentIndex().row(), step)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().mouseReleaseEvent(event)
        index: QModelIndex = self.indexAt(event.position().toPoint())
        utterance = self._rows.utterance(index)
        if utterance is not None and index == self.currentIndex():
            self.utterance_clicked.emit(utterance)
