"""How long the interface thread lets a due event wait."""

import time

from PySide6.QtCore import QObject, Qt, QTimer

EVERY = 10
"""Milliseconds between beats."""


class Heartbeat(QObject):
    """A precise timer that notes how late each of its beats comes.

    `gaps` are milliseconds between two beats beyond the ten that were asked for: for so long a key press at that moment
    would have waited. A screen of 60 frames a second alone gives up to a few.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to beat, with an empty list."""
        self.gaps = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(max(0.0, (now - self._last) * 1000 - EVERY))
        self._last = now
