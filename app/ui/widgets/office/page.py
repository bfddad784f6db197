"""What the pages behind the visits share: a heading, a line below it, a place for messages, rows of settings."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import SPACE, Theme
from app.ui.widgets.parts import MessageBar, text


class OfficePage(QWidget):
    """`refresh` is called whenever the page comes into sight."""

    def __init__(self, title: str, lead: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(6 * SPACE, 4 * SPACE, 6 * SPACE, 4 * SPACE)
        self.column.setSpacing(2 * SPACE)
        self.title, self.lead = text(title, "display"), text(lead, "muted")
        self.message = MessageBar(theme)
        for widget in (self.title, self.lead, self.message):
            self.column.addWidget(widget)
        self.column.addSpacing(SPACE)

    def refresh(self) -> None:
        """Read anew what is shown."""


class SettingRow(QFrame):
    """One setting: what it is, how it stands and what that means, and buttons for it at the right."""

    def __init__(self, title: str, *buttons: QPushButton) -> None:
        super().__init__()
        self.setProperty("role", "setting")
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        row.setSpacing(2 * SPACE)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title, self.state, self.detail = text(title, "heading"), text(""), text("", "muted")
        for label in (self.title, self.state, self.detail):
            words.addWidget(label)
        row.addLayout(words, 1)
        for button in buttons:
            button.setAccessibleName(f"{title}: {button.text().rstrip('…')}")
            row.addWidget(button)

    def say(self, state: str, detail: str = "") -> None:
        """How it stands; an empty line takes no room."""
        for label, words in ((self.state, state), (self.detail, detail)):
            label.setText(words)
            label.setVisible(bool(words))


def settings(*rows: SettingRow) -> QFrame:
    """Rows below each other in a frame."""
    frame = QFrame()
    frame.setProperty("role", "pane")
    column = QVBoxLayout(frame)
    column.setContentsMargins(1, 1, 1, 1)
    column.setSpacing(0)
    for number, row in enumerate(rows):
        row.setProperty("first", number == 0)
        column.addWidget(row)
    frame.setMaximumWidth(860)
    return frame
