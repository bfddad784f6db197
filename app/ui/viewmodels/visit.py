"""The open visit: what was said, the note, and what may be done with it."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.domain.encounter import Encounter, EncounterState, NoteVersion
from app.domain.errors import AnamnesisError
from app.domain.note import Note, Section
from app.domain.people import Permission
from app.domain.ports import Session, SignatureCheck
from app.domain.recording import Consent, ConsentDecision
from app.domain.revision import Revision
from app.domain.second_look import SecondLook
from app.domain.transcript import Transcript, Utterance
from app.domain.unnoted import Unnoted
from app.ui.contracts import Review
from app.ui.tasks import Tasks
from app.ui.viewmodels.history import History
from app.ui.wording import failure, is_declined

_EDITABLE = {EncounterState.DRAFT, EncounterState.REVIEWED}
_SIGNED = {EncounterState.SIGNED, EncounterState.AMENDED}

EMPTY = Note(
    "soap",
    (
        Section("subjective", "Subjective"),
        Section("objective", "Objective"),
        Section("assessment", "Assessment"),
        Section("plan", "Plan"),
    ),
)

WITHDRAWN = "consent withdrawn"
"""Why an encounter was destroyed."""

NO_WORDING = "none"
"""Stands for the wording where consent was never asked for with one, as for an imported recording."""

Change = Callable[[int], NoteVersion]


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that the visit's page shows."""

    encounter: Encounter
    transcript: Transcript | None
    version: NoteVersion | None
    signatures: tuple[tuple[NoteVersion, SignatureCheck], ...] = ()
    consent: Consent | None = None

    @property
    def by_hand(self) -> bool:
        """Whether there is no recording, because the patient declined it."""
        return is_declined(self.consent) and self.transcript is None


@dataclass(frozen=True, slots=True)
class _Step:
    visit: str
    change: Change
    settled: Callable[[int], None]
    failed: Callable[[AnamnesisError], None]
    done: Callable[[], None]


def _with_all_sections(note: Note) -> Note:
    have = {section.key: section for section in note.sections}
    if note.type != EMPTY.type or all(section.key in have for section in EMPTY.sections):
        return note
    standard = [have.pop(section.key, section) for section in EMPTY.sections]
    return replace(note, sections=(*standard, *have.values()))


def _begun(encounter: Encounter) -> Encounter:
    """The first version makes a draft of an open visit; so the page need not wait until the visit is read again."""
    return replace(encounter, state=EncounterState.DRAFT) if encounter.state is EncounterState.OPEN else encounter


def _nothing() -> None:
    return


