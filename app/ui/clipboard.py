"""What is copied out of the window leaves the clipboard again: after a minute, at the lock, at the end."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication

from app.domain.clipboard import Copied, copied
from app.ui.viewmodels.idle import uptime

_TICK = 5_000  # ms


class ClipboardGuard(QObject):
    """Watches what this program puts into the clipboard while somebody is signed in; `taken()` at each copy.

    A clock that goes on while the computer sleeps decides, so that a laptop opened again holds nothing old.
    """

    taken = Signal()

    def __init__(self, now: Callable[[], float] = uptime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._copied: Copied | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self.check)
        QGuiApplication.clipboard().dataChanged.connect(self._on_change)

    def check(self) -> None:
        """Clear what is over its time and still there."""
        if self._copied is None or not self._copied.due(self._now()):
            return
        clipboard = QGuiApplication.clipboard()
        if self._copied.is_in(clipboard.text()):
            clipboard.clear(QClipboard.Mode.Clipboard)
        self._forget()

    def clear(self) -> None:
        """Clear now what this program put there, and the selection."""
        self._forget()
        clipboard = QGuiApplication.clipboard()
        if clipboard.ownsClipboard():
            clipboard.clear(QClipboard.Mode.Clipboard)
        if clipboard.supportsSelection() and clipboard.ownsSelection():
            clipboard.clear(QClipboard.Mode.Selection)

    def stop(self) -> None:
        """Watch no longer, and leave nothing behind."""
        QGuiApplication.clipboard().dataChanged.disconnect(self._on_change)
        self.clear()

    def _on_change(self) -> None:
        clipboard = QGuiApplication.clipboard()
        text = clipboard.text() if clipboard.ownsClipboard() else ""
        if text:
            self._copied = copied(text, self._now())
            self._timer.start()
            self.taken.emit()
        else:
            self._forget()

    def _forget(self) -> None:
        self._copied = None
        self._timer.stop()
