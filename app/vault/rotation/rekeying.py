"""A new data key in the place of an encounter's present one, in the caller's transaction."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import AnamnesisError
from app.domain.records import Part
from app.vault.data_keys import DataKeys
from app.vault.earlier_keys import keep_earlier
from app.vault.field_blob import DataKey
from app.vault.models import RekeyRow, SealedKeyRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.records.part_keys import replace_part_keys
from app.vault.sealing_pair import SealingPublic, seal_key
from app.vault.team.revocations import revoked_ids


def rekey(
    vault: OpenVault,
    keys: DataKeys,
    connection: Connection,
    encounter_id: str,
    cause: str,
    without: Collection[str] = (),
) -> DataKey:
    """Give an encounter of the signed-in person a new key, sealed to everybody who held it but `without`; return it.

    The keys before it stay, sealed under it, until nothing is sealed under them. `cause` goes into the audit trail.
    Raises `InputError` (not this person's), `SealBrokenError`, `VersionError`.
    """
    row = SealedKeyRow
    here = row.encounter_id == encounter_id
    connection.execute(select(row.recipient_id).where(here).with_for_update()).all()
    old = keys.get(connection, encounter_id)
    new = replace_key(vault, keys, connection, encounter_id, old, without)
    vault.audit(connection, "encounter.rekeyed", encounter_id, cause)
    return new


def replace_key(
    vault: OpenVault,
    keys: DataKeys,
    connection: Connection,
    encounter_id: str,
    old: DataKey,
    without: Collection[str] = (),
) -> DataKey:
    """The same for whoever has opened `old`; knows nothing of permissions and writes no audit entry."""
    new = DataKey.generate()
    row = SealedKeyRow
    here = row.encounter_id == encounter_id
    recipients = connection.execute(select(row.recipient_id).where(here)).scalars().all()
    gone = {*without, *revoked_ids(connection, vault.directory)}
    for recipient_id in recipients:
        this = (here, row.recipient_id == recipient_id)
        public = None if recipient_id in gone else _public(vault, keys, connection, recipient_id)
        if public is None:
            connection.execute(delete(row).where(*this))
            continue
        own = recipient_id == vault.access.user.id
        values = {
            "blob": seal_key(new, public, vault.vault_id, encounter_id),
            "quick": keys.quick(new, encounter_id) if own else None,
        }
        connection.execute(update(row).where(*this).values(**values))
    replace_part_keys(connection, encounter_id, old, new)
    earlier = (DataKey(old.id, old.secret), *old.earlier)
    keep_earlier(connection, new, encounter_id, Part.ENCOUNTER, earlier)
    connection.execute(delete(RekeyRow).where(RekeyRow.encounter_id == encounter_id))
    return DataKey(new.id, new.secret, earlier)


def queue(connection: Connection, encounter_id: str, cause: str) -> None:
    """Let an encounter wait for a new key, unless it waits already."""
    waits = select(RekeyRow.at).where(RekeyRow.encounter_id == encounter_id)
    if connection.execute(waits).first() is None:
        connection.execute(insert(RekeyRow).values(encounter_id=encounter_id, cause=cause, at=now_text()))


def _public(vault: OpenVault, keys: DataKeys, connection: Connection, recipient_id: str) -> SealingPublic | None:
    """The verified public key of a recipient; None if there is none any more."""
    if recipient_id in keys.besides:
        return keys.besides[recipient_id]
    try:
        return vault.directory.certificate(connection, recipient_id).sealing
    except AnamnesisError:
        return None
