"""A sheet that does one act: fields, the answer of the vault in place, and a main button."""

from abc import abstractmethod
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from app.domain.errors import AnamnesisError
from app.ui.tasks import Lane, Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.parts import MessageBar, button, text


class ActSheet(Sheet):
    """`settled(result)` once the vault has done it; a refusal is shown and the sheet stays.

    Subclasses add their fields, then call `finish`; they override `complete` and `work`. While the act runs the sheet
    cannot be closed, so that nobody thinks it was taken back. If it destroys something, Enter means leaving.
    """

    settled = Signal(object)

    def __init__(
        self,
        title: str,
        do: str,
        doing: str,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        width: int = 480,
        destroys: bool = False,
        lane: Lane = Lane.VAULT,
    ) -> None:
        super().__init__(title, parent, width)
        self.theme = theme
        self._tasks = tasks
        self._words = (do, doing)
        self._destroys = destroys
        self._lane = lane
        self._busy = False
        self.message = MessageBar(theme)
        self.go = button(do, self.submit, "" if destroys else "primary")
        self.stay = self.cancel_button("Keep as it is" if destroys else "Cancel")

    def field(self, label: str, widget: QWidget, hint: str = "") -> QLabel:
        """Add a field under its label; returns the hint's label."""
        caption = text(label, "heading")
        caption.setBuddy(widget)
        self.column.addSpacing(SPACE)
        self.column.addWidget(caption)
        self.column.addWidget(widget)
        below = text(hint, "small")
        self.column.addWidget(below)
        below.setVisible(bool(hint))  # only now: without a parent it would come up as a window
        return below

    def finish(self, *also: QLineEdit, beside: tuple[QPushButton, ...] = ()) -> None:
        """Add the message and the buttons under the fields, those of `beside` first.

        Enter in one of the lines of `also` submits.
        """
        self.column.addWidget(self.message)
        if self._destroys:
            self.stay.setProperty("role", "primary")
            self.add_buttons(*beside, self.go, self.stay)
        else:
            self.add_buttons(*beside, self.stay, self.go)
        for field in also:
            field.returnPressed.connect(self.submit)
        self.refresh()

    @property
    def complete(self) -> bool:
        """Whether everything is given."""
        return True

    @abstractmethod
    def work(self) -> Callable[[], object]:
        """The act, with everything read from the fields; it runs on the vault's thread."""

    def submit(self) -> None:
        """Do it if everything is given."""
        if self._busy or not self.complete:
            return
        self.message.clear()
        self._set_busy(True)
        self._tasks.run(self.work(), self._on_done, self._on_failed, self._lane)

    def refresh(self, *_values: object) -> None:
        """Enable the main button when everything is there."""
        self.go.setEnabled(self.complete and not self._busy)

    def reject(self) -> None:
        """See Qt; not while the act runs."""
        if not self._busy:
            super().reject()

    def on_refused(self) -> None:
        """Where the keyboard goes after a refusal."""

    def _on_done(self, result: object) -> None:
        if shiboken6.isValid(self):
            self._set_busy(False)
            self.settled.emit(result)
            self.accept()

    def _on_failed(self, error: AnamnesisError) -> None:
        if not shiboken6.isValid(self):
            return
        self._set_busy(False)
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
        self.on_refused()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.go.setText(self._words[1] if busy else self._words[0])
        self.stay.setEnabled(not busy)
        self.refresh()
