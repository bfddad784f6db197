"""A version that was set aside: beside the note as it stands, to adopt or to drop."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.note import Note
from app.domain.syncing import AsideReason, SetAside, Syncing
from app.ui import server_words
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.difference import DifferenceRows
from app.ui.viewmodels.note_difference import as_revision
from app.ui.widgets.difference_view import DifferenceView
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.parts import button, text

_HEIGHT = 240


class AsideSheet(ActSheet):
    """`settled(number)` when it was adopted, `settled(None)` when it was dropped."""

    def __init__(
        self,
        syncing: Syncing,
        version: SetAside,
        now: Note | None,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("A version was set aside", "Adopt it", "Adopting…", tasks, theme, parent, width=720)
        self._syncing = syncing
        self._version = version
        what, remedy = server_words.set_aside(version, datetime.now(UTC))
        self.column.addWidget(text(what))
        self.column.addWidget(text(remedy, "muted"))
        self.rows = DifferenceRows(self)
        self.view = DifferenceView(self.rows, theme)
        self.view.setAccessibleName("Difference: what stands in the note now, and what was set aside")
        self._show(now)
        self.drop = button("Drop…", self._ask_to_drop)
        self.finish(beside=(self.drop,))
        self.go.setVisible(version.reason is not AsideReason.SIGNED_MEANWHILE and version.note is not None)
        self.view.setFocus()

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        return lambda: self._syncing.adopt(self._version.id)

    def _show(self, now: Note | None) -> None:
        if self._version.note is None:
            self.column.addWidget(text("It cannot be opened with your keys. Its author can adopt or drop it."))
            self.view.hide()
            return
        self.rows.show(as_revision(now, self._version.note))
        frame = QFrame()
        frame.setProperty("role", "pane")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.view)
        frame.setFixedHeight(_HEIGHT)
        self.column.addWidget(text("Struck out: only in the note as it stands. Underlined: only set aside.", "small"))
        self.column.addWidget(frame)

    def _ask_to_drop(self) -> None:
        sheet = ReasonSheet(
            "Drop the version that was set aside?",
            ("The note stays as it stands. What is dropped stays stored, but is not offered again.",),
            "Drop",
            "Dropping…",
            lambda reason: self._syncing.drop(self._version.id, reason),
            self._tasks,
            self.theme,
            self,
        )
        sheet.settled.connect(self._dropped)
        sheet.open()

    def _dropped(self, _none: object) -> None:
        self.settled.emit(None)
        self.accept()
