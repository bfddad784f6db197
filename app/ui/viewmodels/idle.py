"""Notices that nobody has touched keyboard or mouse for a while."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

TICK = 1_000  # ms
_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


def uptime() -> float:
    """Seconds on a clock that nobody can set and that goes on while the computer sleeps."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        if hasattr(time, name):
            return time.clock_gettime(getattr(time, name))
    return time.monotonic()


class IdleWatch(QObject):
    """`idle` is emitted after `minutes` without input to any of the program's windows.

    It listens at the windows of the platform, where every key and every move of the mouse passes once, instead of at
    every widget's events.
    """

    idle = Signal()

    def __init__(self, now: Callable[[], float] = uptime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._limit = 0.0
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.check)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._watch_windows)

    def start(self, minutes: float) -> None:
        """Begin to count; 0 minutes means never."""
        self._limit = 60.0 * minutes
        self._last = self._now()
        if self._limit:
            self._watch_windows()
            self._timer.start()

    def stop(self) -> None:
        """Count no longer."""
        self._limit = 0.0
        self._timer.stop()

    def check(self) -> None:
        """Look at the clock; called every second."""
        self._watch_windows()
        if self._limit and self._now() - self._last >= self._limit:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See Qt; only looks."""
        if event.type() in _INPUT:
            self._last = self._now()
        return super().eventFilter(watched, event)

    def _watch_windows(self, _focused: object = None) -> None:
        if self._limit:
            for window in QGuiApplication.topLevelWindows():
                window.installEventFilter(self)  # installing twice is installing once
