"""Keys of the parts of an encounter that can be erased alone: its sound and its words.

Each new encounter gets a random key for its recording and one for its transcripts and journal. They are sealed under
the encounter's data key, one row each; deleting the row destroys the part and nothing else (crypto-shredding, NIST SP
800-88 section 2.5). Encounters from before have no such rows: there the data key itself seals these parts.
"""

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.records import Part
from app.vault.field_blob import KEY_ID, DataKey, Place, open_field, seal_field
from app.vault.models import PartKeyRow
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
    return data_key if blob is None else _open(data_key, encounter_id, part.value, blob)


def reseal_part_keys(connection: Connection, encounter_id: str, old: DataKey, new: DataKey) -> None:
    """Seal the keys of the parts under another data key; what they seal stays as it is. Raises `SealBrokenError`."""
    row = PartKeyRow
    here = row.encounter_id == encounter_id
    for part, blob in connection.execute(select(row.part, row.blob).where(here)).all():
        if blob[6 : 6 + KEY_ID] != new.id:
            sealed = _seal(new, encounter_id, part, _open(old, encounter_id, part, blob))
            connection.execute(update(row).where(here, row.part == part).values(blob=sealed))


def destroy_part_key(connection: Connection, encounter_id: str, part: Part) -> None:
    """Delete the key of a part."""
    row = PartKeyRow
    connection.execute(delete(row).where(row.encounter_id == encounter_id, row.part == part.value))


def _seal(data_key: DataKey, encounter_id: str, part: str, key: DataKey) -> bytes:
    return seal_field(data_key, _place(encounter_id, part), key.id + key.secret)


def _open(data_key: DataKey, encounter_id: str, part: str, blob: bytes) -> DataKey:
    value = open_field(data_key, _place(encounter_id, part), blob)
    return DataKey(value[:KEY_ID], value[KEY_ID:])


def _place(encounter_id: str, part: str) -> Place:
    return Place("part_keys", "blob", f"{encounter_id} {part}")
