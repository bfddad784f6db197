"""Signing and addenda: what is signed is on the screen, and the passphrase is asked again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from app.domain.errors import AnamnesisError
from app.domain.note import Note
from app.domain.people import User
from app.ui import wording
from app.ui.tasks import UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.unnoted import UnnotedList
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.parts import Check, Choice, MessageBar, button, line, text
from app.ui.widgets.unnoted_warning import UnnotedWarning

MEANINGS = {
    "I wrote this note": "authorship",
    "I approve this note": "approval",
    "I take responsibility for this note": "responsibility",
}
"""What a signature can stand for (21 CFR 11.50(a)(3)), in words and as stored."""

_USUAL_HEIGHT = 780
_FRAME = 40
"""What the title bar of a window takes of the screen."""
_LEAST_TEXT = 80
"""Pixels of the note that stay in sight on a small screen, with every warning below it."""


def plain_note(note: Note) -> str:
    """The note as text, doubtful statements with their mark and reasons."""
    lines: list[str] = []
    for section in note.sections:
        lines.append(section.title.upper())
        for s in section.statements:
            mark = f"  [{wording.mark_of(s)}]" if wording.is_doubtful(s) else ""
            lines.append(f"• {s.text}{mark}")
            lines.extend(f"      {reason}" for reason in wording.reasons_of(s) if wording.is_doubtful(s))
        if not section.statements:
            lines.append("  Nothing noted.")
        lines.append("")
    return "\n".join(lines).strip()


class _PassphraseSheet(Sheet):
    """A dialog that ends with the passphrase and waits for the vault's answer; `given` when it was submitted."""

    given = Signal()

    def __init__(self, title: str, do: str, user: User, theme: Theme, parent: QWidget | None, width: int) -> None:
        super().__init__(title, parent, width)
        self._do = do
        self._busy = False
        self.message = MessageBar(theme)
        self.passphrase = line("Passphrase", secret=True)
        self.go = button(do, self.submit, "primary")
        roles = ", ".join(sorted(user.roles))
        self.column.addWidget(text(f"As {user.display_name}, {roles}.", "muted"))

    def finish_layout(self) -> None:
        """Add passphrase, message and buttons under the content."""
        caption = text("Your passphrase, to sign", "heading")
        caption.setBuddy(self.passphrase)
        self.column.addSpacing(SPACE)
        self.column.addWidget(caption)
        self.column.addWidget(self.passphrase)
        self.column.addWidget(self.message)
        self.add_buttons(self.cancel_button(), self.go)
        self.passphrase.textChanged.connect(self.refresh)
        self.passphrase.returnPressed.connect(self.submit)
        self.refresh()

    @property
    def complete(self) -> bool:
        """Whether everything but the passphrase is given."""
        return True

    def submit(self) -> None:
        """Hand over what was given."""
        if not self.go.isEnabled():
            return
        self.message.clear()
        self._set_busy(True)
        self.given.emit()

    def on_failed(self, error: AnamnesisError) -> None:
        """Show why it was refused; the dialog stays."""
        self._set_busy(False)
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def refresh(self) -> None:
        """Enable the main button when everything is there."""
        self.go.setEnabled(self.complete and bool(self.passphrase.text()) and not self._busy)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.go.setText("Signing…" if busy else self._do)
        self.refresh()


class SignDialog(_PassphraseSheet):
    """`wanted(passphrase, meaning, acknowledged, left_out)`; `back_to_list()` closed to look at what is left out.

    `found` tells what was said and is not in the note; while that is looked for nobody can sign.
    """

    wanted = Signal(str, str, bool, int)
    back_to_list = Signal()

    def __init__(
        self, note: Note, user: User, theme: Theme, parent: QWidget | None = None, found: UnnotedList | None = None
    ) -> None:
        super().__init__("Sign this note", "Sign", user, theme, parent, width=720)
        self.doubtful = wording.doubtful(note)
        self.missing = UnnotedWarning(found, theme) if found is not None else None
        self.content = QPlainTextEdit(plain_note(note))
        self.content.setReadOnly(True)
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName("The note to be signed")
        self.content.setMinimumHeight(_LEAST_TEXT)
        self.column.addWidget(self.content, 1)
        self.column.addWidget(text("Once signed, this version cannot be changed; addenda can follow.", "small"))
        self.acknowledged = Check()
        if self.doubtful:
            bar = MessageBar(theme, self)
            count = len(self.doubtful)
            bar.say(
                "warning",
                f"{wording.plural(count, 'statement is', 'statements are')} in doubt: {wording.doubts(note)}.",
                "It is marked in the text above." if count == 1 else "They are marked in the text above.",
            )
            self.column.addWidget(bar)
            self.acknowledged.setText(
                "I have checked it and sign the note as it is"
                if count == 1
                else f"I have checked all {count} and sign the note as it is"
            )
            self.acknowledged.setAccessibleName(self.acknowledged.text())
            self.column.addWidget(self.acknowledged)
            self.acknowledged.toggled.connect(self.refresh)
        if self.missing is not None:
            self.column.addWidget(self.missing)
            self.missing.changed.connect(self.refresh)
            self.missing.look_wanted.connect(self.reject)
            self.rejected.connect(self._go_back)
        self.meaning = Choice("What the signature stands for")
        for words, stored in MEANINGS.items():
            self.meaning.addItem(words, stored)
        caption = text("The signature says", "heading")
        caption.setWordWrap(False)
        caption.setBuddy(self.meaning)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(caption)
        row.addWidget(self.meaning, 1)
        self.column.addLayout(row)
        self.given.connect(self._hand_over)
        self.finish_layout()
        room = self.screen().availableGeometry().height() - _FRAME
        self.resize(self.minimumWidth(), min(_USUAL_HEIGHT, room))
        self._first().setFocus()

    @property
    def complete(self) -> bool:
        """Doubtful statements, and what was said and is left out, must be acknowledged."""
        compared = self.missing is None or self.missing.settled
        return compared and (not self.doubtful or self.acknowledged.isChecked())

    def _first(self) -> QWidget:
        if self.doubtful:
            return self.acknowledged
        return self.missing.acknowledged if self.missing is not None and self.missing.asks else self.passphrase

    def _go_back(self) -> None:
        """Whoever closes the dialog with something left out unacknowledged comes to the list."""
        if self.missing is not None and self.missing.asks and not self.missing.settled:
            self.back_to_list.emit()

    def _hand_over(self) -> None:
        left_out = self.missing.left_out if self.missing is not None else 0
        self.wanted.emit(self.passphrase.text(), self.meaning.currentData(), self.acknowledged.isChecked(), left_out)


class AddendumDialog(_PassphraseSheet):
    """`wanted(text, passphrase)`."""

    wanted = Signal(str, str)

    def __init__(self, user: User, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Add an addendum", "Sign addendum", user, theme, parent, width=560)
        self.column.addWidget(text("The signed note stays as it is. The addendum is added below it, signed by you."))
        self.content = QPlainTextEdit()
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName("Addendum")
        self.content.setMinimumHeight(140)
        self.column.addWidget(self.content)
        self.content.textChanged.connect(self.refresh)
        self.given.connect(self._hand_over)
        self.finish_layout()
        self.content.setFocus()

    @property
    def complete(self) -> bool:
        """There must be a text."""
        return bool(self.content.toPlainText().strip())

    def _hand_over(self) -> None:
        self.wanted.emit(self.content.toPlainText().strip(), self.passphrase.text())
