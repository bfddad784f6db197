"""The shapes of the marks. Each has its own outline, so that no mark depends on colour."""

from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.domain.note import Statement, Support
from app.domain.recording import MarkKind
from app.ui.wording import is_own_words


class Shape(Enum):
    """Tick in a disc, triangle, open square with a question mark, octagon with a cross, pen stroke; the recording's."""

    SUPPORTED = auto()
    PARTIAL = auto()
    UNSUPPORTED = auto()
    CONTRADICTED = auto()
    TYPED = auto()
    PLAYING = auto()
    LOSS = auto()
    PAUSE = auto()
    MUTE = auto()
    INTERRUPTION = auto()
    BOOKMARK = auto()
    DEVICE = auto()
    LOCK = auto()
    RECORDING = auto()


_SHAPES = {
    Support.SUPPORTED: Shape.SUPPORTED,
    Support.PARTIAL: Shape.PARTIAL,
    Support.UNSUPPORTED: Shape.UNSUPPORTED,
    Support.CONTRADICTED: Shape.CONTRADICTED,
}

_KINDS = {
    MarkKind.LOSS: Shape.LOSS,
    MarkKind.PAUSE: Shape.PAUSE,
    MarkKind.MUTE: Shape.MUTE,
    MarkKind.INTERRUPTION: Shape.INTERRUPTION,
    MarkKind.BOOKMARK: Shape.BOOKMARK,
    MarkKind.DEVICE: Shape.DEVICE,
}


def shape_of_mark(kind: MarkKind) -> Shape:
    """The shape of a mark on the recording's time line."""
    return _KINDS[kind]


def shape_of(statement: Statement) -> Shape:
    """The shape beside a statement."""
    return Shape.TYPED if is_own_words(statement) else _SHAPES[statement.support]


def paint(painter: QPainter, shape: Shape, box: QRectF, ink: str, paper: str) -> None:
    """Paint a shape into a square box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16, box.height() / 16)
    colour, ground = QColor(ink), QColor(paper)
    {
        Shape.SUPPORTED: _disc,
        Shape.PARTIAL: _triangle,
        Shape.UNSUPPORTED: _square,
        Shape.CONTRADICTED: _octagon,
        Shape.TYPED: _pen,
        Shape.PLAYING: _speaker,
        Shape.LOSS: _gap,
        Shape.PAUSE: _bars,
        Shape.MUTE: _silenced,
        Shape.INTERRUPTION: _bolt,
        Shape.BOOKMARK: _flag,
        Shape.DEVICE: _microphone,
        Shape.LOCK: _padlock,
        Shape.RECORDING: _recording,
    }[shape](painter, colour, ground)
    painter.restore()


def _line(painter: QPainter, colour: QColor, width: float, *points: tuple[float, float]) -> None:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _fill(painter: QPainter, colour: QColor, *points: tuple[float, float]) -> None:
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _dot(painter: QPainter, colour: QColor, x: float, y: float, radius: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(x, y), radius, radius)


def _disc(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(8, 8), 6.6, 6.6)
    _line(painter, colour, 1.7, (4.9, 8.3), (7.1, 10.5), (11.2, 5.8))


def _triangle(painter: QPainter, colour: QColor, ground: QColor) -> None:
    _fill(painter, colour, (8, 1.8), (15, 14.2), (1, 14.2))
    _line(painter, ground, 1.8, (8, 6.2), (8, 9.8))
    _dot(painter, ground, 8, 12.2, 1.05)


def _square(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(1.4, 1.4, 13.2, 13.2), 1.5, 1.5)
    _line(
        painter, colour, 1.6, (5.8, 6.1), (6.1, 5.1), (7.2, 4.3), (8.8, 4.3), (10, 5.3), (10, 6.6), (8, 8.3), (8, 9.4)
    )
    _dot(painter, colour, 8, 12, 1.0)


def _octagon(painter: QPainter, colour: QColor, ground: QColor) -> None:
    _fill(painter, colour, (5, 1), (11, 1), (15, 5), (15, 11), (11, 15), (5, 15), (1, 11), (1, 5))
    _line(painter, ground, 1.9, (5.2, 5.2), (10.8, 10.8))
    _line(painter, ground, 1.9, (10.8, 5.2), (5.2, 10.8))


def _pen(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _line(painter, colour, 1.4, (3, 13), (3.8, 9.8), (11.2, 2.4), (13.6, 4.8), (6.2, 12.2), (3, 13))
    _line(painter, colour, 1.2, (9.6, 4), (12, 6.4))


def _speaker(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _fill(painter, colour, (2, 6), (5, 6), (8.5, 3), (8.5, 13), (5, 10), (2, 10))
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(6.5, 4.5, 6, 7), -60 * 16, 120 * 16)
    painter.drawArc(QRectF(6, 2, 9, 12), -60 * 16, 120 * 16)


def _gap(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _line(painter, colour, 1.8, (1, 8), (4.5, 8), (4.5, 3.5))
    _line(painter, colour, 1.8, (15, 8), (11.5, 8), (11.5, 12.5))
    for y in (2, 8, 14):
        _dot(painter, colour, 8, y, 0.9)


def _bars(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _fill(painter, colour, (3.5, 2.5), (5.5, 2.5), (5.5, 13.5), (3.5, 13.5))
    _fill(painter, colour, (10.5, 2.5), (12.5, 2.5), (12.5, 13.5), (10.5, 13.5))


def _silenced(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _fill(painter, colour, (1.5, 6), (4, 6), (7.5, 3), (7.5, 13), (4, 10), (1.5, 10))
    _line(painter, colour, 1.7, (10, 5.5), (15, 10.5))
    _line(painter, colour, 1.7, (15, 5.5), (10, 10.5))


def _bolt(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _fill(painter, colour, (9.5, 1), (3, 9), (7.3, 9), (6, 15), (13, 6.6), (8.6, 6.6))


def _flag(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _fill(painter, colour, (4, 1.5), (12, 1.5), (12, 14.5), (8, 11), (4, 14.5))


def _microphone(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(5.7, 1.2, 4.6, 8), 2.3, 2.3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(3, 3, 10, 9), 180 * 16, 180 * 16)
    _line(painter, colour, 1.4, (8, 12), (8, 14.6))
    _line(painter, colour, 1.4, (5, 14.8), (11, 14.8))


def _padlock(painter: QPainter, colour: QColor, ground: QColor) -> None:
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(4.6, 1.4, 6.8, 11), 3.4, 3.4)
    _fill(painter, colour, (2.8, 7.2), (13.2, 7.2), (13.2, 14.6), (2.8, 14.6))
    _line(painter, ground, 1.6, (8, 9.8), (8, 12))


def _recording(painter: QPainter, colour: QColor, _ground: QColor) -> None:
    _dot(painter, colour, 8, 8, 6.4)
