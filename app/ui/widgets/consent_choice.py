"""The consent before the recording: the words to read out, and one key for the answer."""

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.ui.contracts import ConsentWording
from app.ui.theme import SPACE, Theme
from app.ui.widgets.parts import button, line, text

_PATIENT = "patient"
_ANSWERS: dict[str, tuple[str, ConsentMethod | None]] = {
    "V": ("Yes, verbal", ConsentMethod.VERBAL),
    "W": ("Yes, written", ConsentMethod.WRITTEN),
    "G": ("Yes, guardian", ConsentMethod.GUARDIAN),
    "D": ("Declined", None),
}


class _Words(QPlainTextEdit):
    """The wording, as high as it needs to be where there is room."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Words to read out")
        self.setMinimumHeight(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self.updateGeometry())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        lines = self.document().documentLayout().documentSize().height()  # a plain text counts in lines
        return QSize(360, round(lines * self.fontMetrics().lineSpacing()) + 6 * SPACE)


class ConsentChoice(QFrame):
    """`changed` when the answer is another one."""

    changed = Signal()

    def __init__(self, wording: ConsentWording, theme: Theme, *, required: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._required = required
        self._theme = theme
        self._at = datetime.now(UTC)
        self.setProperty("role", "pane")
        self.words = _Words(wording.text)
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.guardian = line("Name of the guardian", placeholder="Name of the guardian")
        self.guardian.textChanged.connect(lambda _text: self.changed.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(text("Consent" if required else "Consent (not required here)", "title"))
        column.addWidget(text("Say it in these or your own words, then note the answer.", "muted"))
        column.addWidget(self.words)
        column.addLayout(self._make_answers())
        column.addWidget(self.guardian)
        theme.changed.connect(self._set_reading_size)
        self._set_reading_size()
        self.start()

    def _make_answers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(2 * SPACE)
        for number, (key, (words, _method)) in enumerate(_ANSWERS.items()):
            made = button("", lambda key=key: self.answer(key), hint=f"Key {key}")  # type: ignore[misc] # the default only binds the loop's key
            made.setCheckable(True)
            made.setAccessibleName(words)
            self._group.addButton(made)
            self.buttons[key] = made
            grid.addWidget(made, number // 2, number % 2)
        return grid

    def start(self) -> None:
        """Nothing is answered yet."""
        self._group.setExclusive(False)
        for made in self.buttons.values():
            made.setChecked(False)
        self._group.setExclusive(True)
        self.guardian.clear()
        self._refresh()

    def answer(self, key: str) -> None:
        """Note an answer by its key: V, W, G or D."""
        self.buttons[key].setChecked(True)
        self._at = datetime.now(UTC)
        self._refresh()
        (self.guardian if key == "G" else self.buttons[key]).setFocus()
        self.changed.emit()

    def to_answers(self) -> None:
        """Put the keyboard on the answers (a focus proxy would take the words out of the tab order)."""
        self.buttons["V"].setFocus()

    @property
    def key(self) -> str:
        """The answer's key; empty while there is none."""
        return next((key for key, made in self.buttons.items() if made.isChecked()), "")

    @property
    def declined(self) -> bool:
        """Whether the patient said no."""
        return self.key == "D"

    @property
    def missing(self) -> str:
        """What is still to be asked; empty if the recording may start."""
        if self.key == "G" and not self.guardian.text().strip():
            return "Type the guardian's name."
        if self._required and not self.key:
            return "Ask the patient, then press V for a spoken yes."
        return ""

    @property
    def consent(self) -> Consent | None:
        """The answer, at the moment when it was noted; None if nobody was asked."""
        if not self.key:
            return None
        method = _ANSWERS[self.key][1]
        decision = ConsentDecision.DECLINED if self.declined else ConsentDecision.GIVEN
        who = self.guardian.text().strip() if method is ConsentMethod.GUARDIAN else _PATIENT
        return Consent(decision, method, who, self._wording.id, self._at)

    def _set_reading_size(self) -> None:
        self.words.setFont(self._theme.font(1.12))  # read out at arm's length
        self.words.updateGeometry()

    def _refresh(self) -> None:
        for key, (words, _method) in _ANSWERS.items():
            made = self.buttons[key]
            made.setText(f"{'✓ ' if made.isChecked() else ''}{words}  ({key})")
        self.guardian.setVisible(self.key == "G")
