"""Stand-ins for the rooms behind the window, kept in memory."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from recording_doubles import MemoryRecordings
from runner_double import ScriptedRunner
from window_samples import make_note, make_transcript

from app.domain.encounter import (
    Encounter,
    EncounterState,
    NoteVersion,
    Signature,
    Stage,
    StageState,
    StageStatus,
    VersionKind,
)
from app.domain.errors import (
    ConflictError,
    InputError,
    KeyStoreError,
    SecondFactorNeededError,
    SecondFactorWrongError,
    SignInError,
)
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.ports import SealedAudioInfo, SignatureCheck
from app.domain.recording import Consent
from app.domain.revision import Revision
from app.domain.second_look import SecondLook, with_doubts
from app.domain.transcript import Transcript
from app.domain.unnoted import Unnoted
from app.drafting.templates.template_files import TemplateFolders
from app.policy import Policy
from app.review.revised import with_revision
from app.settings import Paths

PASSPHRASE = "correct horse battery staple"
CODE = "ABCD-EFGH-JKLM-NPQR"
T0 = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def stages(*states: StageState, code: str | None = None) -> tuple[StageStatus, ...]:
    """Stage states in order; missing ones are pending."""
    padded = [*states, *[StageState.PENDING] * (4 - len(states))]
    return tuple(
        StageStatus(s, state, code if state is StageState.FAILED else None)
        for s, state in zip(Stage, padded, strict=True)
    )


DONE = (StageState.DONE,) * 4


class MemoryStore:
    """Encounters in memory."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.rows: dict[str, Encounter] = {}
        self.transcripts: dict[str, Transcript] = {}
        self.notes: dict[str, list[NoteVersion]] = {}
        self.check = SignatureCheck(True)
        self.consents: dict[str, Consent] = {}
        self.destroyed: list[tuple[str, str]] = []
        self.channels = 1

    def add(self, title: str, state: EncounterState, steps: tuple[StageStatus, ...], **more: object) -> str:
        number = len(self.rows) + 1
        made = Encounter(f"e{number}", title, T0 + timedelta(hours=number), state, steps, 448.0)
        self.rows[made.id] = replace(made, **more)
        self.notes[made.id] = []
        return made.id

    def create(self, title: str) -> str:
        return self.add(title, EncounterState.OPEN, stages())

    def list(self) -> list[Encounter]:
        return sorted((self.get(e) for e in self.rows), key=lambda e: e.created_at, reverse=True)

    def get(self, encounter_id: str) -> Encounter:
        if encounter_id not in self.rows:
            raise InputError("There is no such visit.")
        return replace(self.rows[encounter_id], versions=len(self.notes[encounter_id]))

    def rename(self, encounter_id: str, title: str) -> None:
        self.rows[encounter_id] = replace(self.rows[encounter_id], title=title)

    def set_stage(self, encounter_id: str, stage: Stage, state: StageState, code: str | None = None) -> None:
        row = self.rows[encounter_id]
        steps = tuple(StageStatus(stage, state, code) if s.stage is stage else s for s in row.stages)
        self.rows[encounter_id] = replace(row, stages=steps)

    def transcript(self, encounter_id: str) -> Transcript | None:
        return self.transcripts.get(encounter_id)

    def consent(self, encounter_id: str) -> Consent | None:
        return self.consents.get(encounter_id)

    def record_consent(self, encounter_id: str, consent: Consent) -> None:
        self.consents[encounter_id] = consent

    def destroy(self, encounter_id: str, reason: str) -> None:
        self.destroyed.append((encounter_id, reason))
        del self.rows[encounter_id]
        del self.notes[encounter_id]

    def audio_info(self, encounter_id: str) -> SealedAudioInfo:
        row = self.rows.get(encounter_id)
        return SealedAudioInfo(16_000, self.channels, (row.duration if row else None) or 0.0, True)

    def read_audio(self, _encounter_id: str, start: float = 0.0, end: float | None = None) -> bytes:
        assert end is not None
        return b"\1\0" * round((end - start) * 16_000) * self.channels

    def versions(self, encounter_id: str) -> Sequence[NoteVersion]:
        return self.notes[encounter_id]

    def verify(self, _encounter_id: str, _number: int) -> SignatureCheck:
        return self.check

    def append(
        self, encounter_id: str, note: Note, kind: VersionKind, state: EncounterState, latest: int
    ) -> NoteVersion:
        versions = self.notes[encounter_id]
        if len(versions) != latest:
            raise ConflictError("Somebody else changed this note first.", "Look at the new version, then try again.")
        signature = None
        if kind in {VersionKind.SIGNATURE, VersionKind.ADDENDUM}:
            signature = Signature(
                self.user.id, self.user.display_name, "physician", "authorship", T0, "0", "0", "0", "", "", ""
            )
        made = NoteVersion(latest + 1, kind, note, self.user.id, self.user.display_name, T0, signature)
        versions.append(made)
        self.rows[encounter_id] = replace(self.rows[encounter_id], state=state)
        return made


