"""Offers interrupted recordings, in place: nothing here stands in the way of the next patient."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.recording import UnfinishedRecording
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.parts import MarkIcon, button, text

SHOWN = 3
"""So many recordings are offered at once; the next one comes when one of them is dealt with."""


def confirm_discard(recording: UnfinishedRecording, discard: Callable[[], None], parent: QWidget) -> None:
    """Ask before a recording is destroyed."""
    dialog = ConfirmDialog(
        "Discard the recording?",
        f"{wording.span(recording.recorded)} of {recording.title} are destroyed for good. Nobody can bring them back.",
        "Keep it",
        "Discard",
        parent,
        destroys=True,
    )
    dialog.accepted.connect(discard)
    dialog.open()


class RecoveryRow(QWidget):
    """One interrupted recording with what may be done; `wanted(what)`: continue, finish or discard."""

    wanted = Signal(str)

    def __init__(self, recording: UnfinishedRecording, words: str, *, may_continue: bool) -> None:
        super().__init__()
        self.recording = recording
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE)
        column.setSpacing(SPACE)
        self.words = text(words)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        self.finish = button("Finish and draft", lambda: self.wanted.emit("finish"))
        self.finish.setEnabled(recording.recorded > 0)
        self.go_on = button("Continue recording", lambda: self.wanted.emit("continue"))
        self.go_on.setEnabled(may_continue)
        self.discard = button("Discard…", lambda: self.wanted.emit("discard"))
        for widget in (self.go_on, self.finish, self.discard):
            widget.setAccessibleDescription(recording.title)
            row.addWidget(widget)
        row.addStretch()
        column.addLayout(row)


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
        grid = QGridLayout(self)
        grid.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE)
        icon = MarkIcon(theme, marks.Shape.INTERRUPTION, lambda: theme.tokens.partial.ink, 18)
        grid.addWidget(icon, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        self.title = text("", "heading")
        grid.addWidget(self.title, 0, 1)
        grid.setColumnStretch(1, 1)
        self.later_button = button("Later", self.later.emit, "link", "Each stays offered on its visit's page")
        grid.addWidget(self.later_button, 0, 2)
        if one_visit:
            self.later_button.hide()
        self._list = QVBoxLayout()
        self._list.setSpacing(2 * SPACE)
        grid.addLayout(self._list, 1, 1, 1, 2)
        self.rest = text("", "muted")
        grid.addWidget(self.rest, 2, 1, 1, 2)
        self.hide()

    def show_recordings(self, recordings: Sequence[UnfinishedRecording], *, may_continue: bool) -> None:
        """Offer these; none hides the panel."""
        wanted = (tuple(recordings), may_continue)
        if wanted == self._shown:
            return
        newly = not self._shown[0] and not self._one_visit
        self._shown = wanted
        now = datetime.now(UTC)
        self.title.setText(_headline(recordings, one_visit=self._one_visit))
        self.setAccessibleName(self.title.text())
        for row in self.rows:
            row.hide()
            row.deleteLater()
            self._list.removeWidget(row)
        self.rows = [self._row(recording, now, may_continue) for recording in recordings[:SHOWN]]
        left = len(recordings) - len(self.rows)
        self.rest.setText(f"{left} more, marked in the list of visits.")
        self.rest.setVisible(left > 0)
        self.setVisible(bool(self.rows))
        if self.rows and newly:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.title.text()))

    def _row(self, recording: UnfinishedRecording, now: datetime, may_continue: bool) -> RecoveryRow:
        safe = wording.safe(recording) if self._one_visit else ""
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
