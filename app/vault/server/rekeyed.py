"""Keys that another machine replaced, while something sealed under the old ones may still be only here.

The old keys are kept as earlier ones, sealed under the new data key, until nothing here is sealed under them.
"""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection, func, select, update

from app.domain.errors import AnamnesisError, SealBrokenError
from app.domain.records import Part
from app.vault.blob import PREFIX
from app.vault.data_keys import NOT_PEOPLE, DataKeys
from app.vault.earlier_keys import earlier_blobs, keep_earlier, with_earlier
from app.vault.field_blob import KEY_ID, DataKey, key_id_of
from app.vault.models import SealedKeyRow
from app.vault.open_vault import OpenVault
from app.vault.records.part_keys import OWN_KEY, part_key
from app.vault.rotation.sealed_columns import SEALED_COLUMNS
from app.vault.sealing_pair import KeyOpener
from app.vault.server.envelope import Values, unpacked


def keep_old_data_key(
    connection: Connection, vault: OpenVault, keys: DataKeys, recipient_id: str, ours: Values | None, theirs: Values
) -> bool:
    """Before a sealed data key is replaced; false if it must not be yet, for want of the old key.

    Another person's stays while the signed-in one holds no key of the encounter: only its owner, at this machine, can
    bring what was written here under it into the new one.
    """
    encounter_id, mine = str(theirs["encounter_id"]), vault.access.user.id
    if ours is None or key_id_of(_blob(ours)) == key_id_of(_blob(theirs)):
        return True
    if recipient_id != mine:
        held = select(SealedKeyRow.created_at).where(
            SealedKeyRow.encounter_id == encounter_id, SealedKeyRow.recipient_id == mine
        )
        return recipient_id in NOT_PEOPLE or connection.execute(held).first() is not None
    old = keys.get(connection, encounter_id)
    new = KeyOpener(vault.keys.sealing).open(_blob(theirs), vault.vault_id, encounter_id)
    _keep(connection, new, encounter_id, Part.ENCOUNTER, (DataKey(old.id, old.secret), *old.earlier))
    for part in OWN_KEY:
        _keep(connection, new, encounter_id, part, _openable(connection, old, encounter_id, part))
    return True


def keep_old_part_key(connection: Connection, keys: DataKeys, part: Part, ours: Values | None, theirs: Values) -> bool:
    """Before the key of a part is replaced; false if it must not be yet, for want of the data key."""
    if ours is None or ours["blob"] == theirs["blob"]:
        return True
    encounter_id = str(theirs["encounter_id"])
    try:
        data_key = keys.get(connection, encounter_id)
        old = part_key(connection, data_key, encounter_id, part)
    except AnamnesisError:
        return False
    replaced = [key for key in (DataKey(old.id, old.secret), *old.earlier) if data_key.named(key.id) is None]
    _keep(connection, data_key, encounter_id, part, replaced)
    return True


def fits_data_key(connection: Connection, theirs: Values) -> bool:
    """Whether an earlier key is sealed under the data key that people hold here; else theirs is still to come."""
    row = SealedKeyRow
    query = select(row.blob).where(row.encounter_id == theirs["encounter_id"], row.recipient_id.not_in(NOT_PEOPLE))
    return all(key_id_of(blob) == key_id_of(_blob(theirs)) for blob in connection.execute(query).scalars())


def forget_old_quick(connection: Connection, encounter_id: str, recipient_id: str) -> None:
    """A quick copy is of the key that was replaced."""
    row = SealedKeyRow
    here = (row.encounter_id == encounter_id, row.recipient_id == recipient_id)
    connection.execute(update(row).where(*here).values(quick=None))


def still_needed(connection: Connection, encounter_id: str, part: str, key_id: str, *, sound_here: bool) -> bool:
    """Whether something on this machine is still sealed under this earlier key."""
    if part == Part.AUDIO.value:
        return sound_here
    for sealed in SEALED_COLUMNS:
        if sealed.part.value == part:
            under = func.substr(sealed.column, PREFIX + 1, KEY_ID) == bytes.fromhex(key_id)
            here = sealed.table.c[sealed.encounter] == encounter_id
            if connection.execute(select(sealed.column).where(here, under).limit(1)).first() is not None:
                return True
    return False


def _keep(connection: Connection, new: DataKey, encounter_id: str, part: Part, keys: Sequence[DataKey]) -> None:
    """Keep these besides those that are there under the new key already."""
    known = {key.id: key for key in (*_openable(connection, new, encounter_id, part), *keys) if key.id != new.id}
    if known:
        keep_earlier(connection, new, encounter_id, part, list(known.values()))


def _openable(connection: Connection, under: DataKey, encounter_id: str, part: Part) -> list[DataKey]:
    """The earlier keys that are sealed under this one."""
    found: list[DataKey] = []
    for blob in earlier_blobs(connection, encounter_id, part):
        with suppress(SealBrokenError):
            found.extend(with_earlier(under, encounter_id, (blob,), part, under=under).earlier)
    return found


def _blob(values: Values) -> bytes:
    found = unpacked(values["blob"])
    return found if isinstance(found, bytes) else b""
