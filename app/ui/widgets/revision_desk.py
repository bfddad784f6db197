"""What happens when lines are edited by instruction: between the actions, the panel and the open visit."""

from PySide6.QtCore import QObject, Qt

from app.ui.contracts import VisitRunner
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.revising import Phase, Revising
from app.ui.viewmodels.visit import VisitModel
from app.ui.widgets.actions import Actions
from app.ui.widgets.revision_panel import RevisionPanel
from app.ui.widgets.visit_page import VisitPage


class RevisionDesk(QObject):
    """Lives as long as the workspace; the panel stands below the note."""

    def __init__(
        self,
        page: VisitPage,
        runner: VisitRunner,
        tasks: Tasks,
        model: VisitModel,
        actions: Actions,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._note = page.note
        self.revising = Revising(runner, model, tasks, self)
        self.panel = RevisionPanel(theme)
        page.note_pane.column.addWidget(self.panel)
        self._place = ""
        self._elsewhere = ""
        """The section that a proposal goes to, if it is another one than the one it was asked from."""
        self._new = ""
        model.opened.connect(self._forget_new)
        self._note.rows.modelReset.connect(self._show_new, Qt.ConnectionType.QueuedConnection)  # the page chooses first
        self.revising.changed.connect(lambda: self.panel.show_revising(self.revising))
        self.revising.changed.connect(self._on_changed)
        self.revising.taken.connect(self._on_taken)
        self.panel.asked.connect(self.revising.ask)
        self.panel.accepted.connect(self.revising.accept)
        self.panel.left.connect(self.revising.step_back)
        self.panel.widened.connect(self._widen)
        page.note.statement_chosen.connect(self._on_chosen)
        actions.revise.triggered.connect(lambda _checked=False: self._open(whole=False))
        actions.revise_section.triggered.connect(lambda _checked=False: self._open(whole=True))

    def close(self) -> None:
        """Stop what runs; nothing of the note changes."""
        self.revising.close()

    def _open(self, *, whole: bool) -> None:
        self._note.commit_editing()
        section, statement = self._note.current_section(), self._note.current_statement()
        if section is None and self._note.rows.note is not None:
            section = self._note.rows.note.sections[0]
        if section is not None and (whole or statement is not None):
            self._place = statement.id if statement is not None else ""
            self.revising.open(section, None if whole else statement)
            self.panel.field.setFocus()

    def _widen(self, whole: bool) -> None:
        statement = self._note.current_statement()
        if not whole and statement is None:
            whole = True
        self.revising.widen(whole, statement)
        self.panel.field.setFocus()

    def _on_chosen(self, statement_id: str) -> None:
        """Another line is chosen while the field is open: that one is meant."""
        section, statement = self._note.current_section(), self._note.current_statement()
        if self.revising.phase is not Phase.ASKING or section is None or statement is None:
            return
        if self.revising.statement is not None and self.revising.statement.id != statement_id:
            self._place = statement_id
            self.revising.open(section, statement)

    def _on_changed(self) -> None:
        made, asked = self.revising.revision, self.revising.section
        if made is not None and asked is not None:
            self._elsewhere = made.section.key if made.section.key != asked.key else ""
        if self.revising.phase is Phase.CLOSED and self._page.isVisible() and not self._note.editing:
            self._note.setFocus()

    def _on_taken(self) -> None:
        self._note.choose(self._place)
        self._note.setFocus()
        self._new = self._elsewhere
        self._show_new()

    def _forget_new(self) -> None:
        self._new = ""

    def _show_new(self) -> None:
        """Once what was put into another section stands in the note, show it there."""
        note = self._note.rows.note
        section = next((s for s in note.sections if s.key == self._new), None) if note and self._new else None
        if section is not None and section.statements:
            self._new = ""
            self._note.choose(section.statements[0].id)
