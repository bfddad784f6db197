"""Rows of legal holds, in the caller's transaction. Reasons are sealed under a key that follows from the vault key."""

from sqlalchemy import Connection, insert, select, update

from app.domain.errors import HeldError
from app.domain.records import Hold
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.models import HoldRow, UserRow
from app.vault.moments import now_text, to_moment

_KEY_ID = b"hold-reasons\0\0\0\0"


def reason_key(secret: bytes) -> DataKey:
    """The key of the reasons; `secret` is the vault's derived key `holds`."""
    return DataKey(_KEY_ID, secret)


def active_hold(connection: Connection, encounter_id: str) -> str | None:
    """Since when a hold stands on the encounter, as stored; None if none does."""
    row = HoldRow
    query = select(row.placed_at).where(row.encounter_id == encounter_id, row.released_at.is_(None))
    return connection.execute(query.order_by(row.id).limit(1)).scalar()


def held_ids(connection: Connection) -> set[str]:
    """The encounters on which a hold stands."""
    return set(connection.execute(select(HoldRow.encounter_id).where(HoldRow.released_at.is_(None))).scalars())


def refuse_held(connection: Connection, encounter_id: str) -> None:
    """Raises `HeldError` if a hold stands on the encounter."""
    since = active_hold(connection, encounter_id)
    if since is not None:
        raise HeldError(
            f"This visit is under legal hold since {to_moment(since):%Y-%m-%d}: nothing of it is erased.",
            "Ask an administrator or its physician; they can release the hold.",
        )


def place_hold(connection: Connection, key: DataKey, encounter_id: str, user_id: str, reason: str) -> str:
    """Add a hold; return the moment as stored."""
    now = now_text()
    sealed = seal_field(key, _place("reason", encounter_id, now), reason.encode())
    connection.execute(
        insert(HoldRow).values(encounter_id=encounter_id, placed_at=now, placed_by=user_id, reason=sealed)
    )
    return now


def release(connection: Connection, key: DataKey, encounter_id: str, user_id: str, reason: str) -> bool:
    """Release the hold that stands; False if none does."""
    row, now = HoldRow, now_text()
    sealed = seal_field(key, _place("release_reason", encounter_id, now), reason.encode())
    found = connection.execute(
        update(row)
        .where(row.encounter_id == encounter_id, row.released_at.is_(None))
        .values(released_at=now, released_by=user_id, release_reason=sealed)
    )
    return found.rowcount > 0


def standing(connection: Connection, key: DataKey) -> list[Hold]:
    """The holds that stand, newest first. Raises `SealBrokenError`, `VersionError`."""
    row = HoldRow
    query = (
        select(row.encounter_id, row.placed_at, row.reason, UserRow.name)
        .join(UserRow, UserRow.id == row.placed_by)
        .where(row.released_at.is_(None))
        .order_by(row.id.desc())
    )
    return [_hold(key, *found) for found in connection.execute(query)]


def _hold(key: DataKey, encounter_id: str, placed_at: str, reason: bytes, name: str) -> Hold:
    opened = open_field(key, _place("reason", encounter_id, placed_at), reason)
    return Hold(encounter_id, to_moment(placed_at), name, opened.decode())


def _place(column: str, encounter_id: str, at: str) -> Place:
    return Place("holds", column, f"{encounter_id} {at}")
