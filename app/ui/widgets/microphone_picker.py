"""Choosing the microphone before the visit, with its level, and changing it in the middle."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.audio.microphone_choice import MicrophoneChoice
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.microphones import Microphones
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.alarm_bars import bar_kind
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.level_meter import LevelMeter
from app.ui.widgets.parts import Check, Choice, MessageBar, button, text


def fill_choice(box: Choice, microphones: Microphones, current: str | None, first: str) -> None:
    """Put the devices into a list, after an entry that stands for None."""
    box.blockSignals(True)
    box.clear()
    box.addItem(first, None)
    for device in microphones.devices:
        name = f"{device.name} (what this computer plays)" if device.monitor else device.name
        box.addItem(name, device.id)
    box.setCurrentIndex(max(0, box.findData(current)))
    box.blockSignals(False)


class MicrophonePicker(QFrame):
    """`changed` when another microphone was chosen, which then must be opened."""

    changed = Signal()

    def __init__(
        self,
        microphones: Microphones,
        recording: Recording,
        theme: Theme,
        retry: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._microphones = microphones
        self._recording = recording
        self._retry = retry
        self.setProperty("role", "pane")
        self.device = Choice("Microphone")
        self.device.setMinimumContentsLength(16)
        self.device.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.second = Choice("Second microphone")
        self.separate = Check("Keep its two channels apart")
        self.meter = LevelMeter(theme)
        self.hint = text("", "muted")
        self.message = MessageBar(theme)
        self.more = button("More: second microphone, channels apart", self._toggle_more, "flush")
        self._more_open = False
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(text("Microphone", "title"))
        column.addWidget(self.device)
        column.addSpacing(2 * SPACE)
        column.addWidget(self.meter)
        column.addWidget(self.hint)
        column.addWidget(self.message)
        column.addStretch()
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.second_caption = text("Second microphone, on a channel of its own", "heading")
        self.second_caption.setBuddy(self.second)
        for widget in (self.second_caption, self.second, self.separate):
            column.addWidget(widget)
        self.device.currentIndexChanged.connect(lambda _index: self._choose())
        self.second.currentIndexChanged.connect(lambda _index: self._choose())
        self.separate.toggled.connect(lambda _on: self._choose())
        microphones.changed.connect(self.show_devices)
        recording.changed.connect(self.show_level)
        recording.measured.connect(self.show_level)
        recording.alarmed.connect(self.show_level)
        self.show_devices()

    def show_devices(self) -> None:
        """Show what is plugged in and what is chosen."""
        choice = self._microphones.choice
        fill_choice(self.device, self._microphones, choice.device, self._microphones.name_of(None))
        fill_choice(self.second, self._microphones, choice.second, "None")
        self.device.setEnabled(not self._microphones.none_found)
        self.separate.blockSignals(True)
        self.separate.setChecked(choice.separate)
        self.separate.blockSignals(False)
        self.separate.setEnabled(choice.second is None)
        self._show_more(shown=self._more_open or choice.channels == 2)
        self.show_level()

    def show_level(self) -> None:
        """Show the level, and in words whether the microphone hears."""
        if self._recording.phase is not Phase.TESTING:
            return
        open_ = self._recording.microphone_open
        self.meter.show_meter(self._recording.meter if open_ else None, "" if open_ else "Closed")
        hint = self._hint()
        if hint != self.hint.text():
            self.hint.setText(hint)
        self._show_message()

    def _hint(self) -> str:
        if self._recording.microphone_error is not None or self._microphones.none_found:
            return ""
        if not self._recording.microphone_open:
            return "Opening the microphone…"
        heard = self._recording.meter.heard
        return "✓ The microphone hears you." if heard else "Speak: the bar should move."

    def _show_message(self) -> None:
        error = self._microphones.error or self._recording.microphone_error
        if error is not None:
            self.message.say("error", error.message, error.remedy, ("Try again", self._retry))
        elif self._microphones.none_found:
            self.message.say(
                "error",
                "No microphone was found.",
                "Plug one in, then look again. A recording from a file can be opened all the same.",
                ("Look again", self._retry),
            )
        elif self._recording.alarms:
            alarm = self._recording.alarms[0]
            self.message.say(bar_kind(alarm), alarm.message, alarm.remedy)
        elif self._microphones.missing:
            self.message.say(
                "info",
                f"{self._microphones.missing} is not plugged in.",
                f"{self._microphones.name_of(None)} is used instead.",
                ("Look again", self._retry),
            )
        else:
            self.message.clear()

    def _choose(self) -> None:
        device, second = self.device.currentData(), self.second.currentData()
        if second is not None and second == device:
            second = None
        separate = self.separate.isChecked() and second is None
        self._microphones.choose(MicrophoneChoice(device, second, separate))
        self.changed.emit()

    def _toggle_more(self) -> None:
        self._more_open = not self._more_open
        self._show_more(shown=self._more_open)

    def _show_more(self, *, shown: bool) -> None:
        self._more_open = shown
        for widget in (self.second_caption, self.second, self.separate):
            widget.setVisible(shown)
        self.more.setVisible(not shown)


class MicrophoneSheet(Sheet):
    """Another microphone in the middle of a visit. `chosen()` after the choice was remembered."""

    chosen = Signal()

    def __init__(self, microphones: Microphones, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Change microphone", parent)
        self._microphones = microphones
        self.column.addWidget(text("The recording goes on; the transcript shows where it changed.", "muted"))
        self.device = Choice("Microphone")
        self.column.addWidget(self.device)
        self.message = MessageBar(theme)
        self.column.addWidget(self.message)
        self.go = button("Use it", self._use, "primary")
        self.add_buttons(self.cancel_button(), button("Look again", microphones.look), self.go)
        microphones.changed.connect(self._show)
        self._show()
        microphones.look()
        self.device.setFocus()

    def _show(self) -> None:
        fill_choice(self.device, self._microphones, self._microphones.choice.device, self._microphones.name_of(None))
        self.go.setEnabled(bool(self._microphones.devices))
        if self._microphones.error is not None:
            self.message.error(self._microphones.error)
        elif self._microphones.none_found:
            self.message.say("error", "No microphone was found.", "Plug one in, then look again.")
        else:
            self.message.clear()

    def _use(self) -> None:
        before = self._microphones.choice
        self._microphones.choose(MicrophoneChoice(self.device.currentData(), before.second, before.separate))
        self.accept()
        self.chosen.emit()
