"""How a mark of the recording is painted between utterances; the finished and the live transcript share it."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter

from app.domain.recording import Mark, MarkKind
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme, Tint
from app.ui.widgets.rows import EDGE, RowDelegate, line_height, stamp_width, wrapped_height

_ICON = 14  # px
_PAD = 1.5 * SPACE


def mark_height(theme: Theme, mark: Mark, width: float) -> float:
    """Height in pixels of a mark's row."""
    inside = wrapped_height(wording.mark_words(mark), _font(theme, mark), _text_width(theme, width))
    return inside + 2 * _PAD + 2 * SPACE


def paint_mark(delegate: RowDelegate, painter: QPainter, box: QRectF, mark: Mark) -> None:
    """Paint a mark into a row: its time, its shape, its words."""
    theme = delegate.theme
    tint = _tint(theme, mark)
    area = box.adjusted(2, SPACE, -2, -SPACE)
    delegate.fill(painter, area, tint.paper)
    x, y = area.left() + EDGE, area.top() + _PAD
    small = theme.font(0.9)
    stamp = QRectF(x, y, stamp_width(theme), line_height(small))
    delegate.write_line(painter, stamp, wording.clock(mark.at), small, theme.tokens.muted)
    x += stamp_width(theme)
    top = y + (line_height(small) - _ICON) / 2
    marks.paint(painter, marks.shape_of_mark(mark.kind), QRectF(x, top, _ICON, _ICON), tint.ink, tint.paper)
    room = QRectF(x + _ICON + 2 * SPACE, y, _text_width(theme, box.width()), 10_000)
    delegate.write(painter, room, wording.mark_words(mark), _font(theme, mark), tint.ink)


def _font(theme: Theme, mark: Mark) -> QFont:
    return theme.font(0.9, bold=wording.is_missing(mark) or mark.kind is MarkKind.BOOKMARK)


def _text_width(theme: Theme, width: float) -> float:
    return width - 2 * EDGE - stamp_width(theme) - _ICON - 3 * SPACE


def _tint(theme: Theme, mark: Mark) -> Tint:
    t = theme.tokens
    if wording.is_missing(mark):
        return t.partial
    if mark.kind is MarkKind.BOOKMARK:
        return Tint(t.accent, t.surface)  # no fill: that is what evidence looks like
    return Tint(t.muted, t.sunken)
