"""On which machine an encounter's sound lies: sound is not exchanged."""

from sqlalchemy import Connection, select

from app.domain.errors import ConflictError
from app.vault.models import MachineRow, RecordingPlaceRow, ServerLinkRow


def recorded_elsewhere(connection: Connection, encounter_id: str) -> str:
    """The name of the machine where it lies if it is not this one, else ''."""
    here = connection.execute(select(ServerLinkRow.machine_id)).scalar()
    row = RecordingPlaceRow
    place = connection.execute(select(row.machine_id).where(row.encounter_id == encounter_id)).scalar()
    if here is None or place is None or place == here:
        return ""
    name = connection.execute(select(MachineRow.name).where(MachineRow.id == place)).scalar()
    return name or "another machine"


def refuse_recorded_elsewhere(connection: Connection, encounter_id: str) -> None:
    """Raises `ConflictError`: a visit has one recording."""
    machine = recorded_elsewhere(connection, encounter_id)
    if machine:
        raise ConflictError(f"This visit was recorded on {machine}.", "Start another encounter, or go on there.")
