"""Signing and addenda: what is signed is on the screen, and the passphrase is asked again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.errors import AnamnesisError
from app.domain.note import Note
from app.domain.people import User
from app.ui import wording
from app.ui.tasks import UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.parts import Check, Choice, MessageBar, button, line, text

MEANINGS = {
    "I wrote this note": "authorship",
    "I approve this note": "approval",
    "I take responsibility for this note": "responsibility",
}
"""What a signature can stand for (21 CFR 11.50(a)(3)), in words and as stored."""


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
    """`wanted(passphrase, meaning, acknowledged)`."""

    wanted = Signal(str, str, bool)

    def __init__(self, note: Note, user: User, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Sign this note", "Sign", user, theme, parent, width=720)
        self.doubtful = wording.doubtful(note)
        self.content = QPlainTextEdit(plain_note(note))
        self.content.setReadOnly(True)
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName("The note to be signed")
        self.content.setMinimumHeight(300)
        self.column.addWidget(self.content, 1)
        self.column.addWidget(text("Once signed, this version cannot be changed; addenda can follow.", "small"))
        self.acknowledged = Check()
        if self.doubtful:
            bar = MessageBar(theme, self)
            count = len(self.doubtful)
            bar.say(
                "warning",
                f"{wording.plural(count, 'statement is', 'statements are')} in doubt: {wording.doubts(note)}.",
                "They are marked in the text above.",
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
        self.meaning = Choice("What the signature stands for")
        for words, stored in MEANINGS.items():
            self.meaning.addItem(words, stored)
        caption = text("The signature says", "heading")
        caption.setBuddy(self.meaning)
        self.column.addWidget(caption)
        self.column.addWidget(self.meaning)
        self.given.connect(self._hand_over)
        self.finish_layout()
        (self.acknowledged if self.doubtful else self.passphrase).setFocus()

    @property
    def complete(self) -> bool:
        """Doubtful statements must be acknowledged."""
        return not self.doubtful or self.acknowledged.isChecked()

    def _hand_over(self) -> None:
        self.wanted.emit(self.passphrase.text(), self.meaning.currentData(), self.acknowledged.isChecked())


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
