"""Other machines' audit trails: each machine has a chain of its own, and holds copies of the others'."""

import base64
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, Connection, insert, select

from app.domain.ports import AuditCheck
from app.vault.audit_chain import ChainEntry, checkpoint_bytes, walk
from app.vault.models import AuditCheckpointRow, AuditRow, ForeignAuditRow, ForeignCheckpointRow, MachineRow
from app.vault.server.envelope import Values

_ENTRY = ChainEntry.__slots__
_POINT = ("count", "hash", "user_id", "signature")


@dataclass(frozen=True, slots=True)
class TrailKey:
    """Machine and number of an entry or checkpoint, as in a row's name."""

    machine_id: str
    number: int


def read_own(connection: Connection, table: str, number: int) -> Values | None:
    """An entry (`audit`) or checkpoint of this machine's trail, as it is shared."""
    row, names, key = (
        (AuditRow, _ENTRY, AuditRow.sequence)
        if table == "audit"
        else (AuditCheckpointRow, _POINT, AuditCheckpointRow.count)
    )
    found = connection.execute(select(*(getattr(row, n) for n in names)).where(key == number)).mappings().first()
    return None if found is None else dict(found)


def take(connection: Connection, table: str, key: TrailKey, values: Values) -> bool:
    """Keep a copy of another machine's entry or checkpoint; false if another one stands in its place."""
    row, number = (ForeignAuditRow, ForeignAuditRow.sequence) if table == "audit" else (
        ForeignCheckpointRow,
        ForeignCheckpointRow.count,
    )  # fmt: skip
    names = _ENTRY if table == "audit" else _POINT
    columns = [getattr(row, name) for name in names]
    here = (row.machine_id == key.machine_id, number == key.number)
    found = connection.execute(select(*columns).where(*here)).mappings().first()
    if found is None:
        connection.execute(insert(row).values(machine_id=key.machine_id, **{name: values[name] for name in names}))
        return True
    return dict(found) == dict(values)


def entry_after(connection: Connection, previous: str) -> ChainEntry | None:
    """The entry that follows this hash, in this machine's trail or in another's."""
    for row in (AuditRow, ForeignAuditRow):
        columns = [getattr(row, name) for name in _ENTRY]
        found = connection.execute(select(*columns).where(row.previous == previous)).first()
        if found is not None:
            return ChainEntry(*found)
    return None


def came_after(connection: Connection, previous: str, entries: int, at: str) -> bool:
    """Whether the entry after this hash came after an act that one machine noted when its trail had `entries` entries.

    By the order of that machine's trail if it holds both, else by the time that the other machine noted.
    """
    entry = entry_after(connection, previous)
    if entry is None:
        return True
    row = AuditRow
    own = connection.execute(select(row.sequence).where(row.previous == previous)).scalar()
    noted = select(row.at).where(row.sequence.between(entries + 1, entries + 9), row.action == "user.revoked")
    if own is not None and connection.execute(noted).scalar() is not None:
        return own > entries
    other = ForeignAuditRow
    machine = connection.execute(select(other.machine_id).where(other.previous == previous)).scalar()
    there = select(other.at).where(
        other.machine_id == machine, other.sequence.between(entries + 1, entries + 9), other.action == "user.revoked"
    )
    if machine is not None and connection.execute(there).scalar() is not None:
        return entry.sequence > entries
    return entry.at > at


def entries_about(connection: Connection, action: str, subject: str) -> Iterator[ChainEntry]:
    """Entries with this action and subject, of every machine's trail."""
    for row in (AuditRow, ForeignAuditRow):
        columns = [getattr(row, name) for name in _ENTRY]
        condition: ColumnElement[bool] = (row.action == action) & (row.subject == subject)
        for found in connection.execute(select(*columns).where(condition)):
            yield ChainEntry(*found)


def verify_others(connection: Connection, vault_id: str, keys: dict[str, bytes]) -> AuditCheck | None:
    """The first fault in another machine's trail, or None. `keys` are public signing keys by user id.

    Only a machine's own copy has a head under a keyed code; here its signed checkpoints show a cut end.
    """
    machines = connection.execute(select(ForeignAuditRow.machine_id).distinct().order_by(ForeignAuditRow.machine_id))
    for (machine_id,) in machines.all():
        points = _points(connection, machine_id, vault_id, keys)
        columns = [getattr(ForeignAuditRow, name) for name in _ENTRY]
        query = select(*columns).where(ForeignAuditRow.machine_id == machine_id).order_by(ForeignAuditRow.sequence)
        result = walk((ChainEntry(*row) for row in connection.execute(query)), vault_id, points)
        reason, bad = result.reason, result.first_bad
        if bad is None and max(points, default=0) > result.entries:
            bad, reason = result.entries + 1, f"entries {result.entries + 1} to {max(points)} are missing"
        if bad is not None:
            return AuditCheck(result.entries, bad, f"in the trail of machine {_name(connection, machine_id)}: {reason}")
    return None


def _points(connection: Connection, machine_id: str, vault_id: str, keys: dict[str, bytes]) -> dict[int, str]:
    row, points = ForeignCheckpointRow, {}
    query = select(row.count, row.hash, row.user_id, row.signature).where(row.machine_id == machine_id)
    for count, head_hash, user_id, signature in connection.execute(query):
        with contextlib.suppress(InvalidSignature, ValueError):
            public = Ed25519PublicKey.from_public_bytes(keys.get(user_id, b""))
            public.verify(base64.b64decode(signature, validate=True), checkpoint_bytes(vault_id, count, head_hash))
            points[count] = head_hash
    return points


def _name(connection: Connection, machine_id: str) -> str:
    found = connection.execute(select(MachineRow.name).where(MachineRow.id == machine_id)).scalar()
    return found or machine_id[:8]
