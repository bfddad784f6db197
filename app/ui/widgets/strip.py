"""The small window that stays on top while a visit is recorded. It never names a patient."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui import wording
from app.ui.preferences import Preferences
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.actions import Actions
from app.ui.widgets.level_meter import LevelMeter
from app.ui.widgets.parts import button, for_action, text
from app.ui.widgets.state_sign import StateSign

_MARGIN = 24  # px from the screen's edge, where it stands at first


class RecordingStrip(QFrame):
    """`back_wanted()` asks for the main window."""

    back_wanted = Signal()

    def __init__(self, recording: Recording, actions: Actions, theme: Theme, preferences: Preferences) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint,
        )
        self._recording = recording
        self._preferences = preferences
        self._grip: QPoint | None = None
        self._locked = False
        self.setProperty("role", "strip")
        self.setWindowTitle("Anamnesis recording")
        self.setAccessibleName("Recording")
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.sign = StateSign(theme, "heading", 14)
        self.clock = text("0:00", "title")
        self.clock.setWordWrap(False)
        self.meter = LevelMeter(theme, words=False)
        self.meter.setFixedWidth(90)
        self.alarm = text("")
        self.content_buttons: list[QPushButton] = [
            for_action(a) for a in (actions.pause, actions.bookmark, actions.mute)
        ]
        self.stop = button("Stop", actions.record.trigger, "primary", "F9")
        self.stop.setAccessibleName("Stop recording")
        self.back = button("Window", self.back_wanted.emit, hint="Back to the window  (Esc)")
        self.back.setAccessibleName("Back to the window")
        self._content = QWidget()  # hidden as one: each button follows its action's visibility
        inner = QHBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2 * SPACE)
        for content in self.content_buttons:
            inner.addWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        for widget in (self.sign, self.clock, self.meter):
            row.addWidget(widget)
        row.addStretch()
        for made in (self._content, self.stop, self.back):
            row.addWidget(made)
        column.addLayout(row)
        column.addWidget(self.alarm)
        self.alarm.hide()
        for action in (actions.record, actions.pause, actions.bookmark, actions.mute, actions.strip):
            self.addAction(action)

    def appear(self) -> None:
        """Show it where it was left, wholly on a screen."""
        self.show_state()
        self.adjustSize()
        place = self._preferences.strip_place
        screens = QGuiApplication.screens()
        if place is None or not any(s.availableGeometry().contains(place) for s in screens):
            free = QGuiApplication.primaryScreen().availableGeometry()
            place = QPoint(free.right() - self.width() - _MARGIN, free.top() + _MARGIN)
        self.move(place)
        self.show()

    def set_locked(self, on: bool) -> None:
        """While the screen is locked only time and stop are offered."""
        self._locked = on
        self._content.setVisible(not on)
        self.adjustSize()

    def show_state(self) -> None:
        """Show phase, pause, mute and alarms."""
        recording = self._recording
        self.sign.show_state(recording)
        worst = recording.alarms[0] if recording.alarms else None
        self.alarm.setVisible(worst is not None)
        self.alarm.setText(f"⚠ {worst.message} {worst.remedy}".strip() if worst is not None else "")
        self.stop.setEnabled(recording.phase is Phase.RUNNING)
        self.show_level()
        if self.isVisible():
            self.adjustSize()

    def show_level(self) -> None:
        """Show time and level."""
        now = wording.clock(self._recording.elapsed)
        if now != self.clock.text():
            self.clock.setText(now)
        self.meter.show_meter(self._recording.meter, self._recording.silence)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: closing it means going back, never stopping."""
        event.ignore()
        self.back_wanted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: it can be dragged anywhere."""
        handle = self.windowHandle()
        if handle is not None and handle.startSystemMove():
            return
        self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        self._grip = None
        self._preferences.strip_place = self.pos()

    def hideEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """See Qt: the place is remembered."""
        self._preferences.strip_place = self.pos()
        super().hideEvent(event)  # type: ignore[arg-type] # Qt hands in a QHideEvent
