"""Many visits at once, for measurements: sealed, audited and stored as single ones are, in few transactions."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, update

from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.note import Note
from app.vault import encounter_rows as rows
from app.vault import note_versions as notes
from app.vault.data_keys import DataKeys
from app.vault.models import EncounterRow, StageRow
from app.vault.moments import now_text
from app.vault.new_encounter import new_encounter
from app.vault.note_versions import VersionFacts
from app.vault.open_vault import OpenVault
from app.vault.signing import signed_detail

_LENGTH = 900.0
"""Seconds that each visit is said to have taken; there is no sound."""


def fill(vault: OpenVault, keys: DataKeys, visits: Iterable[tuple[str, Note]]) -> None:
    """Add visits (title, note) that are recorded and drafted but not signed, in one transaction."""
    with vault.database.transaction() as connection:
        for title, note in visits:
            _add(connection, vault, keys, title, note)


def _add(connection: Connection, vault: OpenVault, keys: DataKeys, title: str, note: Note) -> None:
    encounter_id, key = new_encounter(connection, vault, keys, title)
    stages = [
        {"encounter_id": encounter_id, "stage": stage.value, "state": StageState.DONE.value, "updated_at": now_text()}
        for stage in Stage
    ]
    connection.execute(insert(StageRow), stages)
    user = vault.access.user
    facts = VersionFacts(encounter_id, 1, VersionKind.DRAFT, user.id, user.display_name, now_text(), 0)
    notes.add_version(connection, key, facts, note)
    rows.move(connection, encounter_id, EncounterState.DRAFT, 1)
    connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(duration=_LENGTH))
    vault.audit(connection, "note.draft", encounter_id, signed_detail(1))
