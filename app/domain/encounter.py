"""An encounter: one visit with its stages, its note versions and its signature."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.note import Note


class EncounterState(StrEnum):
    """Where the note stands."""

    OPEN = "open"
    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    AMENDED = "amended"


class Stage(StrEnum):
    """The steps of the visit before review."""

    RECORD = "record"
    TRANSCRIBE = "transcribe"
    DRAFT = "draft"
    CHECK = "check"


class StageState(StrEnum):
    """How far a stage is."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StageStatus:
    """A stage with its state; `code` names the declared error of a failed stage."""

    stage: Stage
    state: StageState
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """What a list of encounters shows. `title` (patient label) is sealed content; `duration` in seconds."""

    id: str
    title: str
    created_at: datetime
    state: EncounterState
    stages: tuple[StageStatus, ...]
    duration: float | None = None
    versions: int = 0


class VersionKind(StrEnum):
    """Why a note version came to be."""

    DRAFT = "draft"
    EDIT = "edit"
    REVIEW = "review"
    SIGNATURE = "signature"
    ADDENDUM = "addendum"


@dataclass(frozen=True, slots=True)
class Signature:
    """An electronic signature over canonical bytes (RFC 8785) of note, evidence, signer, meaning, time and audit hash.

    Hashes are lower-case SHA-256 hex; `value`, `public_key` and `certificate` are base64. 21 CFR 11.50 and 11.70.
    """

    signer_id: str
    signer_name: str
    role: str
    meaning: str
    signed_at: datetime
    note_sha256: str
    evidence_sha256: str
    audit_sha256: str
    public_key: str
    certificate: str
    value: str


@dataclass(frozen=True, slots=True)
class NoteVersion:
    """An immutable version of a note; `number` counts from 1."""

    number: int
    kind: VersionKind
    note: Note
    author_id: str
    author_name: str
    created_at: datetime
    signature: Signature | None = None
