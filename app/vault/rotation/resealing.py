"""Seals the values of an encounter anew under its present key, a few in each transaction."""

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


def reseal_some(keys: DataKeys, connection: Connection, encounter_id: str) -> int:
    """Seal up to `AT_ONCE` values anew that are still under an earlier key; return how many it were.

    Content is opened and sealed as it is, byte for byte. Raises `SealBrokenError` for a damaged value, which stays.
    """
    data_key = keys.get(connection, encounter_id)
    done = 0
    for sealed in SEALED_COLUMNS:
        if done < AT_ONCE:
            key = _key(connection, data_key, sealed, encounter_id)
            done += _reseal(connection, key, sealed, encounter_id, AT_ONCE - done)
    return done


def forget_earlier(vault: OpenVault, keys: DataKeys, connection: Connection, encounter_id: str) -> bool:
    """Delete the earlier keys if no value in the database is under one any more; return whether it was so."""
    data_key = keys.get(connection, encounter_id)
    for sealed in SEALED_COLUMNS:
        key = _key(connection, data_key, sealed, encounter_id)
        if _old(connection, key, sealed, encounter_id, 1):
            return False
    drop_earlier(connection, encounter_id)
    vault.audit(connection, "encounter.resealed", encounter_id)
    return True


def _key(connection: Connection, data_key: DataKey, sealed: SealedColumn, encounter_id: str) -> DataKey:
    return data_key if sealed.part is Part.ENCOUNTER else part_key(connection, data_key, encounter_id, sealed.part)


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
