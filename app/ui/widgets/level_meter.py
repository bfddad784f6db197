"""The microphone's level: a bar for each channel and the word for it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.meter import Meter
from app.ui.widgets.parts import text

_THICK = 10  # px, one bar
_GAP = 4


class _Bars(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._meter: Meter | None = None
        self._off = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Microphone level")

    def show_meter(self, meter: Meter | None, *, off: bool) -> None:
        channels = self._channels
        self._meter, self._off = meter, off
        if channels != self._channels:
            self.updateGeometry()
        self.update()

    @property
    def _channels(self) -> int:
        return len(self._meter.bars) if self._meter is not None else 1

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(160, self._channels * (_THICK + _GAP) - _GAP)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = self._theme.tokens
        for channel in range(self._channels):
            track = QRectF(0.5, channel * (_THICK + _GAP) + 0.5, self.width() - 1, _THICK - 1)
            painter.setPen(QPen(QColor(t.outline), 1))
            painter.setBrush(QColor(t.sunken))
            painter.drawRoundedRect(track, 4, 4)
            if self._meter is not None and not self._off:
                self._paint_level(painter, track.adjusted(2, 2, -2, -2), channel, self._meter)

    def _paint_level(self, painter: QPainter, room: QRectF, channel: int, meter: Meter) -> None:
        t = self._theme.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.live if meter.too_loud else t.supported.ink))
        width = room.width() * min(1.0, meter.bars[channel])
        if width >= 2:
            painter.drawRoundedRect(QRectF(room.x(), room.y(), width, room.height()), 3, 3)
        if channel < len(meter.peaks) and meter.peaks[channel] > 0:
            at = room.x() + room.width() * min(1.0, meter.peaks[channel]) - 2
            painter.drawRect(QRectF(max(room.x(), at), room.y(), 2, room.height()))


class LevelMeter(QWidget):
    """Bars, and their word beside them unless `words` is false."""

    def __init__(self, theme: Theme, *, words: bool = True) -> None:
        super().__init__()
        self._bars = _Bars(theme)
        self.word = text("", "muted")
        self.word.setWordWrap(False)
        self.word.setMinimumWidth(self.word.fontMetrics().horizontalAdvance("Good level") + 2 * SPACE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addWidget(self._bars, 1)
        row.addWidget(self.word)
        self.word.setVisible(words)
        self.show_meter(None)

    def show_meter(self, meter: Meter | None, off: str = "") -> None:
        """Show the level; `off` is the word for a microphone that is not listened to just now."""
        self._bars.show_meter(meter, off=bool(off))
        word = off or (meter.word if meter is not None else "")
        if word != self.word.text():
            self.word.setText(word)
            self._bars.setAccessibleDescription(word)
