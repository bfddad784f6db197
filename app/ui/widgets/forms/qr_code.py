"""A QR code, black on white in both schemes, because readers expect that."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""
_WANTED = 190  # px


class QrCode(QWidget):
    """Whole pixels for each module, so that edges stay sharp."""

    def __init__(self, modules: tuple[tuple[bool, ...], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modules = modules
        wide = len(modules) + 2 * _QUIET
        self._step = max(3, round(_WANTED / wide))
        self.setFixedSize(wide * self._step, wide * self._step)
        self.setAccessibleName("QR code for an authenticator app; the key beside it can be typed instead")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        for y, row in enumerate(self._modules):
            for x, dark in enumerate(row):
                if dark:
                    place = QRect((x + _QUIET) * self._step, (y + _QUIET) * self._step, self._step, self._step)
                    painter.fillRect(place, Qt.GlobalColor.black)
