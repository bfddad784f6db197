"""What the rooms expect of storage; the vault implements it, tests may stand in for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import Encounter, EncounterState, NoteVersion, Stage, StageState, VersionKind
from app.domain.note import Note
from app.domain.people import Role, User
from app.domain.recording import Consent, HeardWindow, Mark
from app.domain.records import Records
from app.domain.searching import EncounterSearch
from app.domain.syncing import Syncing
from app.domain.team import CareTeams, Leaving
from app.domain.transcript import Transcript
from app.domain.unlocking import Unlocking


class AudioWriter(Protocol):
    """Takes 16-bit little-endian PCM and seals it to disk in blocks of a quarter of a second, each synced.

    A block is on disk before the `write` that filled it returns.
    """

    def write(self, pcm: bytes) -> None:
        """Append whole frames of any length."""

    def close(self) -> None:
        """Seal the rest, mark the end and sync. Closing twice is harmless."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class SealedAudioInfo:
    """`rate` in Hz, `duration` in seconds; `complete` is false if the recording was cut off before its end mark."""

    rate: int
    channels: int
    duration: float
    complete: bool


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """Result of verifying a signed version: `valid`, or the reason why not in one line.

    `evidence_erased`: the words that the note cites were erased under the retention policy since it was signed; the
    rest (note, signer, time, audit trail) was verified.
    """

    valid: bool
    reason: str = ""
    evidence_erased: bool = False


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail; never holds content. `sequence` counts from 1; hashes are hex."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """Result of walking the chain: how many entries, and the first bad one with the reason, if any."""

    entries: int
    first_bad: int | None = None
    reason: str = ""


class EncounterStore(Protocol):
    """Encounters of which the signed-in person is on the care team. All content is sealed at rest."""

    def create(self, title: str) -> str:
        """Make an encounter with its own data key sealed to its creator; return its id."""

    def list(self) -> Sequence[Encounter]:
        """Newest first."""

    def get(self, encounter_id: str) -> Encounter:
        """Raises `InputError` if unknown."""

    def rename(self, encounter_id: str, title: str) -> None: ...

    def set_stage(self, encounter_id: str, stage: Stage, state: StageState, code: str | None = None) -> None: ...

    def choose_draft(self, encounter_id: str, choice: DraftChoice) -> None:
        """Keep, durably, what the visit is to be drafted as."""

    def draft_choice(self, encounter_id: str) -> DraftChoice | None:
        """What was chosen for the draft; None if nothing was."""

    def audio_writer(self, encounter_id: str, rate: int = 16_000, channels: int = 1) -> AudioWriter:
        """Start the encounter's recording. Raises `ConflictError` if it has one, or if consent was refused."""

    def resume_audio(self, encounter_id: str) -> AudioWriter:
        """Go on with a recording that was cut off, at its rate and channels; what lies there is never rewritten.

        Closing the writer at once just marks the end. Raises `ConflictError` if there is none or it is complete.
        """

    def audio_info(self, encounter_id: str) -> SealedAudioInfo | None: ...

    def read_audio(self, encounter_id: str, start: float = 0.0, end: float | None = None) -> bytes:
        """Opened PCM between two times in seconds. Raises `SealBrokenError` if a block was altered."""

    def append_journal(self, encounter_id: str, entry: Mark | HeardWindow) -> None:
        """Store a mark or final text of a running recording, durably, in order."""

    def journal(self, encounter_id: str) -> Sequence[Mark | HeardWindow]:
        """All entries in the order of writing."""

    def record_consent(self, encounter_id: str, consent: Consent) -> None:
        """Append a decision, with an audit entry that names decision, method and wording, not the person."""

    def consent(self, encounter_id: str) -> Consent | None:
        """The latest decision."""

    def save_transcript(self, encounter_id: str, transcript: Transcript) -> None: ...

    def transcript(self, encounter_id: str) -> Transcript | None: ...

    def add_version(
        self,
        encounter_id: str,
        note: Note,
        kind: VersionKind,
        state: EncounterState,
        expected_latest: int,
    ) -> NoteVersion:
        """Append a version, move the state and write the audit entry in one transaction.

        Raises `ConflictError` if the latest version is not `expected_latest` (0 for none).
        """

    def sign_version(
        self,
        encounter_id: str,
        kind: VersionKind,
        note: Note,
        meaning: str,
        passphrase: str,
        expected_latest: int,
        *,
        left_out: int = 0,
    ) -> NoteVersion:
        """Re-authenticate, then append a signed version (kind SIGNATURE or ADDENDUM) and move the state.

        `left_out`: how many things that were said and are not in the note the signer acknowledged; audited if any.

        Raises `SignInError` for a wrong passphrase, `PermissionDeniedError` without the right to sign.
        """

    def versions(self, encounter_id: str) -> Sequence[NoteVersion]: ...

    def verify(self, encounter_id: str, number: int) -> SignatureCheck:
        """Verify the signature of a signed version against certificate, note, evidence and audit trail."""

    def share(self, encounter_id: str, user_id: str) -> None:
        """Seal the data key to another person of the care team."""

    def destroy(self, encounter_id: str, reason: str) -> None:
        """Delete the sealed data keys and the audio; a deletion record stays."""


class AuditTrail(Protocol):
    """The append-only, hash-chained record of who did what."""

    def record(self, action: str, subject: str, detail: str = "") -> None: ...

    def entries(self, limit: int | None = None) -> Sequence[AuditEntry]: ...

    def verify(self) -> AuditCheck: ...

    def export(self, form: str) -> Sequence[AuditEntry]:
        """All entries, for a file of this form; audited as an export."""

    def policy_in_force(self, policy: str) -> None:
        """Note the organisation's policy if it is another one than at the last sign-in."""


class UserDirectory(Protocol):
    """The people of the vault."""

    def list(self) -> Sequence[User]: ...

    def add(self, name: str, display_name: str, roles: frozenset[Role], passphrase: str) -> tuple[User, str]:
        """Return the new user and their recovery code (shown once). Needs MANAGE_USERS."""

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the signed-in person's own passphrase."""


class OwnNotes(Protocol):
    """What the signed-in person signed, and settings of theirs that stay sealed beside it."""

    def signed(self, most: int) -> Sequence[Sequence[NoteVersion]]:
        """All versions of each of the `most` visits whose note this person signed last, newest first."""

    def setting(self, name: str) -> str:
        """'' if there is none."""

    def set_setting(self, name: str, value: str) -> None: ...


class Session(Protocol):
    """A signed-in person with the opened vault."""

    @property
    def user(self) -> User: ...

    @property
    def encounters(self) -> EncounterStore: ...

    @property
    def search(self) -> EncounterSearch: ...

    @property
    def own_notes(self) -> OwnNotes: ...

    @property
    def audit(self) -> AuditTrail: ...

    @property
    def users(self) -> UserDirectory: ...

    @property
    def unlocking(self) -> Unlocking: ...

    @property
    def records(self) -> Records: ...

    @property
    def team(self) -> CareTeams: ...

    @property
    def leaving(self) -> Leaving: ...

    @property
    def syncing(self) -> Syncing: ...

    def reauthenticate(self, passphrase: str) -> None:
        """Raises `SignInError` after a growing delay."""

    def close(self) -> None:
        """Sign out: close the database and forget the keys."""
