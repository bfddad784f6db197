"""Before the visit: who, consent, microphone. Made for three keys: F9, V, F9."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.recording import Consent
from app.ui.contracts import Recordings
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.microphones import Microphones
from app.ui.viewmodels.note_types import NoteTypes
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.actions import Actions
from app.ui.widgets.consent_choice import ConsentChoice
from app.ui.widgets.microphone_picker import MicrophonePicker
from app.ui.widgets.note_type_picker import NoteTypePicker
from app.ui.widgets.parts import MessageBar, button, line, text
from app.ui.widgets.style_picker import StylePicker


class NewVisitPage(QWidget):
    """`start_wanted(title, consent)`, `declined(title, consent)`, `left()`."""

    start_wanted = Signal(str, object)
    declined = Signal(str, object)
    left = Signal()

    def __init__(
        self,
        recordings: Recordings,
        microphones: Microphones,
        recording: Recording,
        actions: Actions,
        theme: Theme,
        note_types: NoteTypes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._note_types = note_types
        self.note_type = NoteTypePicker(note_types)
        self.style_picker = StylePicker(note_types.styles)
        self._microphones = microphones
        self._recording = recording
        self._busy = False
        self.label = line("Patient label")
        self.label.returnPressed.connect(self._to_consent)
        self.consent = ConsentChoice(recordings.wording, theme, required=recordings.policy.consent_required)
        self.microphone = MicrophonePicker(microphones, recording, theme, self.test_microphone)
        self.message = MessageBar(theme)
        self.missing = text("", "muted")
        self.missing.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.start = button("", self.go, "primary")
        self._lay_out(actions)
        self.label.textChanged.connect(lambda _text: self.refresh())
        self.consent.changed.connect(self._on_consent)
        self.microphone.changed.connect(self.test_microphone)
        recording.changed.connect(self.refresh)
        microphones.changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self, actions: Actions) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * SPACE, 4 * SPACE, 6 * SPACE, 0)
        column.setSpacing(3 * SPACE)
        column.addWidget(text("New visit", "display"))
        field = QHBoxLayout()
        field.setSpacing(3 * SPACE)
        caption = text("Patient label", "heading")
        caption.setWordWrap(False)
        caption.setBuddy(self.label)
        field.addWidget(caption)
        self.label.setMinimumWidth(220)
        field.addWidget(self.label, 2)
        hint = text("Name, initials or record number. Stored encrypted.", "small")
        field.addWidget(hint, 3)
        column.addLayout(field)
        self.note_type.caption.setMinimumWidth(caption.sizeHint().width())
        self.style_picker.caption.setMinimumWidth(caption.sizeHint().width())
        column.addWidget(self.note_type)
        column.addWidget(self.style_picker)
        column.addWidget(self.message)
        panes = QHBoxLayout()
        panes.setSpacing(3 * SPACE)
        panes.addWidget(self.consent, 3)
        panes.addWidget(self.microphone, 2)
        column.addLayout(panes)
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 0, 3 * SPACE)
        bar.setSpacing(3 * SPACE)
        bar.addWidget(button("Back", self.left.emit, hint="Esc"))
        bar.addWidget(button("Open a recording instead…", actions.open_recording.trigger, "link", "Ctrl+O"))
        bar.addWidget(self.missing, 1)
        bar.addWidget(self.start)
        column.addLayout(bar)
        column.addStretch(1)

    def begin(self) -> None:
        """A fresh form; the microphone opens."""
        now = datetime.now(UTC).astimezone()
        self._busy = False
        self.label.setText(f"Visit {now.day} {now:%b %H:%M}")
        self.consent.start()
        self.message.clear()
        self._note_types.look()
        self._microphones.look()
        self._recording.test()
        self.consent.to_answers()
        self.refresh()

    def test_microphone(self) -> None:
        """Look again what is plugged in, and open the chosen one."""
        self._microphones.look()
        if not self.consent.declined:
            self._recording.test()

    @property
    def obstacle(self) -> str:
        """Why the visit cannot start; empty if it can."""
        if not self.label.text().strip():
            return "Type a patient label."
        if self.consent.declined:
            return ""
        if self._microphones.none_found and not self._recording.microphone_open:
            return "There is no microphone."
        return self.consent.missing

    def go(self) -> None:
        """Start the recording, or, if it was declined, the note by hand."""
        if self.obstacle or self._busy:
            return
        self._busy = True
        self.message.clear()
        wanted: Callable[[str, Consent | None], None] = (
            self.declined.emit if self.consent.declined else self.start_wanted.emit
        )
        wanted(self.label.text().strip(), self.consent.consent)
        self.refresh()

    def retry(self) -> None:
        """The start failed: let it be tried again."""
        self._busy = False
        self.refresh()

    def refresh(self) -> None:
        """Show what is missing."""
        obstacle = self.obstacle
        self.missing.setText(obstacle)
        self.start.setEnabled(not obstacle and not self._busy)
        declined = self.consent.declined
        words = "Write the note by hand" if declined else "Start recording"
        starting = self._busy or self._recording.phase is Phase.STARTING
        self.start.setText("Starting…" if starting else f"{words}  (F9)")
        self.start.setAccessibleName(words)
        self.start.setToolTip("F9 or Ctrl+Enter")
        self.microphone.setVisible(not declined)
        for picker in (self.note_type, self.style_picker):
            picker.setVisible(not declined)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: V, W, G, D answer the consent; Escape leaves."""
        letter = event.text().upper()
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif letter in self.consent.buttons and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.consent.answer(letter)
        else:
            super().keyPressEvent(event)

    def _to_consent(self) -> None:
        self.consent.to_answers()

    def _on_consent(self) -> None:
        if self.consent.declined:
            self._recording.end_test()
            self.message.say(
                "info",
                "No recording will be made.",
                "The refusal is stored with the visit; the note can be written by hand.",
            )
        else:
            self.message.clear()
            if self._recording.phase is Phase.IDLE:
                self._recording.test()
        self.refresh()
