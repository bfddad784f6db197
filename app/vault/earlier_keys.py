"""Keys of an encounter and its parts that were replaced, sealed under the present data key until nothing needs them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select

from app.domain.records import Part
from app.vault.field_blob import KEY_ID, DataKey, Place, open_field, seal_field
from app.vault.models import EarlierKeyRow


def earlier_blobs(connection: Connection, encounter_id: str, part: Part = Part.ENCOUNTER) -> Sequence[bytes]:
    """The earlier keys of an encounter or one of its parts, sealed under the present data key."""
    row = EarlierKeyRow
    here = (row.encounter_id == encounter_id, row.part == part.value)
    return connection.execute(select(row.blob).where(*here)).scalars().all()


def with_earlier(
    key: DataKey, encounter_id: str, blobs: Sequence[bytes], part: Part = Part.ENCOUNTER, under: DataKey | None = None
) -> DataKey:
    """The key with the earlier ones in `blobs`, which open with it or with the data key they are sealed `under`.

    Raises `SealBrokenError`, `VersionError`.
    """
    values = [open_field(under or key, _place(encounter_id, part.value), blob) for blob in blobs]
    return replace(key, earlier=tuple(DataKey(value[:KEY_ID], value[KEY_ID:]) for value in values))


def keep_earlier(
    connection: Connection, data_key: DataKey, encounter_id: str, part: Part, keys: Sequence[DataKey]
) -> None:
    """Put these in the place of the earlier keys that are there, sealed under the data key."""
    drop_earlier(connection, encounter_id, part)
    for key in keys:
        blob = seal_field(data_key, _place(encounter_id, part.value), key.id + key.secret)
        connection.execute(
            insert(EarlierKeyRow).values(encounter_id=encounter_id, part=part.value, key_id=key.id.hex(), blob=blob)
        )


def drop_earlier(connection: Connection, encounter_id: str, part: Part | None = None) -> None:
    """Delete the earlier keys of one part, or of all."""
    row = EarlierKeyRow
    here = row.encounter_id == encounter_id
    connection.execute(delete(row).where(here) if part is None else delete(row).where(here, row.part == part.value))


def _place(encounter_id: str, part: str) -> Place:
    return Place("earlier_keys", "blob", f"{encounter_id} {part}")
