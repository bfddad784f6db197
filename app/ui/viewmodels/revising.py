"""Editing by instruction: what is asked of which lines, the work on it, and the proposal until it is taken or not."""

from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError, ConflictError, WorkCancelledError
from app.domain.note import Section, Statement
from app.domain.revision import Revision
from app.domain.work import CancelToken
from app.ui import wording
from app.ui.contracts import VisitRunner
from app.ui.tasks import Lane, Tasks
from app.ui.viewmodels.visit import VisitModel


class Phase(Enum):
    """Where the person is."""

    CLOSED = auto()
    ASKING = auto()
    WORKING = auto()
    PROPOSED = auto()
    TAKING = auto()


class Revising(QObject):
    """One revision at a time, of the open visit.

    Signals: `changed` any of the properties; `taken()` the proposal stands in the note.
    """

    changed = Signal()
    taken = Signal()

    def __init__(self, runner: VisitRunner, visit: VisitModel, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._visit = visit
        self._tasks = tasks
        self._token = CancelToken()
        self._version = 0
        self.phase = Phase.CLOSED
        self.section: Section | None = None
        self.statement: Statement | None = None
        """The only line that is meant; None: the whole section."""
        self.revision: Revision | None = None
        self.error: AnamnesisError | None = None
        self.notices: tuple[str, ...] = ()
        """Said where a proposal would change nothing."""
        self.fraction = 0.0
        visit.opened.connect(self.close)
        visit.changed.connect(self._on_visit_changed)

    @property
    def possible(self) -> bool:
        """Whether the open visit has a note that may be changed now."""
        return self._visit.version is not None and self._visit.may_edit

    def open(self, section: Section, statement: Statement | None) -> None:
        """Begin, for one line or for the whole section."""
        if not self.possible:
            return
        self._stop()
        if self.phase is Phase.CLOSED:
            self._tasks.run(self._runner.get_ready_to_revise, _ignore, _ignore, Lane.REVISING)
        self.section, self.statement = section, statement
        self._ask_again()

    def widen(self, whole: bool, statement: Statement | None) -> None:
        """Mean the whole section, or one line of it."""
        if self.phase is Phase.ASKING and self.section is not None:
            self.statement = None if whole else statement
            self._tell(Phase.ASKING)

    def ask(self, instruction: str) -> None:
        """Have a proposal made. Nothing of the note changes."""
        visit, section, version = self._visit.encounter_id, self.section, self._visit.version
        if self.phase is not Phase.ASKING or visit is None or section is None or version is None:
            return
        if not instruction.strip():
            return
        token = self._token = CancelToken()
        self._version = version.number
        self.fraction = 0.0
        statements = [self.statement.id] if self.statement is not None else []

        told = -1

        def progress(fraction: float, _phrase: str) -> None:
            nonlocal told
            if (percent := int(100 * fraction)) > told:
                told = percent
                self._tasks.post(lambda: self._on_progress(token, fraction))

        def work() -> Revision:
            token.check()
            return self._runner.revise(visit, section.key, statements, instruction, progress, token)

        self._tell(Phase.WORKING)
        self._tasks.run(
            work,
            lambda revision: self._on_proposed(token, revision),
            lambda error: self._on_failed(token, error),
            Lane.REVISING,
        )

    def step_back(self) -> None:
        """Escape: stop the work, put the proposal aside, or leave."""
        if self.phase is Phase.WORKING or self.phase is Phase.PROPOSED:
            self._stop()
            self._ask_again()
        elif self.phase is Phase.ASKING:
            self.close()

    def accept(self) -> None:
        """Take the proposal into the note, as one step that undo takes back."""
        if self.phase is not Phase.PROPOSED or self.revision is None:
            return
        self._tell(Phase.TAKING)
        self._visit.apply_revision(self.revision, self._on_taken, self._on_refused)

    def close(self) -> None:
        """Stop, and forget what was asked."""
        self._stop()
        self.section = self.statement = None
        if self.phase is not Phase.CLOSED:
            self._tell(Phase.CLOSED)

    def _stop(self) -> None:
        self._token.cancel()
        self.revision, self.error, self.notices = None, None, ()

    def _ask_again(self, error: AnamnesisError | None = None, notices: tuple[str, ...] = ()) -> None:
        self.revision, self.error, self.notices = None, error, notices
        self._tell(Phase.ASKING)

    def _tell(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()

    def _on_progress(self, token: CancelToken, fraction: float) -> None:
        if token is self._token and self.phase is Phase.WORKING:
            self.fraction = max(self.fraction, fraction)
            self.changed.emit()

    def _on_proposed(self, token: CancelToken, revision: Revision) -> None:
        if token is not self._token or token.cancelled:
            return
        if not revision.changes_anything:
            self._ask_again(notices=revision.notices or (wording.NOTHING_TO_CHANGE,))
            return
        self.revision = revision
        self._tell(Phase.PROPOSED)

    def _on_failed(self, token: CancelToken, error: AnamnesisError) -> None:
        if token is self._token and not token.cancelled:
            self._ask_again(None if isinstance(error, WorkCancelledError) else error)

    def _on_taken(self) -> None:
        self.close()
        self.taken.emit()

    def _on_refused(self, error: AnamnesisError) -> None:
        if self.phase is Phase.TAKING:
            self._ask_again(error)

    def _on_visit_changed(self) -> None:
        """The note is another one now: a proposal for the one before is void; other lines may be meant."""
        if self.phase in {Phase.CLOSED, Phase.TAKING}:
            return
        version = self._visit.version
        section = None if version is None else _same_section(version.note.sections, self.section)
        if section is None and self.section is not None and not self.section.statements:
            section = self.section  # shown empty; adding to it makes it
        statement = None if section is None or self.statement is None else _same(section.statements, self.statement)
        gone = section is None or (statement is None) is not (self.statement is None)
        if not self.possible or version is None or section is None or gone:
            self.close()
            return
        if self.phase is not Phase.ASKING and version.number == self._version:
            return
        moved = self.phase is not Phase.ASKING
        self.section, self.statement = section, statement
        if moved:
            self._stop()
            self._ask_again(ConflictError("The note was changed meanwhile.", "Ask again."))
        else:
            self.changed.emit()


def _ignore(_outcome: object) -> None:
    """A model that is not ready is told when it is needed."""


def _same_section(sections: tuple[Section, ...], section: Section | None) -> Section | None:
    return next((s for s in sections if section is not None and s.key == section.key), None)


def _same(statements: tuple[Statement, ...], statement: Statement) -> Statement | None:
    return next((s for s in statements if s.id == statement.id), None)
