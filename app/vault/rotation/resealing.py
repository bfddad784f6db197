"""Seals the values of an encounter anew under its present keys, a few in each transaction."""

from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, func, select, update

from app.domain.records import Part
from app.vault.blob import PREFIX
from app.vault.data_keys import DataKeys
from app.vault.earlier_keys import drop_earlier
from app.vault.field_blob import KEY_ID, DataKey, open_field, seal_field
from app.vault.open_vault import OpenVault
from app.vault.records.part_keys import part_key
from app.vault.rotation.sealed_columns import SEALED_COLUMNS, SealedColumn

AT_ONCE = 20
"""Values in one transaction: few, so that whoever records or types beside it does not wait."""


def reseal_some(
    vault: OpenVault, keys: DataKeys, connection: Connection, encounter_id: str, sound: bytes | None
) -> bool:
    """Seal up to `AT_ONCE` values anew that are still under an earlier key; return whether there may be more.

    `sound` is the id of the key that all sound is under, None if some is not. With the last value the earlier keys are
    deleted, if that is still the present key of the sound: whoever writes takes the present key in a transaction of
    their own, so nothing new is under an earlier one. Content is opened and sealed as it is, byte for byte.
    Raises `SealBrokenError` for a damaged value, which stays, as its key does.
    """
    data_key = keys.get(connection, encounter_id)
    words = part_key(connection, data_key, encounter_id, Part.TRANSCRIPT)
    done = 0
    for sealed in SEALED_COLUMNS:
        if done < AT_ONCE:
            key = words if sealed.part is Part.TRANSCRIPT else data_key
            done += _reseal(connection, key, sealed, encounter_id, AT_ONCE - done)
    if done == AT_ONCE:
        return True
    if sound == part_key(connection, data_key, encounter_id, Part.AUDIO).id:
        drop_earlier(connection, encounter_id)
        vault.audit(connection, "encounter.resealed", encounter_id)
    return False


def _reseal(connection: Connection, key: DataKey, sealed: SealedColumn, encounter_id: str, most: int) -> int:
    rows = _old(connection, key, sealed, encounter_id, most)
    for row in rows:
        place, old = sealed.place(row), row._mapping[sealed.name]
        new = seal_field(key, place, open_field(key, place, old))
        this = [column == row._mapping[column.name] for column in sealed.table.primary_key]
        connection.execute(update(sealed.table).where(*this, sealed.column == old).values({sealed.name: new}))
    return len(rows)


def _old(connection: Connection, key: DataKey, sealed: SealedColumn, encounter_id: str, most: int) -> list[Row[Any]]:
    """Rows whose value is sealed under another key than the present one."""
    named = func.substr(sealed.column, PREFIX + 1, KEY_ID, type_=LargeBinary)
    query = select(sealed.table).where(sealed.table.c[sealed.encounter] == encounter_id, named != key.id).limit(most)
    return list(connection.execute(query))
