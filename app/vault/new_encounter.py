"""The rows that every encounter begins with."""

import uuid

from sqlalchemy import Connection, insert

from app.domain.encounter import EncounterState
from app.vault import encounter_rows as rows
from app.vault.data_keys import DataKeys
from app.vault.field_blob import DataKey, seal_field
from app.vault.models import EncounterRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.records.part_keys import make_part_keys


def new_encounter(connection: Connection, vault: OpenVault, keys: DataKeys, title: str) -> tuple[str, DataKey]:
    """Make an encounter with a data key of its own; return its id (32 hexadecimal digits) and the key.

    Raises `InputError` for a title that cannot be stored.
    """
    encounter_id, key = uuid.uuid4().hex, DataKey.generate()
    connection.execute(
        insert(EncounterRow).values(
            id=encounter_id,
            creator_id=vault.access.user.id,
            created_at=now_text(),
            state=EncounterState.OPEN.value,
            title=seal_field(key, rows.title_place(encounter_id), rows.title_bytes(title)),
            duration=None,
            latest=0,
            destroyed_at=None,
        )
    )
    keys.seal_new(connection, key, encounter_id)
    make_part_keys(connection, key, encounter_id)
    vault.audit(connection, "encounter.created", encounter_id)
    return encounter_id, key