class MemoryReview:
    """The review work flow on the store above, without cryptography."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.signed: list[tuple[str, bool]] = []
        self.left_out: list[int] = []
        self.unnoted: tuple[Unnoted, ...] = ()

    def current(self, encounter_id: str) -> NoteVersion | None:
        versions = self.store.notes[encounter_id]
        return versions[-1] if versions else None

    def _note(self, encounter_id: str) -> Note:
        version = self.current(encounter_id)
        assert version is not None
        return version.note

    def edit_statement(self, encounter_id: str, statement_id: str, text: str, expected_latest: int) -> NoteVersion:
        note = self._note(encounter_id)
        old = note.statement(statement_id)
        assert old is not None
        changed = replace(old, text=text, author=self.store.user.display_name)
        return self._edit(encounter_id, note.with_statement(changed), expected_latest)

    def add_statement(self, encounter_id: str, section_key: str, text: str, expected_latest: int) -> NoteVersion:
        note = self._note(encounter_id) if self.current(encounter_id) else Note("soap", ())
        if section_key not in {s.key for s in note.sections}:
            note = replace(note, sections=(*note.sections, Section(section_key, section_key.title())))
        new = Statement(f"n{expected_latest + 1}", text, author=self.store.user.display_name)
        sections = tuple(
            replace(s, statements=(*s.statements, new)) if s.key == section_key else s for s in note.sections
        )
        return self._edit(encounter_id, replace(note, sections=sections), expected_latest)

    def missing(self, encounter_id: str) -> tuple[Unnoted, ...]:
        texts = {s.text for s in self._note(encounter_id).statements()}
        return tuple(u for u in self.unnoted if u.text not in texts)

    def add_unnoted(self, encounter_id: str, entry: Unnoted, expected_latest: int) -> NoteVersion:
        note = self._note(encounter_id)
        new = Statement(f"n{expected_latest + 1}", entry.text, entry.evidence, Support.SUPPORTED)
        first = replace(note.sections[0], statements=(*note.sections[0].statements, new))
        return self._edit(encounter_id, replace(note, sections=(first, *note.sections[1:])), expected_latest)

    def add_doubts(self, encounter_id: str, look: SecondLook, expected_latest: int) -> NoteVersion:
        return self._edit(encounter_id, with_doubts(self._note(encounter_id), look), expected_latest)

    def apply_revision(self, encounter_id: str, revision: Revision, expected_latest: int) -> NoteVersion:
        ids = (f"n{expected_latest + 1}-{n}" for n in itertools.count(1))
        note, _ = with_revision(self._note(encounter_id), revision, ids, self.store.user.display_name)
        return self._edit(encounter_id, note, expected_latest)

    def remove_statement(self, encounter_id: str, statement_id: str, expected_latest: int) -> NoteVersion:
        note = self._note(encounter_id)
        sections = tuple(
            replace(s, statements=tuple(x for x in s.statements if x.id != statement_id)) for s in note.sections
        )
        return self._edit(encounter_id, replace(note, sections=sections), expected_latest)

    def restore(self, encounter_id: str, number: int, expected_latest: int) -> NoteVersion:
        return self._edit(encounter_id, self.store.notes[encounter_id][number - 1].note, expected_latest)

    def mark_reviewed(self, encounter_id: str, expected_latest: int) -> NoteVersion:
        note = self._note(encounter_id)
        return self.store.append(encounter_id, note, VersionKind.REVIEW, EncounterState.REVIEWED, expected_latest)

    def sign(
        self,
        encounter_id: str,
        passphrase: str,
        meaning: str,
        expected_latest: int,
        acknowledged: bool = False,
        *,
        left_out: int = 0,
    ) -> NoteVersion:
        self._authenticate(passphrase)
        self.signed.append((meaning, acknowledged))
        self.left_out.append(left_out)
        note = self._note(encounter_id)
        return self.store.append(encounter_id, note, VersionKind.SIGNATURE, EncounterState.SIGNED, expected_latest)

    def add_addendum(self, encounter_id: str, text: str, passphrase: str, expected_latest: int) -> NoteVersion:
        self._authenticate(passphrase)
        note = self._note(encounter_id)
        extra = Section("addendum", "Addendum", (Statement(f"a{expected_latest}", text, author="Dr. Anna Weber"),))
        longer = replace(note, sections=(*note.sections, extra))
        return self.store.append(encounter_id, longer, VersionKind.ADDENDUM, EncounterState.AMENDED, expected_latest)

    def _edit(self, encounter_id: str, note: Note, latest: int) -> NoteVersion:
        return self.store.append(encounter_id, note, VersionKind.EDIT, EncounterState.DRAFT, latest)

    @staticmethod
    def _authenticate(passphrase: str) -> None:
        if passphrase != PASSPHRASE:
            raise SignInError("The passphrase is wrong.", "Try again in 2 seconds.")


@dataclass
class MemoryTrail:
    """An audit trail that keeps what it is told."""

    told: list[tuple[str, str, str]] = field(default_factory=list)

    def record(self, action: str, subject: str, detail: str = "") -> None:
        self.told.append((action, subject, detail))


@dataclass
class MemorySession:
    """A signed-in person."""

    user: User
    encounters: MemoryStore
    audit: object = field(default_factory=MemoryTrail)
    users: object = None
    unlocking: object = None
    team: object = None
    leaving: object = None
    records: object = None
    syncing: object = None
    search: object = None
    closed: bool = False

    def reauthenticate(self, passphrase: str) -> None:
        MemoryReview._authenticate(passphrase)

    def close(self) -> None:
        self.closed = True


@dataclass
class MemoryLearning:
    """What is learned of the person's style: nothing, until a test says so."""

    allowed: bool = True
    on: bool = True
    found: object = None
    asked: list[str] = field(default_factory=list)

    def switch(self, *, on: bool) -> None:
        self.on = on

    def forget(self) -> None:
        self.found = None

    def learned(self, note_type: str, _about: str) -> object:
        self.asked.append(note_type)
        return self.found if self.on else None


