"""The tables. Content columns (`LargeBinary`) hold sealed values; times are UTC text, so that they sort and hash alike.

The same tables serve SQLite and PostgreSQL; what is special to SQLite lives in `database.py` and the migrations.
"""

from sqlalchemy import Float, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.vault.shared_models import (
    ForeignAuditRow,
    ForeignCheckpointRow,
    HeldRow,
    KnownRow,
    MachineRow,
    OutboxRow,
    RecordingPlaceRow,
    ServerLinkRow,
    SetAsideRow,
)
from app.vault.table_base import HEX, ID, ROWID, TIME, Base


class UserRow(Base):
    """A person. Roles are not here: they are read from verified certificates."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[str] = mapped_column(TIME)


class CertificateRow(Base):
    """A certificate by the organisation: canonical JSON and its Ed25519 signature. The newest of a person counts."""

    __tablename__ = "certificates"
    id: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(88))


class OwnSettingRow(Base):
    """A setting of a person, sealed under a key that only they hold."""

    __tablename__ = "own_settings"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    updated_at: Mapped[str] = mapped_column(TIME)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class EncounterRow(Base):
    """A visit; `title` is sealed. `latest` is the number of its newest note version, 0 for none.

    `segments` is how many files its recording has, at least; None if it was not noted.
    """

    __tablename__ = "encounters"
    __table_args__ = (Index("ix_encounters_created_at", "created_at"),)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    creator_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[str] = mapped_column(TIME)
    state: Mapped[str] = mapped_column(String(16))
    title: Mapped[bytes] = mapped_column(LargeBinary)
    duration: Mapped[float | None] = mapped_column(Float)
    latest: Mapped[int] = mapped_column(Integer)
    destroyed_at: Mapped[str | None] = mapped_column(TIME)
    segments: Mapped[int | None] = mapped_column(Integer)
    draft_choice: Mapped[bytes | None] = mapped_column(LargeBinary)


class SealedKeyRow(Base):
    """An encounter's data key, sealed to a person or to the organisation (`recipient_id` is `organisation`).

    `quick` is the same key sealed by its recipient to itself with a symmetric key, so that long lists open fast.
    """

    __tablename__ = "sealed_keys"
    __table_args__ = (Index("ix_sealed_keys_held", "recipient_id", "encounter_id"),)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    recipient_id: Mapped[str] = mapped_column(ID, primary_key=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    quick: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[str] = mapped_column(TIME)


class PartKeyRow(Base):
    """The key of a part that can be erased alone, sealed under the data key. Erasing deletes the row."""

    __tablename__ = "part_keys"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[str] = mapped_column(TIME)


class ErasureRow(Base):
    """What remains of an erased part (`part` is audio, transcript or encounter); `cause` is policy or person."""

    __tablename__ = "erasures"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[str] = mapped_column(TIME)
    actor_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)


class HoldRow(Base):
    """A legal hold; it stands until it is released. Both reasons are sealed under a key of the vault's."""

    __tablename__ = "holds"
    id: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), index=True)
    placed_at: Mapped[str] = mapped_column(TIME)
    placed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    released_at: Mapped[str | None] = mapped_column(TIME)
    released_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    release_reason: Mapped[bytes | None] = mapped_column(LargeBinary)


class RetentionLimitRow(Base):
    """Days that each kind is kept (0 for ever), as this vault first saw the policy say so. The newest row counts."""

    __tablename__ = "retention_limits"
    id: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    since: Mapped[str] = mapped_column(TIME)
    actor_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    audio: Mapped[int] = mapped_column(Integer)
    transcript: Mapped[int] = mapped_column(Integer)
    unsigned: Mapped[int] = mapped_column(Integer)
    signed: Mapped[int] = mapped_column(Integer)


class DeletionRow(Base):
    """What remains of a destroyed encounter."""

    __tablename__ = "deletions"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    at: Mapped[str] = mapped_column(TIME)
    actor_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)


class StageRow(Base):
    """How far a stage of an encounter is."""

    __tablename__ = "stages"
    __table_args__ = (Index("ix_stages_listed", "encounter_id", "stage", "state", "code"),)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    code: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[str] = mapped_column(TIME)


class TranscriptRow(Base):
    """A sealed transcript. One that a note version refers to never changes; a later one gets the next number."""

    __tablename__ = "transcripts"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    created_at: Mapped[str] = mapped_column(TIME)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class JournalRow(Base):
    """A sealed mark or stretch of final text of a running recording; numbered without gaps from 1."""

    __tablename__ = "recording_journal"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    created_at: Mapped[str] = mapped_column(TIME)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ConsentRow(Base):
    """A sealed decision about being recorded; the latest counts."""

    __tablename__ = "consents"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    created_at: Mapped[str] = mapped_column(TIME)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class NoteVersionRow(Base):
    """An immutable sealed note version; `signature` is the sealed signature record, if signed."""

    __tablename__ = "note_versions"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[str] = mapped_column(TIME)
    transcript_number: Mapped[int] = mapped_column(Integer)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)


