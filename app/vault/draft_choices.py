"""What was chosen for the draft of an encounter, sealed in its row, in the caller's transaction."""

import json

from sqlalchemy import Connection, select, update

from app.domain.draft_choice import DraftChoice, draft_choice_from_json, draft_choice_to_json
from app.domain.errors import InputError, SealBrokenError
from app.vault.canonical import parse_object
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.models import EncounterRow

_LONGEST_TEMPLATE = 4096


def write_draft_choice(connection: Connection, key: DataKey, encounter_id: str, choice: DraftChoice) -> None:
    """Put it in the place of what was chosen before. Raises `InputError` if it would not read back the same."""
    refused = InputError("This choice of a note type cannot be stored.", "Choose another note type.")
    try:
        body = json.dumps(draft_choice_to_json(choice), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise refused from error
    if len(choice.template) > _LONGEST_TEMPLATE or draft_choice_from_json(json.loads(body)) != choice:
        raise refused
    sealed = seal_field(key, draft_choice_place(encounter_id), body)
    connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(draft_choice=sealed))


def read_draft_choice(connection: Connection, key: DataKey, encounter_id: str) -> DraftChoice | None:
    """None if nothing was chosen. Raises `SealBrokenError`, `VersionError`."""
    query = select(EncounterRow.draft_choice).where(EncounterRow.id == encounter_id)
    sealed = connection.execute(query).scalar_one()
    if sealed is None:
        return None
    try:
        return draft_choice_from_json(
            parse_object(open_field(key, draft_choice_place(encounter_id), sealed), "draft choice")
        )
    except InputError as error:
        raise SealBrokenError(
            "What was chosen for this draft is damaged.", "Restore the vault from a backup."
        ) from error


def draft_choice_place(encounter_id: str) -> Place:
    """Where what was chosen for an encounter's draft belongs."""
    return Place("encounters", "draft_choice", encounter_id)
