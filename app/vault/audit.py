"""The audit trail in the database: append in the caller's transaction, walk, and notice a cut end."""

import base64
import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, func, insert, select, update

from app.domain.errors import InputError
from app.domain.people import Permission
from app.domain.ports import AuditCheck, AuditEntry
from app.vault.access import Access
from app.vault.audit_chain import ChainEntry, Head, checkpoint_bytes, first_previous, walk
from app.vault.database import Database
from app.vault.models import AuditCheckpointRow, AuditHeadRow, AuditRow
from app.vault.moments import now_text, to_moment
from app.vault.server.trails import verify_others

POLICY_ACTION = "policy.in-force"
_OUTWARD = ("export", "print")
_LONGEST = {"action": 64, "subject": 128, "detail": 500}


class AuditLog:
    """Appends entries and checkpoints; knows nothing of permissions."""

    def __init__(self, key: bytes, vault_id: str) -> None:
        self._key = key
        self.vault_id = vault_id

    def start(self, connection: Connection) -> None:
        """Write the head of an empty trail."""
        head = Head(0, first_previous(self.vault_id))
        connection.execute(insert(AuditHeadRow).values(id=1, **self._head_values(head)))

    def append(self, connection: Connection, actor: str, action: str, subject: str, detail: str = "") -> ChainEntry:
        """Append an entry. A damaged head is noted for good and never hidden, and does not stop the work."""
        head = self._usable_head(connection)
        entry = ChainEntry(head.count + 1, now_text(), actor, action, subject, detail, head.hash, "")
        entry = replace(entry, hash=entry.expected_hash())
        connection.execute(insert(AuditRow).values({name: getattr(entry, name) for name in ChainEntry.__slots__}))
        values = self._head_values(Head(entry.sequence, entry.hash, head.broken_at))
        if connection.execute(update(AuditHeadRow).where(AuditHeadRow.id == 1).values(**values)).rowcount != 1:
            connection.execute(insert(AuditHeadRow).values(id=1, **values))
        return entry

    def length(self, connection: Connection) -> int:
        """How many entries the trail has."""
        return self._usable_head(connection).count

    def last_hash(self, connection: Connection) -> str:
        """The hash that the next entry will be chained to."""
        return self._usable_head(connection).hash

    def checkpoint(self, connection: Connection, user_id: str, key: Ed25519PrivateKey) -> None:
        """Vouch for the trail so far with a person's signature."""
        head = self._usable_head(connection)
        if connection.execute(select(AuditCheckpointRow.count).where(AuditCheckpointRow.count == head.count)).scalar():
            return
        signature = key.sign(checkpoint_bytes(self.vault_id, head.count, head.hash))
        connection.execute(
            insert(AuditCheckpointRow).values(
                count=head.count,
                hash=head.hash,
                user_id=user_id,
                signature=base64.b64encode(signature).decode(),
            )
        )

    def verify(self, connection: Connection, signing_keys: dict[str, bytes]) -> AuditCheck:
        """Walk the chain and compare with head and checkpoints; `signing_keys` by user id."""
        points, bad_point = self._points(connection, signing_keys)
        columns = [getattr(AuditRow, name) for name in ChainEntry.__slots__]
        rows = connection.execute(select(*columns).order_by(AuditRow.sequence))
        result = walk((ChainEntry(*row) for row in rows), self.vault_id, points)
        total = connection.execute(select(func.count()).select_from(AuditRow)).scalar_one()
        result = replace(result, entries=total)
        if result.first_bad is not None:
            return result
        missing = max(points, default=0)
        if missing > total:
            return AuditCheck(total, total + 1, f"entries {total + 1} to {missing} are missing")
        if bad_point is not None:
            return AuditCheck(total, bad_point, f"the checkpoint after entry {bad_point} was altered")
        return self._against_head(connection, total)

    def _against_head(self, connection: Connection, total: int) -> AuditCheck:
        head = self._stored_head(connection)
        if head is None:
            return AuditCheck(total, max(total, 1), "the record of the trail's end was altered")
        if head.broken_at:
            return AuditCheck(total, head.broken_at, f"before entry {head.broken_at} the trail's end was altered")
        if head.count > total:
            return AuditCheck(total, total + 1, f"entries {total + 1} to {head.count} are missing")
        last = connection.execute(select(AuditRow.hash).where(AuditRow.sequence == head.count)).scalar()
        if head.count < total:
            return AuditCheck(total, head.count + 1, f"entry {head.count + 1} was not written by this program")
        if total and last != head.hash:
            return AuditCheck(total, total, f"entry {total} was replaced")
        return AuditCheck(total)

    def _points(self, connection: Connection, keys: dict[str, bytes]) -> tuple[dict[int, str], int | None]:
        points, bad = {}, None
        row = AuditCheckpointRow
        for count, head_hash, user_id, signature in connection.execute(
            select(row.count, row.hash, row.user_id, row.signature).order_by(row.count)
        ):
            try:
                public = Ed25519PublicKey.from_public_bytes(keys.get(user_id, b""))
                message = checkpoint_bytes(self.vault_id, count, head_hash)
                public.verify(base64.b64decode(signature, validate=True), message)
            except (InvalidSignature, ValueError):
                bad = bad if bad is not None else count
                continue
            points[count] = head_hash
        return points, bad

    def _usable_head(self, connection: Connection) -> Head:
        head = self._stored_head(connection)
        last = connection.execute(
            select(AuditRow.sequence, AuditRow.hash).order_by(AuditRow.sequence.desc()).limit(1)
        ).first()
        if head is None:
            count, last_hash = (last.sequence, last.hash) if last else (0, first_previous(self.vault_id))
            return Head(count, last_hash, broken_at=count + 1)
        if last is not None and last.sequence > head.count:
            return Head(last.sequence, head.hash, head.broken_at or head.count + 1)
        return head

    def _stored_head(self, connection: Connection) -> Head | None:
        """The head, or None if it is gone or its code does not fit."""
        row = AuditHeadRow
        found = connection.execute(select(row.count, row.hash, row.broken_at, row.code).where(row.id == 1)).first()
        if found is None:
            return None
        count, last_hash, broken_at, code = found
        head = Head(count, last_hash, broken_at)
        return head if hmac.compare_digest(head.code(self._key), code) else None

    def _head_values(self, head: Head) -> dict[str, object]:
        return {"count": head.count, "hash": head.hash, "broken_at": head.broken_at, "code": head.code(self._key)}


