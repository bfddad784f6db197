"""The quiet sign of the shared server, and the sheet behind it."""

from datetime import UTC, datetime

import shiboken6
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError
from app.domain.syncing import SyncState
from app.ui import marks, server_words
from app.ui.tasks import UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.server import Server
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.parts import MessageBar, button, text

_SHAPES = {"good": marks.Shape.SUPPORTED, "warning": marks.Shape.PARTIAL, "error": marks.Shape.CONTRADICTED}
_MARK = 13


class ServerSign(QPushButton):
    """A shape and a word; pressing it tells more. Hidden while the vault is shared with nobody."""

    def __init__(self, server: Server, theme: Theme) -> None:
        super().__init__()
        self._server = server
        self._theme = theme
        self._tone = ""
        self.setProperty("role", "sign")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda _checked: ServerSheet(server, theme, self.window()).open())
        server.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say how it stands now."""
        words, self._tone = server_words.sign(self._server.status)
        self.setText(words)
        self.setAccessibleName(words or "Server")
        self.setToolTip("Shared server: press for more")
        self.setVisible(bool(words) and self.parent() is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt; the mark stands before the words."""
        super().paintEvent(event)
        t = self._theme.tokens
        inks = {"good": t.supported.ink, "warning": t.partial.ink, "error": t.contradicted.ink}
        painter = QPainter(self)
        top = (self.height() - _MARK) / 2
        shape = _SHAPES.get(self._tone)
        if shape is not None:
            marks.paint(painter, shape, QRectF(2, top, _MARK, _MARK), inks[self._tone], t.window)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.muted))
            painter.drawEllipse(5, self.height() // 2 - 3, 7, 7)


class ServerSheet(Sheet):
    """How the server stands, what waits, and trying again."""

    def __init__(self, server: Server, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Shared server", parent, width=520)
        self._server = server
        self.message = MessageBar(theme)
        self.column.addWidget(self.message)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SPACE)
        self.column.addLayout(self._lines)
        self.again = button("Try now", self._try)
        self.add_buttons(self.again, button("Close", self.accept, "primary"))
        server.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        status = self._server.status
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for said in server_words.details(status, datetime.now(UTC)):
            self._lines.addWidget(text(said))
        for notice in status.notices:
            self._lines.addWidget(text(notice, "muted"))
        if status.problem:
            kind = "error" if status.state is SyncState.REFUSED else "warning"
            self.message.say(kind, status.problem)
        else:
            self.message.clear()

    def _try(self) -> None:
        self.again.setEnabled(False)
        self.again.setText("Trying…")
        self._server.try_now(self._tried, self._on_failed)

    def _tried(self) -> None:
        if shiboken6.isValid(self):
            self.again.setEnabled(True)
            self.again.setText("Try now")

    def _on_failed(self, error: AnamnesisError) -> None:
        self._tried()
        if shiboken6.isValid(self) and not isinstance(error, UnexpectedError):
            self.message.error(error)
