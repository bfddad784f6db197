"""The newest notes of many visits at once."""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, select

from app.domain.errors import AnamnesisError
from app.domain.note import Note
from app.vault import note_versions as notes
from app.vault.data_keys import DataKeys, earlier_blobs_of
from app.vault.models import EncounterRow, NoteVersionRow, SealedKeyRow


def newest_notes(
    connection: Connection, keys: DataKeys, user_id: str, encounter_ids: list[str]
) -> Iterator[tuple[str, Note]]:
    """The newest note of each of these visits that has one that opens; opening a visit says what does not."""
    row = NoteVersionRow
    query = (
        select(*notes.NOTE_COLUMNS, SealedKeyRow.blob, SealedKeyRow.quick)
        .join(EncounterRow, and_(EncounterRow.id == row.encounter_id, EncounterRow.latest == row.number))
        .join(SealedKeyRow, SealedKeyRow.encounter_id == row.encounter_id)
        .where(SealedKeyRow.recipient_id == user_id, row.encounter_id.in_(encounter_ids))
    )
    earlier = earlier_blobs_of(connection, user_id)
    for found in connection.execute(query).all():
        try:
            key = keys.open(found.encounter_id, found.blob, found.quick, earlier.get(found.encounter_id, ()))
            yield found.encounter_id, notes.open_note(key, found)
        except AnamnesisError:
            continue
