"""The tables of sharing a vault between machines through a server."""

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.vault.table_base import HEX, ROWID, TIME, Base


class ServerLinkRow(Base):
    """The one row that says which server this machine shares its rows with, and how far it has read there.

    `row_key` (32 bytes) seals every row that goes there; the server never has it.
    """

    __tablename__ = "server_link"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    machine_id: Mapped[str] = mapped_column(String(32))
    machine_name: Mapped[str] = mapped_column(String(64))
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int] = mapped_column(Integer)
    database: Mapped[str] = mapped_column(String(63))
    user: Mapped[str] = mapped_column(String(63))
    password: Mapped[str] = mapped_column(Text)
    row_key: Mapped[bytes] = mapped_column(LargeBinary)
    cursor: Mapped[int] = mapped_column(ROWID)
    linked_at: Mapped[str] = mapped_column(TIME)
    synced_at: Mapped[str | None] = mapped_column(TIME)


class OutboxRow(Base):
    """A row that changed here since it was last exchanged, named by table and key; written by triggers."""

    __tablename__ = "shared_outbox"
    __table_args__ = ({"sqlite_autoincrement": True},)
    serial: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=True)
    row: Mapped[str] = mapped_column(Text, unique=True)


class KnownRow(Base):
    """What the server is known to hold of a row: revision, digest, and the values where columns are merged."""

    __tablename__ = "shared_known"
    row: Mapped[str] = mapped_column(Text, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(HEX)
    body: Mapped[str | None] = mapped_column(Text)


class HeldRow(Base):
    """A row from elsewhere that cannot be taken over yet, and why."""

    __tablename__ = "shared_held"
    row: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(32))


class MachineRow(Base):
    """A machine that shares this vault."""

    __tablename__ = "machines"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    joined_at: Mapped[str] = mapped_column(TIME)


class ForeignAuditRow(Base):
    """A line of another machine's audit trail; each machine has a chain of its own."""

    __tablename__ = "foreign_audit"
    machine_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sequence: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(TIME)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(HEX, index=True)
    hash: Mapped[str] = mapped_column(HEX)


class ForeignCheckpointRow(Base):
    """A signed point of another machine's trail."""

    __tablename__ = "foreign_checkpoints"
    machine_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(ROWID, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(HEX)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    signature: Mapped[str] = mapped_column(String(88))


class RecordingPlaceRow(Base):
    """The machine on which an encounter's sound lies."""

    __tablename__ = "recording_places"
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), primary_key=True)
    machine_id: Mapped[str] = mapped_column(String(32))


class SetAsideRow(Base):
    """A version that another machine's version overtook, as it was sealed; `base` is what it was made from.

    `number` is the one it had. Versions with the same `batch` were overtaken together. `resolution` is '', `merged`,
    `adopted` or `dropped`; `why` is the sealed reason of the last.
    """

    __tablename__ = "set_aside_versions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    encounter_id: Mapped[str] = mapped_column(ForeignKey("encounters.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    base: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[str] = mapped_column(TIME)
    transcript_number: Mapped[int] = mapped_column(Integer)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    batch: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(32))
    resolution: Mapped[str] = mapped_column(String(16))
    why: Mapped[bytes | None] = mapped_column(LargeBinary)
    resolved_at: Mapped[str | None] = mapped_column(TIME)
