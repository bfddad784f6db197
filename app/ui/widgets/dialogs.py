"""The small dialogs: label of a visit, messages, typed text that could not be saved, keys, a crash."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import AnamnesisError
from app.ui.theme import SPACE
from app.ui.widgets.parts import button, line, text


class Sheet(QDialog):
    """A dialog with a title, content, and a row of buttons. It is deleted when it closes.

    While the screen is locked new ones wait, because they may name a patient; those that never do set
    `shown_when_locked`.
    """

    shown_when_locked = False
    _waiting: ClassVar[list["Sheet"] | None] = None

    def __init__(self, title: str, parent: QWidget | None, width: int = 480) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(6 * SPACE, 5 * SPACE, 6 * SPACE, 5 * SPACE)
        self.column.setSpacing(2 * SPACE)
        self.column.addWidget(text(title, "title"))
        self._buttons: list[QPushButton] = []

    @staticmethod
    def withhold() -> None:
        """From now on new dialogs wait."""
        Sheet._waiting = []

    @staticmethod
    def release() -> None:
        """Show what waited."""
        waiting, Sheet._waiting = Sheet._waiting or [], None
        for sheet in waiting:
            if shiboken6.isValid(sheet):
                sheet.show()

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        if visible and Sheet._waiting is not None and not self.shown_when_locked:
            Sheet._waiting.append(self)
        else:
            super().setVisible(visible)

    def add_buttons(self, *buttons: QPushButton) -> None:
        """Put buttons at the right; the last one is the main one."""
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addStretch()
        for widget in buttons:
            row.addWidget(widget)
        self.column.addSpacing(2 * SPACE)
        self.column.addLayout(row)
        buttons[-1].setDefault(True)

    def cancel_button(self, label: str = "Cancel") -> QPushButton:
        """A button that closes the dialog without doing anything."""
        return button(label, self.reject)


class LabelDialog(Sheet):
    """Asks for the patient label. `given(label)`."""

    given = Signal(str)

    def __init__(self, title: str, lead: str, label: str, do: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.column.addWidget(text(lead, "muted"))
        self.label = line("Patient label")
        self.label.setText(label)
        self.label.selectAll()
        caption = text("Patient label", "heading")
        caption.setBuddy(self.label)
        self.column.addSpacing(SPACE)
        self.column.addWidget(caption)
        self.column.addWidget(self.label)
        self.column.addWidget(text("Name, initials or record number. Stored encrypted.", "small"))
        self._go = button(do, self._give, "primary")
        self.add_buttons(self.cancel_button(), self._go)
        self.label.textChanged.connect(self._refresh)
        self._refresh()
        self.label.setFocus()

    def _refresh(self) -> None:
        self._go.setEnabled(bool(self.label.text().strip()))

    def _give(self) -> None:
        self.given.emit(self.label.text().strip())
        self.accept()


class MessageDialog(Sheet):
    """Tells a declared error and what to do."""

    def __init__(self, title: str, error: AnamnesisError, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.column.addWidget(text(error.message))
        if error.remedy:
            self.column.addWidget(text(error.remedy, "muted"))
        self.add_buttons(button("Close", self.accept, "primary"))


class UnsavedTextDialog(Sheet):
    """Gives typed text back that could not be saved, so that it is not lost."""

    def __init__(self, error: AnamnesisError, typed: str, parent: QWidget | None = None) -> None:
        super().__init__("Not saved", parent)
        self.column.addWidget(text(error.message))
        if error.remedy:
            self.column.addWidget(text(error.remedy, "muted"))
        self.column.addSpacing(SPACE)
        self.column.addWidget(text("What you typed, to copy and use again:", "heading"))
        self.typed = QPlainTextEdit(typed)
        self.typed.setReadOnly(True)
        self.typed.setTabChangesFocus(True)
        self.typed.setAccessibleName("What you typed")
        self.typed.setFixedHeight(90)
        self.typed.selectAll()
        self.column.addWidget(self.typed)
        self.add_buttons(button("Close", self.accept, "primary"))


class ConfirmDialog(Sheet):
    """A question with two answers. `accepted()` is the second; if it destroys something, Enter means the first."""

    def __init__(
        self, title: str, question: str, stay: str, go: str, parent: QWidget | None = None, *, destroys: bool = False
    ) -> None:
        super().__init__(title, parent)
        self.column.addWidget(text(question))
        self.go = button(go, self.accept, "" if destroys else "primary")
        self.stay = button(stay, self.reject, "primary" if destroys else "")
        self.add_buttons(*((self.go, self.stay) if destroys else (self.stay, self.go)))
        (self.stay if destroys else self.go).setFocus()


class CrashDialog(Sheet):
    """Says that the program was wrong, what is safe, and where the entry lies. It names no patient."""

    shown_when_locked = True

    def __init__(self, entry: str, file: Path, parent: QWidget | None = None) -> None:
        super().__init__("Something went wrong in Anamnesis", parent)
        self.column.addWidget(text("The last step may not have been done. Everything stored before is safe."))
        self.column.addWidget(
            text(
                "Please send the line below to your IT. It names places in the program, nothing about a patient.",
                "muted",
            )
        )
        self.entry = QPlainTextEdit(entry)
        self.entry.setReadOnly(True)
        self.entry.setTabChangesFocus(True)
        self.entry.setAccessibleName("Log entry")
        self.entry.setFixedHeight(90)
        self.column.addWidget(self.entry)
        self.column.addWidget(text(f"Also in {file}", "small"))
        self.add_buttons(button("Close", self.accept, "primary"))


class KeysDialog(Sheet):
    """The keys, made from the commands themselves."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__("Keys", parent, width=640)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE)
        grid.setVerticalSpacing(SPACE)
        shown = [a for a in actions if not a.shortcut().isEmpty()]
        with_visits = any(a.shortcut().toString() == "F9" for a in shown)
        half = (len(shown) + 1) // 2
        for number, action in enumerate(shown):
            row, column = number % half, 3 * (number // half)
            keys = " or ".join(k.toString().replace("Return", "Enter") for k in action.shortcuts()[:2])
            for offset, label in enumerate((text(action.text().replace("&", "").rstrip("…")), text(keys, "muted"))):
                label.setWordWrap(False)
                grid.addWidget(label, row, column + offset)
        grid.setColumnMinimumWidth(2, 6 * SPACE)
        self.column.addLayout(grid)
        if with_visits:
            self.column.addWidget(text("F9 opens a new visit, starts its recording, and stops it.", "small"))
            self.column.addWidget(text("While typing a statement: Enter saves, Escape leaves it as it was.", "small"))
        self.add_buttons(button("Close", self.accept, "primary"))
