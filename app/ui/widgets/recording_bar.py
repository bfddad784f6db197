"""The slim bar that says on every other page that the recording goes on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.actions import Actions
from app.ui.widgets.parts import button, text
from app.ui.widgets.state_sign import StateSign


class RecordingBar(QFrame):
    """State, time, the worst alarm, and the way back."""

    def __init__(self, recording: Recording, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording = recording
        self.setProperty("role", "live")
        self.sign = StateSign(theme, "heading", 14)
        self.clock = text("", "heading")
        self.clock.setWordWrap(False)
        self.alarm = text("")
        self.alarm.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.alarm.setWordWrap(False)
        self.stop = button("Stop", actions.record.trigger, hint="F9")
        self.stop.setAccessibleName("Stop recording")
        self.back = button("Back to it", actions.to_recording.trigger, hint="Ctrl+4")
        self.back.setAccessibleName("Back to the recording")
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * SPACE, SPACE, 6 * SPACE, SPACE)
        row.setSpacing(3 * SPACE)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.alarm, 1)
        row.addWidget(self.stop)
        row.addWidget(self.back)
        self.hide()

    def show_state(self) -> None:
        """Show state and alarm."""
        self.sign.show_state(self._recording)
        self.stop.setEnabled(self._recording.phase is Phase.RUNNING)
        worst = self._recording.alarms[0].message if self._recording.alarms else ""
        self.alarm.setText(f"⚠ {worst}" if worst else "")
        self.alarm.setAccessibleName(worst)
        self.show_level()

    def show_level(self) -> None:
        """Show the time."""
        now = wording.clock(self._recording.elapsed)
        if now != self.clock.text():
            self.clock.setText(now)
