"""What is wrong with the recording just now, each in a bar of its own, the worst first."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.live import Alarm, AlarmKind
from app.ui.theme import SPACE, Theme
from app.ui.widgets.announcing import announce
from app.ui.widgets.parts import MessageBar

_BARS = {
    AlarmKind.DEVICE_GONE: "error",
    AlarmKind.DISK_LOW: "error",
    AlarmKind.SOUND_LOST: "error",
    AlarmKind.DEVICE_BACK: "info",
    AlarmKind.TEXT_LATE: "info",
}
_PASSING = {AlarmKind.SOUND_LOST, AlarmKind.TEXT_LATE}  # they tell of something that has happened

Act = Callable[[], None]


def bar_kind(alarm: Alarm) -> str:
    """The kind of message bar for an alarm."""
    return _BARS.get(alarm.kind, "warning")


class AlarmBars(QWidget):
    """`switch_back`, `choose` and `dismiss(kind)` are what the bars' buttons do."""

    def __init__(
        self,
        theme: Theme,
        switch_back: Act,
        choose: Act,
        dismiss: Callable[[AlarmKind], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._switch_back = switch_back
        self._choose = choose
        self._dismiss = dismiss
        self._shown: list[Alarm] = []
        self.bars: list[MessageBar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * SPACE)
        self.hide()

    def show_alarms(self, alarms: list[Alarm]) -> None:
        """Show these and say the new ones to a screen reader."""
        if alarms == self._shown:
            return
        for alarm in alarms:
            if alarm not in self._shown:
                announce(self, f"{alarm.message} {alarm.remedy}".strip())
        self._shown = list(alarms)
        while len(self.bars) < len(alarms):
            made = MessageBar(self._theme, self)
            self.bars.append(made)
            self._column.addWidget(made)
        for bar, alarm in zip(self.bars, alarms, strict=False):
            bar.say(bar_kind(alarm), alarm.message, alarm.remedy, self._action(alarm))
        for bar in self.bars[len(alarms) :]:
            bar.clear()
        self.setVisible(bool(alarms))

    def _action(self, alarm: Alarm) -> tuple[str, Act] | None:
        if alarm.kind is AlarmKind.DEVICE_BACK:
            return "Switch back", self._switch_back
        if alarm.kind in {AlarmKind.DEVICE_GONE, AlarmKind.NOTHING_HEARD}:
            return "Choose microphone…", self._choose
        if alarm.kind in _PASSING:
            return "Hide", lambda: self._dismiss(alarm.kind)
        return None