class VisitModel(QObject):
    """At most one open visit. Changes run one after the other, each on top of the one before.

    Signals: `opened` another visit is shown, `changed` its data is new, `failed(error, typed text)`, `withdrawn(id)`
    consent was taken back and the visit destroyed.
    """

    opened = Signal()
    withdrawn = Signal(str)
    changed = Signal()
    failed = Signal(object, str)

    def __init__(self, session: Session, review: Review, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._review = review
        self._tasks = tasks
        self._id: str | None = None
        self._history = History()
        self._steps: deque[_Step] = deque()
        self._saving = False
        self._latest: dict[str, int] = {}
        self.loaded: Loaded | None = None
        self.read_only = False
        """Whether the open visit may only be read: it is another care team's, opened in an emergency."""

    @property
    def encounter_id(self) -> str | None:
        """The open visit's id, known before its data has come."""
        return self._id

    @property
    def saving(self) -> bool:
        """Whether a change is on its way to the vault."""
        return self._saving

    @property
    def version(self) -> NoteVersion | None:
        """The note as it stands."""
        return self.loaded.version if self.loaded else None

    def open(self, encounter_id: str | None) -> None:
        """Show another visit, or none."""
        if encounter_id == self._id:
            return
        self._id = encounter_id
        self.loaded = None
        self.opened.emit()
        self.reload()

    def reload(self) -> None:
        """Read the visit again, for example after a stage was finished."""
        wanted = self._id
        if wanted is None:
            self.changed.emit()
            return

        def show(loaded: Loaded) -> None:
            if self._id != wanted:
                return
            before = self.loaded
            self.loaded = loaded
            number = loaded.version.number if loaded.version else 0
            self._latest[wanted] = number
            if before is None or (before.version.number if before.version else 0) != number:
                self._history.start(number)
            self.changed.emit()

        def fail(error: AnamnesisError) -> None:
            if self._id == wanted:
                self.failed.emit(error, "")

        self._tasks.run(lambda: self._load(wanted), show, fail)

    def _load(self, encounter_id: str) -> Loaded:
        store = self._session.encounters
        encounter = store.get(encounter_id)
        version = self._review.current(encounter_id)
        signed = [v for v in store.versions(encounter_id) if v.signature is not None] if version else []
        signatures = tuple((v, store.verify(encounter_id, v.number)) for v in signed)
        consent = store.consent(encounter_id)
        return Loaded(encounter, store.transcript(encounter_id), version, signatures, consent)

    def evidence(self, statement_id: str) -> list[Utterance]:
        """The utterances behind a statement, in order."""
        if self.loaded is None or self.loaded.version is None or self.loaded.transcript is None:
            return []
        statement = self.loaded.version.note.statement(statement_id)
        wanted = set(statement.evidence) if statement else set()
        return [u for u in self.loaded.transcript.utterances if u.id in wanted]

    @property
    def _state(self) -> EncounterState | None:
        return self.loaded.encounter.state if self.loaded and self.loaded.version else None

    def _may(self, permission: Permission, states: set[EncounterState]) -> bool:
        return not self.read_only and self._state in states and self._session.user.may(permission)

    @property
    def may_edit(self) -> bool:
        """Whether statements may be changed now."""
        return self._may(Permission.EDIT, _EDITABLE) or self.may_write

    @property
    def may_write(self) -> bool:
        """Whether a note may be begun by hand, because no draft could be made or the patient declined recording."""
        if self.loaded is None or self.loaded.version is not None or self.read_only:
            return False
        needed = failure(self.loaded.encounter) is not None or self.loaded.by_hand
        return needed and self.loaded.encounter.state is EncounterState.OPEN and self._session.user.may(Permission.EDIT)

    @property
    def note(self) -> Note | None:
        """The note as it stands; where it may be written, with the standard sections that nobody has used yet."""
        version = self.version
        if version is None:
            return EMPTY if self.may_write else None
        return _with_all_sections(version.note) if self.may_edit else version.note

    @property
    def may_review(self) -> bool:
        """Whether the draft may be marked as reviewed."""
        return self._may(Permission.REVIEW, {EncounterState.DRAFT})

    @property
    def may_sign(self) -> bool:
        """Whether this person may sign now."""
        return self._may(Permission.SIGN, _EDITABLE)

    @property
    def may_amend(self) -> bool:
        """Whether an addendum may be written."""
        return self._may(Permission.AMEND, _SIGNED)

    @property
    def may_export(self) -> bool:
        """Whether the note may leave the vault."""
        return self._may(Permission.EXPORT, _EDITABLE | _SIGNED)

    @property
    def may_withdraw(self) -> bool:
        """Whether consent may be taken back: anything unsigned that was recorded."""
        loaded = self.loaded
        if loaded is None or self.read_only or loaded.encounter.state in _SIGNED or is_declined(loaded.consent):
            return False
        return self._session.user.may(Permission.RECORD)

    @property
    def may_undo(self) -> bool:
        """Whether there is a change of this sitting to take back."""
        return self.may_edit and self._history.can_undo and not self._saving

    @property
    def may_redo(self) -> bool:
        """Whether there is a change to take again."""
        return self.may_edit and self._history.can_redo and not self._saving

    def edit(self, statement_id: str, text: str) -> None:
        """Replace a statement's text."""
        visit = self._need()
        self._queue(lambda n: self._review.edit_statement(visit, statement_id, text, n), typed=text)

    def add(self, section_key: str, text: str) -> None:
        """Append a statement to a section."""
        visit = self._need()
        self._queue(lambda n: self._review.add_statement(visit, section_key, text, n), typed=text)

    def add_unnoted(self, entry: Unnoted) -> None:
        """Take what was said into the note, with its evidence; undo takes it back."""
        visit = self._need()
        self._queue(lambda n: self._review.add_unnoted(visit, entry, n))

    def apply_revision(
        self, revision: Revision, done: Callable[[], None], failed: Callable[[AnamnesisError], None]
    ) -> None:
        """Take a proposal into the note; undo takes all of it back."""
        visit = self._need()
        self._queue(lambda n: self._review.apply_revision(visit, revision, n), done=done, failed=failed)

    def add_doubts(self, look: SecondLook) -> None:
        """Mark what a second look did not believe; undo takes the marks back."""
        visit = self._need()
        self._queue(lambda n: self._review.add_doubts(visit, look, n))

    def utterances(self, ids: Sequence[str]) -> list[Utterance]:
        """The utterances with these ids, in spoken order."""
        transcript = self.loaded.transcript if self.loaded else None
        wanted = set(ids)
        return [u for u in transcript.utterances if u.id in wanted] if transcript else []

    def remove(self, statement_id: str) -> None:
        """Take a statement out; undo brings it back."""
        visit = self._need()
        self._queue(lambda n: self._review.remove_statement(visit, statement_id, n))

    def undo(self) -> None:
        """Bring back the content before the last change."""
        if self.may_undo:
            visit, target = self._need(), self._history.undo_target()
            self._queue(lambda n: self._review.restore(visit, target, n), settled=self._history.undone)

    def redo(self) -> None:
        """Take the last undone change again."""
        if self.may_redo:
            visit, target = self._need(), self._history.redo_target()
            self._queue(lambda n: self._review.restore(visit, target, n), settled=self._history.redone)

    def restore(self, number: int) -> None:
        """Bring the content of an older version back, for example of the draft before another note type's."""
        visit = self._need()
        self._queue(lambda n: self._review.restore(visit, number, n))

    def mark_reviewed(self) -> None:
        """Hand the draft on for signature."""
        visit = self._need()
        self._queue(lambda n: self._review.mark_reviewed(visit, n))

    def sign(
        self,
        passphrase: str,
        meaning: str,
        acknowledged: bool,
        done: Callable[[], None],
        failed: Callable[[AnamnesisError], None],
        left_out: int = 0,
    ) -> None:
        """Sign the version that is shown; `left_out` things were said and knowingly left out."""
        visit = self._need()
        self._queue(
            lambda n: self._review.sign(visit, passphrase, meaning, n, acknowledged=acknowledged, left_out=left_out),
            done=done,
            failed=failed,
        )

    def add_addendum(
        self, text: str, passphrase: str, done: Callable[[], None], failed: Callable[[AnamnesisError], None]
    ) -> None:
        """Append a signed addendum."""
        visit = self._need()
        self._queue(lambda n: self._review.add_addendum(visit, text, passphrase, n), done=done, failed=failed)

    def withdraw(self, visit: str, given: Consent | None) -> None:
        """Store that the consent once given was taken back, then destroy recording, transcript and note for good."""
        who, asked = (given.who, given.wording) if given is not None else ("patient", NO_WORDING)
        taken_back = Consent(ConsentDecision.WITHDRAWN, None, who, asked, datetime.now(UTC))

        def work() -> None:
            self._session.encounters.record_consent(visit, taken_back)
            self._session.encounters.destroy(visit, WITHDRAWN)

        def gone(_none: None) -> None:
            if self._id == visit:
                self.open(None)
            self.withdrawn.emit(visit)

        self._tasks.run(work, gone, lambda error: self.failed.emit(error, ""))

    def rename(self, title: str) -> None:
        """Change the patient label."""
        visit = self._need()
        self._tasks.run(
            lambda: self._session.encounters.rename(visit, title),
            lambda _none: self.reload(),
            lambda error: self.failed.emit(error, title),
        )

    def _need(self) -> str:
        if self._id is None:
            raise RuntimeError("no visit is open")
        return self._id

    def _queue(
        self,
        change: Change,
        settled: Callable[[int], None] | None = None,
        done: Callable[[], None] = _nothing,
        failed: Callable[[AnamnesisError], None] | None = None,
        typed: str = "",
    ) -> None:
        report = failed or (lambda error: self.failed.emit(error, typed))
        self._steps.append(_Step(self._need(), change, settled or self._history.record, report, done))
        if not self._saving:
            self._next()

    def _next(self) -> None:
        if not self._steps:
            self._saving = False
            self.changed.emit()
            self.reload()
            return
        self._saving = True
        step = self._steps.popleft()
        latest = self._latest.get(step.visit, 0)

        def saved(version: NoteVersion) -> None:
            self._latest[step.visit] = version.number
            if self._id == step.visit and self.loaded is not None:
                self.loaded = replace(
                    self.loaded, encounter=_begun(self.loaded.encounter), version=version, signatures=()
                )
                step.settled(version.number)
            step.done()
            self._next()

        def broken(error: AnamnesisError) -> None:
            step.failed(error)
            self._next()

        self._tasks.run(lambda: step.change(latest), saved, broken)
