"""The visit while it is recorded: how long, how loud, what is wrong, what was said, and what can be done."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.actions import Actions
from app.ui.widgets.alarm_bars import AlarmBars
from app.ui.widgets.level_meter import LevelMeter
from app.ui.widgets.live_rows import LiveView, NowLine
from app.ui.widgets.pane import Pane
from app.ui.widgets.parts import MessageBar, button, for_action, text
from app.ui.widgets.state_sign import StateSign


class LivePage(QWidget):
    """Only shows; what is pressed are actions, handled by `RecordingDesk`."""

    def __init__(
        self,
        recording: Recording,
        actions: Actions,
        theme: Theme,
        alarms: AlarmBars,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._recording = recording
        self._actions = actions
        self.sign = StateSign(theme, "title", 18, speaks=True)
        self.clock = text("0:00", "clock")
        self.clock.setWordWrap(False)
        self.title = text("", "muted")
        self.meter = LevelMeter(theme)
        self.microphone = button("", actions.microphone.trigger, "flush", "Use another microphone")
        self.alarms = alarms
        self.view = LiveView(recording.rows, theme)
        self.now = NowLine(recording.rows, theme)
        self.jump = button("Jump to now", self.view.to_now, "link", "The newest text")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Finishing the transcript")
        self.prepared = text(" ", "small")
        self.problem = MessageBar(theme)
        self.finishing = self._make_finishing(recording.finish_later)
        self.buttons = self._make_buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * SPACE, 4 * SPACE, 6 * SPACE, 3 * SPACE)
        column.setSpacing(3 * SPACE)
        column.addLayout(self._make_head())
        column.addWidget(self.finishing)
        column.addWidget(self.problem)
        column.addWidget(alarms)
        column.addWidget(self._make_pane(), 1)
        column.addWidget(self.buttons)
        self.view.followed.connect(lambda on: self.jump.setVisible(not on))
        self.jump.hide()

    def _make_head(self) -> QHBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.title)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        self.meter.setFixedWidth(320)
        right.addStretch()
        right.addWidget(self.meter)
        right.addWidget(self.microphone, 0, Qt.AlignmentFlag.AlignLeft)
        right.addStretch()
        row = QHBoxLayout()
        row.setSpacing(6 * SPACE)
        row.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(left, 1)
        row.addLayout(right)
        return row

    def _make_finishing(self, later: Callable[[], None]) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "pane")
        column = QVBoxLayout(frame)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        row = QHBoxLayout()
        self.finishing_words = text("")
        row.addWidget(self.finishing_words, 1)
        self.later = button("Do not wait", later, hint="The rest of the text is made from the recording afterwards")
        row.addWidget(self.later)
        column.addLayout(row)
        column.addWidget(self.bar)
        return frame

    def _make_pane(self) -> Pane:
        hint = text("Who speaks is a suggestion until you stop", "small")
        pane = Pane("Transcript so far", self.jump, hint, role="heading")
        pane.column.addWidget(self.view, 1)
        pane.column.addWidget(self.now)
        foot = QHBoxLayout()
        foot.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        foot.addWidget(self.prepared)
        pane.column.addLayout(foot)
        return pane

    def _make_buttons(self) -> QWidget:
        a = self._actions
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        for action in (a.pause, a.bookmark, a.mute):
            row.addWidget(for_action(action))
        row.addStretch()
        for action in (a.cancel_recording, a.withdraw_recording):
            row.addWidget(for_action(action, "quiet"))
        self.stop = button("Stop  (F9)", a.record.trigger, "primary", "Keep everything and write the draft")
        self.stop.setAccessibleName("Stop recording")
        row.addWidget(self.stop)
        return bar

    def show_state(self) -> None:
        """Show phase, pause, mute and microphone."""
        recording = self._recording
        running = recording.phase is Phase.RUNNING
        self.sign.show_state(recording)
        self.title.setText(recording.title)
        error = recording.stop_error
        self.finishing.setVisible(recording.phase is Phase.FINISHING and error is None)
        if error is None:
            self.problem.clear()
        else:
            what = "The end of the recording is not stored yet."
            self.problem.say("error", what, f"{error.message} {error.remedy}", ("Try again", recording.stop))
        self.buttons.setVisible(recording.phase in {Phase.STARTING, Phase.RUNNING})
        self.stop.setEnabled(running)
        self.microphone.setText(f"Microphone: {recording.microphone_name}")
        self.microphone.setAccessibleName(f"Microphone: {recording.microphone_name}. Use another")
        self.microphone.setVisible(running)
        self.now.say_when_silent(
            "…"
            if recording.phase is not Phase.RUNNING
            else "Paused: nothing is recorded."
            if recording.paused
            else "Muted: what is said now is not recorded."
            if recording.muted
            else "Listening…"
        )
        self.show_level()
        self.show_progress()
        self.show_prepared()

    def show_level(self) -> None:
        """Show time and level."""
        recording = self._recording
        now = wording.clock(recording.elapsed)
        if now != self.clock.text():
            self.clock.setText(now)
            self.clock.setAccessibleName(f"Recorded {now}")
        self.meter.show_meter(recording.meter, recording.silence)

    def show_prepared(self) -> None:
        """Show how far the draft is prepared; the line keeps its room, so that nothing jumps."""
        self.prepared.setText(wording.prepared(self._recording.prepared_until) or " ")

    def show_progress(self) -> None:
        """Show how far finishing is."""
        self.finishing_words.setText(
            "The sound is safe. The last sentences are being written down."
            if self._recording.sealed
            else "The sound is being closed."
        )
        self.bar.setValue(round(self._recording.fraction * 1000))