class VaultAuditTrail:
    """`AuditTrail` for the signed-in person."""

    def __init__(
        self, database: Database, log: AuditLog, access: Access, signing_keys: Callable[[Connection], dict[str, bytes]]
    ) -> None:
        self._database = database
        self._log = log
        self._access = access
        self._signing_keys = signing_keys

    def record(self, action: str, subject: str, detail: str = "") -> None:
        """Append an entry in this person's name. What begins with `export` or `print` needs the permission to export.

        Raises `InputError` if a part is empty or too long, `PermissionDeniedError`.
        """
        for name, value in (("action", action), ("subject", subject), ("detail", detail)):
            if len(value) > _LONGEST[name] or (name == "action" and not value):
                raise InputError(f"The {name} of an audit entry is empty or too long.")
        if action.startswith(_OUTWARD):
            self._access.require(Permission.EXPORT)
        with self._database.transaction() as connection:
            self._log.append(connection, self._access.user.name, action, subject, detail)

    def entries(self, limit: int | None = None) -> Sequence[AuditEntry]:
        """The newest `limit` entries (all if None), oldest first. Needs READ_AUDIT."""
        return self._read(limit, "audit.viewed", "")

    def export(self, form: str) -> Sequence[AuditEntry]:
        """All entries, oldest first, to be written to a file of this form; audited as an export. Needs READ_AUDIT."""
        return self._read(None, "audit.exported", form)

    def _read(self, limit: int | None, action: str, detail: str) -> Sequence[AuditEntry]:
        self._access.require(Permission.READ_AUDIT)
        columns = [getattr(AuditRow, name) for name in ChainEntry.__slots__]
        query = select(*columns).order_by(AuditRow.sequence.desc())
        if limit is not None:
            query = query.limit(max(0, limit))
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
            self._log.append(connection, self._access.user.name, action, "audit", detail)
        return [AuditEntry(row[0], to_moment(row[1]), *row[2:]) for row in reversed(rows)]

    def policy_in_force(self, policy: str) -> None:
        """Append an entry if `policy` (digest and what it sets, no content) is not what the last such entry says."""
        row = AuditRow
        last = select(row.detail).where(row.action == POLICY_ACTION).order_by(row.sequence.desc()).limit(1)
        with self._database.transaction() as connection:
            if connection.execute(last).scalar() != policy:
                self._log.append(connection, self._access.user.name, POLICY_ACTION, "policy", policy)

    def verify(self) -> AuditCheck:
        """Walk the whole chain, and copies of other machines' chains, and check every page. Needs READ_AUDIT.

        Raises `SealBrokenError` if a page is damaged.
        """
        self._access.require(Permission.READ_AUDIT)
        self._database.check_pages()
        with self._database.transaction() as connection:
            keys = self._signing_keys(connection)
            result = self._log.verify(connection, keys)
            if result.first_bad is None:
                result = verify_others(connection, self._log.vault_id, keys) or result
            finding = "whole" if result.first_bad is None else f"first bad entry {result.first_bad}"
            self._log.append(connection, self._access.user.name, "audit.verified", "audit", finding)
        return result
