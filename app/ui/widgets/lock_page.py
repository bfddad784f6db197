"""What a locked window shows: nothing of any patient, whether a visit is being recorded, and a field to unlock."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError
from app.domain.live import Alarm, Stopped
from app.ui import marks, wording
from app.ui.tasks import UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.widgets.parts import Card, MarkIcon, MessageBar, button, centred, line, text


class LockPage(QWidget):
    """`unlock_wanted(passphrase)`, `stop_wanted()`. Stopping a recording needs no passphrase: it only makes it safe."""

    unlock_wanted = Signal(str)
    stop_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        card = Card("Locked", "", width=400)
        self._lead = card.lead
        self.recording = QWidget()
        row = QHBoxLayout(self.recording)
        row.setContentsMargins(0, 0, 0, 3 * SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(MarkIcon(theme, marks.Shape.RECORDING, lambda: theme.tokens.live, 16))
        self.time = text("", "title")
        self.time.setWordWrap(False)
        row.addWidget(self.time, 1)
        self.stop = button("Stop", self.stop_wanted.emit, hint="Stop and save the recording")
        self.stop.setAccessibleName("Stop the recording")
        row.addWidget(self.stop)
        card.column.addWidget(self.recording)
        self.alarm = MessageBar(theme)
        card.column.addWidget(self.alarm)
        card.column.addSpacing(2 * SPACE)
        self.passphrase = line("Passphrase", secret=True)
        card.field("Passphrase", self.passphrase)
        self.message = MessageBar(theme)
        card.column.addWidget(self.message)
        card.column.addSpacing(SPACE)
        self.unlock_button = button("Unlock", self.submit, "primary")
        card.column.addWidget(self.unlock_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(centred(card))
        self.passphrase.returnPressed.connect(self.submit)
        self.passphrase.textChanged.connect(self._refresh)
        self.setFocusProxy(self.passphrase)
        self.show_recording(None)
        self._refresh()

    def begin(self, display_name: str) -> None:
        """Show the page for a person."""
        self._lead.setText(f"{display_name} is signed in. Work goes on behind this page.")
        self.message.clear()
        self.end()

    def end(self) -> None:
        """Forget what was typed."""
        self._set_busy(False)
        self.passphrase.clear()

    def show_recording(self, elapsed: float | None, *, paused: bool = False) -> None:
        """Show that a visit is being recorded, for how many seconds; None if none is."""
        self.recording.setVisible(elapsed is not None)
        if elapsed is not None:
            self._tell(f"{'Recording paused' if paused else 'Recording'} {wording.clock(elapsed)}", "Stop")

    def show_stop_failed(self, elapsed: float, error: AnamnesisError) -> None:
        """Say that the end of the recording could not be stored, and offer to try again."""
        self.recording.show()
        self._tell(f"Stopped at {wording.clock(elapsed)}", "Try again")
        self.alarm.error(error)

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Show what is wrong with the recording; alarms never name a patient."""
        if alarm is None:
            self.alarm.clear()
        else:
            self.alarm.say("warning", alarm.message, alarm.remedy)

    def show_stored(self) -> None:
        """Say that the recording has ended."""
        self.message.say("good", "The recording is stopped and stored.")

    def show_cut(self, stopped: Stopped) -> None:
        """Say that the recording stopped by itself."""
        self.message.say("error", stopped.message, stopped.remedy)

    def say_why_open(self) -> None:
        """Say why the window does not close."""
        self.message.say("warning", "A visit is being recorded.", "Stop it or unlock before closing.")

    def submit(self) -> None:
        """Try to unlock."""
        if self.unlock_button.isEnabled():
            self._set_busy(True)
            self.message.clear()
            self.unlock_wanted.emit(self.passphrase.text())

    def on_failed(self, error: AnamnesisError) -> None:
        """Say why it stays locked."""
        self._set_busy(False)
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _tell(self, words: str, stop: str) -> None:
        if words != self.time.text():
            self.time.setText(words)
        if stop != self.stop.text():
            self.stop.setText(stop)
            self.stop.setAccessibleName("Stop the recording" if stop == "Stop" else "Try again to store the recording")

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.unlock_button.setText("Unlocking…" if busy else "Unlock")
        self.passphrase.setEnabled(not busy)
        self._refresh()

    def _refresh(self) -> None:
        self.unlock_button.setEnabled(bool(self.passphrase.text()) and not self._busy)
