"""Whether the microphone is being recorded: a shape and a word, so that neither depends on colour."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui import marks
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.announcing import announce
from app.ui.widgets.parts import MarkIcon, text


def state_word(recording: Recording) -> str:
    """The state in one or two words."""
    if recording.phase is Phase.FINISHING:
        return "Finishing the transcript"
    if recording.phase is Phase.DESTROYING:
        return "Deleting"
    if recording.phase is Phase.STARTING:
        return "Starting"
    if recording.paused:
        return "Paused"
    return "Muted" if recording.muted else "Recording"


SHAPES = {"Recording": marks.Shape.RECORDING, "Paused": marks.Shape.PAUSE, "Muted": marks.Shape.MUTE}
"""The shape of each state in which the microphone is open."""


class StateSign(QFrame):
    """Shape and word; `role` is the style of the word. Paused or muted, it stands on a tinted ground.

    With `speaks`, a screen reader says each new state at once.
    """

    def __init__(self, theme: Theme, role: str, size: int, *, speaks: bool = False) -> None:
        super().__init__()
        self.speaks = speaks
        self._theme = theme
        self._calm = False
        self.setProperty("role", "sign")
        self._icon = MarkIcon(theme, marks.Shape.RECORDING, self._ink, size)
        self.word = text("", role)
        self.word.setWordWrap(False)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 2 * SPACE, 2)
        row.setSpacing(2 * SPACE)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.word, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_state(self, recording: Recording) -> None:
        """Show the present state."""
        word = state_word(recording)
        if word != self.word.text():
            self.word.setText(word)
            if self.speaks and recording.phase not in {Phase.IDLE, Phase.TESTING}:
                announce(self, word)
        working = recording.phase is not Phase.RUNNING
        self._calm = working or recording.paused or recording.muted
        self._icon.shape = SHAPES.get(self.word.text(), marks.Shape.RECORDING)
        self._icon.setVisible(not working)
        self._icon.update()
        held = recording.phase is Phase.RUNNING and (recording.paused or recording.muted)
        if held != self.property("held"):
            self.setProperty("held", held)
            self._row.setContentsMargins(2 * SPACE if held else 0, 2, 2 * SPACE, 2)
            for widget in (self, self.word):
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def _ink(self) -> str:
        return self._theme.tokens.partial.ink if self._calm else self._theme.tokens.live
