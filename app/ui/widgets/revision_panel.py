"""The panel of editing by instruction: a field with suggestions, the work with a way to stop it, the difference."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.difference import DifferenceRows
from app.ui.viewmodels.revising import Phase, Revising
from app.ui.widgets.difference_view import DifferenceView
from app.ui.widgets.pane import Pane
from app.ui.widgets.parts import Check, MessageBar, button, text

_HIGHEST = 0.55
"""Share of the pane that the difference may take; more is scrolled."""
_LEAST = 60
_COLUMNS = 3
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class InstructionField(QLineEdit):
    """Where the instruction is typed. `picked(number)`: a digit in the empty field picks a suggestion (from 1);

    `entered()` Enter asks.
    """

    picked = Signal(int)
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Instruction. Enter asks, Escape leaves, a digit picks a suggestion.")
        self.setPlaceholderText("Say what to do, for example: shorter, or: add the smoking history")
        self.setMaxLength(400)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        digit = event.key() - Qt.Key.Key_0
        if not self.text() and 1 <= digit <= len(wording.INSTRUCTIONS) and not event.modifiers() & ~_KEYPAD:
            self.picked.emit(digit)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.entered.emit()  # and the key ends here: what has the keyboard now must not get it as well
        else:
            super().keyPressEvent(event)


class RevisionPanel(Pane):
    """Shows a `Revising`. `asked(instruction)`, `accepted()`, `left()` (Escape), `widened(on)` the whole section."""

    asked = Signal(str)
    accepted = Signal()
    left = Signal()
    widened = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.whole = Check("Whole section")
        super().__init__("Edit by instruction", self.whole, role="heading", parent=parent)
        self.whole.toggled.connect(self.widened)
        self.target = text("", "small")
        self.target.setContentsMargins(3 * SPACE, 0, 2 * SPACE, SPACE)
        self.field = InstructionField()
        self.field.entered.connect(self._ask)
        self.field.picked.connect(lambda number: self._pick(number - 1))
        self.message = MessageBar(theme)
        self.rows = DifferenceRows(self)
        self.view = DifferenceView(self.rows, theme)
        self.view.accepted.connect(self.accepted)
        self.notices = text("", "small")
        self.notices.setContentsMargins(3 * SPACE, 0, 2 * SPACE, 0)
        for widget in (self.target, self.message, self._asking(), self._working(), self.view, self.notices):
            self.column.addWidget(widget)
        self.column.addWidget(self._deciding())
        self.hide()

    def _asking(self) -> QWidget:
        self.asking = QWidget()
        rows = QHBoxLayout(self.asking)
        rows.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        rows.setSpacing(2 * SPACE)
        rows.addWidget(self.field, 1)
        self.go = button("Propose", self._ask, "primary", hint="Propose  (Enter)")
        rows.addWidget(self.go)
        self.suggestions = _Suggestions(self._pick)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.asking)
        column.addWidget(self.suggestions)
        self.asking_box = box
        return box

    def _working(self) -> QWidget:
        self.working = QWidget()
        row = QHBoxLayout(self.working)
        row.setContentsMargins(3 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(3 * SPACE)
        self.phrase = text("Wording the lines anew…", "muted")
        self.phrase.setWordWrap(False)
        row.addWidget(self.phrase)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        row.addWidget(self.bar, 1)
        self.stop = button("Stop", self.left.emit, hint="Stop  (Esc)")
        row.addWidget(self.stop)
        return self.working

    def _deciding(self) -> QWidget:
        self.deciding = QWidget()
        row = QHBoxLayout(self.deciding)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, 0)
        row.setSpacing(2 * SPACE)
        self.accept = button("Accept  (Enter)", self.accepted.emit, "primary")
        self.discard = button("Discard  (Esc)", self.left.emit)
        row.addWidget(self.accept)
        row.addWidget(self.discard)
        row.addStretch()
        hint = text("Nothing is changed before you accept.", "small")
        hint.setWordWrap(False)
        row.addWidget(hint)
        self._hint = hint
        return self.deciding

    def show_revising(self, state: Revising) -> None:
        """Show the state; the keyboard goes to where the next key belongs."""
        phase, fresh = state.phase, self.isHidden()
        self.setVisible(phase is not Phase.CLOSED)
        if phase is Phase.CLOSED:
            self.field.clear()
            self.rows.show(None)
            return
        self._show_target(state)
        before = (self.asking_box.isHidden(), self.working.isHidden(), self.view.isHidden())
        self.asking_box.setVisible(phase is Phase.ASKING)
        self.working.setVisible(phase is Phase.WORKING)
        self.bar.setValue(round(state.fraction * 1000))
        deciding = phase in {Phase.PROPOSED, Phase.TAKING}
        if deciding and self.rows.rowCount() == 0:
            self.rows.show(state.revision)
        elif not deciding:
            self.rows.show(None)
        self.view.setVisible(deciding)
        self.deciding.setVisible(deciding)
        self.accept.setEnabled(phase is Phase.PROPOSED)
        self._show_words(state)
        self._fit()
        if fresh or before != (self.asking_box.isHidden(), self.working.isHidden(), self.view.isHidden()):
            self._focus(phase)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: where it is narrow, the buttons are worth more than the hint."""
        super().resizeEvent(event)
        self._hint.setVisible(self.width() > 560)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: Escape goes one step back; Enter does what the button with the keyboard says."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif enter and not event.isAutoRepeat() and isinstance(focus := self.focusWidget(), QPushButton):
            if focus is not self.stop:  # who presses Enter twice wants the proposal, not its end
                focus.click()
        else:
            super().keyPressEvent(event)

    def _show_target(self, state: Revising) -> None:
        if state.section is None:
            return
        whole = state.statement is None
        self.whole.blockSignals(True)
        self.whole.setChecked(whole)
        self.whole.blockSignals(False)
        self.whole.setEnabled(state.phase is Phase.ASKING)
        self.target.setText(wording.revised_lines(state.section, state.statement))

    def _show_words(self, state: Revising) -> None:
        self.message.clear()
        if state.error is not None:
            self.message.error(state.error)
        elif state.notices and state.phase is Phase.ASKING:
            self.message.say("info", wording.NOTHING_TO_CHANGE, " ".join(state.notices))
        notices = state.revision.notices if state.revision is not None else ()
        self.notices.setText("\n".join(notices))
        self.notices.setVisible(bool(notices))

    def _fit(self) -> None:
        above = self.parentWidget()
        most = round(_HIGHEST * above.height()) if above is not None else 300
        self.view.setFixedHeight(max(_LEAST, min(self.view.wanted_height(), most)))

    def _focus(self, phase: Phase) -> None:
        if phase is Phase.ASKING:
            self.field.setFocus()
            self.field.selectAll()
        elif phase is Phase.WORKING:
            self.stop.setFocus()
        elif phase is Phase.PROPOSED:
            self.view.setCurrentIndex(self.rows.first_change())
            self.view.setFocus()

    def _ask(self) -> None:
        if self.field.text().strip():
            self.asked.emit(self.field.text())

    def _pick(self, number: int) -> None:
        _, words, complete = wording.INSTRUCTIONS[number]
        self.field.setText(words)
        self.field.setFocus()
        if complete:
            self._ask()


class _Suggestions(QWidget):
    """Buttons with their digits."""

    def __init__(self, pick: Callable[[int], None]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        grid.setSpacing(SPACE)
        self.buttons = []
        for number, (label, words, _) in enumerate(wording.INSTRUCTIONS):
            made = button(f"{number + 1}  {label}", partial(pick, number), "quiet", hint=f"{words}  ({number + 1})")
            made.setAccessibleName(label)
            self.buttons.append(made)
            grid.addWidget(made, number // _COLUMNS, number % _COLUMNS)
