"""Between the shared server and the visits: what changed elsewhere, and what was set aside."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.syncing import Syncing
from app.ui import server_words, wording
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.server import Server
from app.ui.viewmodels.visit import VisitModel
from app.ui.widgets.team.aside_sheet import AsideSheet
from app.ui.widgets.visit_page import VisitPage


class ServerDesk(QObject):
    """`list_changed` when visits changed on another computer."""

    list_changed = Signal()

    def __init__(
        self, syncing: Syncing | None, visit: VisitModel, page: VisitPage, tasks: Tasks, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._visit = visit
        self._page = page
        self._tasks = tasks
        self._theme = theme
        self._window = parent
        self._stale = False
        self.server = Server(syncing, tasks, self)
        self.server.visits_changed.connect(self._on_visits_changed)
        self.server.aside_changed.connect(self._show)
        visit.opened.connect(self._on_opened)
        visit.changed.connect(self._show)
        self.server.begin()

    def close(self) -> None:
        """The session ends."""
        self.server.close()

    def _on_opened(self) -> None:
        self._stale = False
        self.server.show_visit(self._visit.encounter_id)
        self._show()

    def _on_visits_changed(self, ids: frozenset[str]) -> None:
        self.list_changed.emit()
        if self._visit.encounter_id in ids:
            self._stale = True
            self._show()

    def _show(self) -> None:
        bar, aside = self._page.elsewhere, self.server.aside
        self._page.show_sound_place(self.server.sound_at)
        if self._visit.loaded is None:
            bar.clear()
        elif self._stale:
            bar.say(
                "info",
                "This visit was changed on another computer.",
                "Load it to see the change.",
                ("Load", self._load),
            )
        elif aside:
            what, remedy = server_words.set_aside(aside[0], wording.now())
            more = f" {wording.plural(len(aside) - 1, 'more waits', 'more wait')}." if len(aside) > 1 else ""
            bar.say("warning", what, f"{remedy}{more}", ("Compare…", self._compare))
        else:
            bar.clear()

    def _load(self) -> None:
        self._stale = False
        self._page.note.commit_editing()
        self._visit.reload()
        self._show()

    def _compare(self) -> None:
        syncing, loaded = self.server.syncing, self._visit.loaded
        if syncing is None or loaded is None or not self.server.aside:
            return
        note = loaded.version.note if loaded.version is not None else None
        sheet = AsideSheet(syncing, self.server.aside[0], note, self._tasks, self._theme, self._window)
        sheet.settled.connect(self._on_settled)
        sheet.open()

    def _on_settled(self, _number: object) -> None:
        self._visit.reload()
        self.server.look_aside()
