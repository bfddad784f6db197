"""Two machines gave a transcript the same number: this machine's gets the next one."""

from sqlalchemy import Connection, delete, insert, select

from app.domain.errors import AnamnesisError
from app.domain.records import Part
from app.vault.data_keys import DataKeys
from app.vault.field_blob import open_field, seal_field
from app.vault.models import TranscriptRow
from app.vault.note_versions import transcript_number, transcript_place
from app.vault.open_vault import OpenVault
from app.vault.records.part_keys import part_key
from app.vault.server.aside import move_aside_from_transcript


def give_next_number(connection: Connection, vault: OpenVault, keys: DataKeys, encounter_id: str, number: int) -> bool:
    """Seal it anew under the next number; false if the person signed in cannot open it.

    Versions that rest on it and were not sent yet are set aside: a version names its transcript for good.
    """
    row = TranscriptRow
    here = (row.encounter_id == encounter_id, row.number == number)
    found = connection.execute(select(row.content, row.created_at).where(*here)).one()
    try:
        key = part_key(connection, keys.get(connection, encounter_id), encounter_id, Part.TRANSCRIPT)
        content = open_field(key, transcript_place(encounter_id, number), found.content)
    except AnamnesisError:
        return False
    move_aside_from_transcript(connection, encounter_id, number)
    following = transcript_number(connection, encounter_id) + 1
    sealed = seal_field(key, transcript_place(encounter_id, following), content)
    connection.execute(delete(row).where(*here))
    connection.execute(
        insert(row).values(encounter_id=encounter_id, number=following, created_at=found.created_at, content=sealed)
    )
    vault.audit(connection, "transcript.renumbered", encounter_id, f"{number} is {following}")
    return True