class SummaryRow(Base):
    """A bucket of what is remembered of a person's visits, sealed to that person; derived, may go at any time."""

    __tablename__ = "summaries"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(2), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AuditRow(Base):
    """A line of the audit trail; never holds content."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("hash", name="uq_audit_hash"),
        Index(
            "ix_audit_policy",
            "sequence",
            sqlite_where=text("action = 'policy.in-force'"),
            postgresql_where=text("action = 'policy.in-force'"),
        ),
    )
    sequence: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(TIME)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(HEX)
    hash: Mapped[str] = mapped_column(HEX)


class AuditHeadRow(Base):
    """The one row that says how long the trail is and how it ends, under a keyed code.

    `broken_at` is the sequence at which a damaged head was noticed, 0 for never; it is never reset.
    """

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(ROWID)
    hash: Mapped[str] = mapped_column(HEX)
    broken_at: Mapped[int] = mapped_column(ROWID)
    code: Mapped[str] = mapped_column(HEX)


class AuditCheckpointRow(Base):
    """A point of the trail signed by a person at sign-in or signature."""

    __tablename__ = "audit_checkpoints"
    count: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(HEX)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    signature: Mapped[str] = mapped_column(String(88))


class EarlierKeyRow(Base):
    """A key that was replaced, sealed under the present data key, until nothing is sealed under it any more.

    `part` says of what it was the key: the encounter, or one of its parts that have keys of their own.
    """

    __tablename__ = "earlier_keys"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)


class RekeyRow(Base):
    """An encounter that waits for a new data key, which only somebody of its care team can give it."""

    __tablename__ = "rekey_queue"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(32))
    at: Mapped[str] = mapped_column(TIME)


class WithdrawalRow(Base):
    """A person who was taken off a care team; the reason is sealed under the encounter's data key."""

    __tablename__ = "withdrawals"
    number: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    actor_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[str] = mapped_column(TIME)
    reason: Mapped[bytes] = mapped_column(LargeBinary)


class RevocationRow(Base):
    """That a person's certificate is no longer valid: canonical JSON and the organisation's Ed25519 signature."""

    __tablename__ = "revocations"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(88))


class DepartureRow(Base):
    """That a revoked person was on the care team of an encounter."""

    __tablename__ = "departures"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    at: Mapped[str] = mapped_column(TIME)


class EmergencyPairRow(Base):
    """The public half of the organisation's emergency pair, signed by the organisation. The newest counts."""

    __tablename__ = "emergency_pairs"
    number: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(88))


class EntrustedKeyRow(Base):
    """A private half of the organisation's sealed to a person; `purpose` is `emergency` or `recovery`."""

    __tablename__ = "entrusted_keys"
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[str] = mapped_column(TIME)
    blob: Mapped[bytes] = mapped_column(LargeBinary)


class EmergencyAccessRow(Base):
    """An opening by somebody outside the care team; the reason is sealed under the encounter's data key."""

    __tablename__ = "emergency_access"
    number: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    began_at: Mapped[str] = mapped_column(TIME)
    until_at: Mapped[str] = mapped_column(TIME)
    ended_at: Mapped[str | None] = mapped_column(TIME)
    reason: Mapped[bytes] = mapped_column(LargeBinary)


__all__ = [
    "AuditCheckpointRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "CertificateRow",
    "ConsentRow",
    "DeletionRow",
    "DepartureRow",
    "EarlierKeyRow",
    "EmergencyAccessRow",
    "EmergencyPairRow",
    "EncounterRow",
    "EntrustedKeyRow",
    "ErasureRow",
    "ForeignAuditRow",
    "ForeignCheckpointRow",
    "HeldRow",
    "HoldRow",
    "JournalRow",
    "KnownRow",
    "MachineRow",
    "NoteVersionRow",
    "OutboxRow",
    "OwnSettingRow",
    "PartKeyRow",
    "RecordingPlaceRow",
    "RekeyRow",
    "RetentionLimitRow",
    "RevocationRow",
    "SealedKeyRow",
    "ServerLinkRow",
    "SetAsideRow",
    "StageRow",
    "SummaryRow",
    "TranscriptRow",
    "UserRow",
    "WithdrawalRow",
]
