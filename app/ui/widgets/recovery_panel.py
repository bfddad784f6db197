"""Offers interrupted recordings, in place: nothing here stands in the way of the next patient."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.recording import UnfinishedRecording
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.parts import MarkIcon, button, text

_SHOWN = 3  # rows; more of them scroll


def confirm_discard(recording: UnfinishedRecording, discard: Callable[[], None], parent: QWidget) -> None:
    """Ask before a recording is destroyed."""
    dialog = ConfirmDialog(
        "Discard the recording?",
        f"{wording.span(recording.recorded)} of {recording.title} are destroyed for good. Nobody can bring them back.",
        "Keep it",
        "Discard",
        parent,
    )
    dialog.accepted.connect(discard)
    dialog.open()


class RecoveryRow(QWidget):
    """One interrupted recording with what may be done; `wanted(what)`: continue, finish or discard."""

    wanted = Signal(str)

    def __init__(self, recording: UnfinishedRecording, words: str, *, may_continue: bool) -> None:
        super().__init__()
        self.recording = recording
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        self.words = text(words)
        row.addWidget(self.words, 1)
        self.go_on = button("Continue recording", lambda: self.wanted.emit("continue"))
        self.go_on.setEnabled(may_continue)
        self.finish = button("Finish and draft", lambda: self.wanted.emit("finish"), "primary")
        self.discard = button("Discard…", lambda: self.wanted.emit("discard"))
        for widget in (self.discard, self.go_on, self.finish):
            widget.setAccessibleDescription(recording.title)
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)


class RecoveryPanel(QFrame):
    """`wanted(what, recording)`; `later()`. Hidden while there is nothing to offer."""

    wanted = Signal(str, object)
    later = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, one_visit: bool = False) -> None:
        super().__init__(parent)
        self._one_visit = one_visit
        self.rows: list[RecoveryRow] = []
        self._shown: tuple[tuple[UnfinishedRecording, ...], bool] = ((), True)
        self.setProperty("kind", "warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        head = QHBoxLayout()
        head.setSpacing(3 * SPACE)
        head.addWidget(MarkIcon(theme, marks.Shape.INTERRUPTION, lambda: theme.tokens.partial.ink, 18))
        self.title = text("", "heading")
        head.addWidget(self.title, 1)
        self.later_button: QPushButton = button(
            "Later", self.later.emit, "link", "It stays offered on the visit's page"
        )
        if one_visit:
            self.later_button.hide()
        head.addWidget(self.later_button)
        column.addLayout(head)
        self._body = QWidget()
        self._list = QVBoxLayout(self._body)
        self._list.setContentsMargins(0 if one_visit else 18 + 3 * SPACE, 0, 0, SPACE)
        self._list.setSpacing(2 * SPACE)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._scroll.setWidget(self._body)
        column.addWidget(self._scroll)
        self.hide()

    def show_recordings(self, recordings: Sequence[UnfinishedRecording], *, may_continue: bool) -> None:
        """Offer these; none hides the panel."""
        wanted = (tuple(recordings), may_continue)
        if wanted == self._shown:
            return
        self._shown = wanted
        now = datetime.now(UTC)
        self.title.setText(_headline(recordings, one_visit=self._one_visit))
        self.setAccessibleName(self.title.text())
        for row in self.rows:
            row.hide()
            row.deleteLater()
            self._list.removeWidget(row)
        self.rows = [self._row(recording, now, may_continue) for recording in recordings]
        if self.rows:
            height = self._body.sizeHint().height()
            part = height if len(self.rows) <= _SHOWN else round(height * (_SHOWN + 0.5) / len(self.rows))
            self._scroll.setFixedHeight(part)
        self.setVisible(bool(self.rows))

    def _row(self, recording: UnfinishedRecording, now: datetime, may_continue: bool) -> RecoveryRow:
        safe = f"{wording.span(recording.recorded)} are safe." if self._one_visit else ""
        row = RecoveryRow(recording, safe or wording.interrupted(recording, now), may_continue=may_continue)
        row.wanted.connect(lambda what: self.wanted.emit(what, recording))
        self._list.addWidget(row)
        return row


def _headline(recordings: Sequence[UnfinishedRecording], *, one_visit: bool) -> str:
    if one_visit:
        return "This recording was interrupted."
    if len(recordings) == 1:
        return "A recording was interrupted."
    return f"{len(recordings)} recordings were interrupted."