@dataclass
class MemoryApplication:
    """The house in memory."""

    paths: Paths
    names: list[str] = field(default_factory=list)
    roles: frozenset[Role] = frozenset({Role.PHYSICIAN})
    closed: bool = False
    ended: int = 0

    def __post_init__(self) -> None:
        self.user = User("p1", "anna.weber", "Dr. Anna Weber", self.roles)
        self.store = MemoryStore(self.user)
        self.session = MemorySession(self.user, self.store)
        self.runner = ScriptedRunner(self.store)
        self.reviewing = MemoryReview(self.store)
        self.recording = MemoryRecordings(self.store)
        self.note_types = TemplateFolders(self.paths.templates)
        self.learning = MemoryLearning()
        self.policy = Policy()
        self.remembered: list[str] = []
        self.key_store_error: KeyStoreError | None = None
        self.second_factor = False

    def vault_exists(self) -> bool:
        return bool(self.names)

    def user_names(self) -> list[str]:
        return self.names

    def create_vault(self, name: str, display_name: str, passphrase: str) -> tuple[MemorySession, str]:
        assert passphrase
        self.names = [name]
        self.session.user = replace(self.user, name=name, display_name=display_name)
        return self.session, CODE

    def remembered_names(self) -> list[str]:
        return self.remembered

    def sign_in(self, name: str, passphrase: str, code: str = "") -> MemorySession:
        assert name in self.names
        MemoryReview._authenticate(passphrase)
        self._wants_factor(code)
        return self.session

    def sign_in_from_key_store(self, name: str, code: str = "") -> MemorySession:
        assert name in self.remembered
        if self.key_store_error is not None:
            raise self.key_store_error
        self._wants_factor(code)
        return self.session

    def sign_in_with_recovery_code(
        self,
        name: str,
        code: str,
        new_passphrase: str,
        second_factor_code: str = "",
        *,
        drop_second_factor: bool = False,
    ) -> tuple[MemorySession, str]:
        assert name
        assert new_passphrase
        if code != CODE:
            raise SignInError("The recovery code is wrong.", "Compare it with your paper.")
        self.second_factor = self.second_factor and not drop_second_factor
        self._wants_factor(second_factor_code)
        return self.session, "NEW1-NEW2-NEW3-NEW4"

    def _wants_factor(self, code: str) -> None:
        if self.second_factor and not code:
            raise SecondFactorNeededError("A code of your authenticator app is needed.")
        if self.second_factor and code != "123456":
            raise SecondFactorWrongError("The code is wrong or too old.", "Type the one that the app shows now.")

    def visits(self, _session: object) -> ScriptedRunner:
        return self.runner

    def review(self, _session: object) -> MemoryReview:
        return self.reviewing

    def style_learning(self, _session: object) -> "MemoryLearning":
        return self.learning

    def recordings(self, _session: object) -> MemoryRecordings:
        return self.recording

    def end_recordings(self) -> None:
        assert not self.session.closed
        self.ended += 1

    def close(self) -> None:
        self.closed = True

    def add_draft(self, title: str = "Miller, Jane") -> str:
        """A finished, unsigned visit."""
        made = self.store.add(title, EncounterState.DRAFT, stages(*DONE))
        self.store.transcripts[made] = make_transcript()
        self.store.append(made, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        return made
