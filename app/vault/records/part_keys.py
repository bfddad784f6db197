"""Keys of the parts of an encounter that can be erased alone: its sound and its words.

Each new encounter gets a random key for its recording and one for its transcripts and journal. They are sealed under
the encounter's data key, one row each; deleting the row destroys the part and nothing else (crypto-shredding, NIST SP
800-88 section 2.5). Encounters from before have no such rows: there the data key itself seals these parts.
"""

from dataclasses import replace

from sqlalchemy import Connection, Select, delete, insert, select, update

from app.domain.records import Part
from app.vault.earlier_keys import drop_earlier, earlier_blobs, keep_earlier, with_earlier
from app.vault.field_blob import KEY_ID, DataKey, Place, open_field, seal_field
from app.vault.models import ErasureRow, PartKeyRow
from app.vault.moments import now_text

OWN_KEY = (Part.AUDIO, Part.TRANSCRIPT)


def make_part_keys(connection: Connection, data_key: DataKey, encounter_id: str) -> None:
    """Give a new encounter a key for each part."""
    for part in OWN_KEY:
        sealed = _seal(data_key, encounter_id, part.value, DataKey.generate())
        connection.execute(
            insert(PartKeyRow).values(encounter_id=encounter_id, part=part.value, blob=sealed, created_at=now_text())
        )


def part_key(connection: Connection, data_key: DataKey, encounter_id: str, part: Part) -> DataKey:
    """The key that seals this part: its own, or the data key of an encounter from before there were such keys.

    Raises `SealBrokenError`, `VersionError`.
    """
    row = PartKeyRow
    blob = connection.execute(
        select(row.blob).where(row.encounter_id == encounter_id, row.part == part.value)
    ).scalar_one_or_none()
    if blob is None:
        return data_key
    key = _open(data_key, encounter_id, part.value, blob)
    if not data_key.earlier:
        return key
    blobs = earlier_blobs(connection, encounter_id, part)
    key = with_earlier(key, encounter_id, blobs, part, under=data_key)
    # an encounter from before there were such keys has values of the part under its data key
    return replace(key, earlier=(*key.earlier, *data_key.earlier))


def replace_part_keys(connection: Connection, encounter_id: str, old: DataKey, new: DataKey) -> None:
    """Give each part that was not erased a new key under the `new` data key; what it had stays as an earlier key.

    Raises `SealBrokenError`, `VersionError`.
    """
    row = PartKeyRow
    for part in OWN_KEY:
        here = (row.encounter_id == encounter_id, row.part == part.value)
        had = connection.execute(select(row.created_at).where(*here)).first() is not None
        if not had and connection.execute(_erasure_of(encounter_id, part)).first() is not None:
            continue
        sealed = _seal(new, encounter_id, part.value, DataKey.generate())
        if had:
            before = part_key(connection, old, encounter_id, part)
            earlier = [key for key in (before, *before.earlier) if old.named(key.id) is None]
            keep_earlier(connection, new, encounter_id, part, earlier)
            connection.execute(update(row).where(*here).values(blob=sealed))
        else:
            values = {"encounter_id": encounter_id, "part": part.value, "blob": sealed, "created_at": now_text()}
            connection.execute(insert(row).values(values))


def destroy_part_key(connection: Connection, encounter_id: str, part: Part) -> None:
    """Delete the key of a part."""
    row = PartKeyRow
    connection.execute(delete(row).where(row.encounter_id == encounter_id, row.part == part.value))
    drop_earlier(connection, encounter_id, part)


def _erasure_of(encounter_id: str, part: Part) -> Select[str]:
    row = ErasureRow
    return select(row.at).where(row.encounter_id == encounter_id, row.part == part.value)


def _seal(data_key: DataKey, encounter_id: str, part: str, key: DataKey) -> bytes:
    return seal_field(data_key, _place(encounter_id, part), key.id + key.secret)


def _open(data_key: DataKey, encounter_id: str, part: str, blob: bytes) -> DataKey:
    value = open_field(data_key, _place(encounter_id, part), blob)
    return DataKey(value[:KEY_ID], value[KEY_ID:])


def _place(encounter_id: str, part: str) -> Place:
    return Place("part_keys", "blob", f"{encounter_id} {part}")
