"""Rows of emergency accesses, read and ended in the caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from app.domain.errors import AnamnesisError
from app.domain.people import User
from app.domain.team import EmergencyAccess
from app.vault.field_blob import DataKey, open_field, seal_field
from app.vault.models import EmergencyAccessRow
from app.vault.moments import moment_text, to_moment
from app.vault.open_vault import OpenVault
from app.vault.rotation.rekeying import queue
from app.vault.team.reasons import emergency_place

CAUSE = "emergency access"
_COLUMNS = (
    EmergencyAccessRow.number, EmergencyAccessRow.encounter_id, EmergencyAccessRow.user_id,
    EmergencyAccessRow.began_at, EmergencyAccessRow.until_at, EmergencyAccessRow.ended_at, EmergencyAccessRow.reason,
)  # fmt: skip
AccessRow = Row[int, str, str, str, str, str | None, bytes]


def add(
    connection: Connection, key: DataKey, encounter_id: str, user_id: str, began: datetime, until: datetime, reason: str
) -> int:
    """Store an access that begins; return its number."""
    began_at, until_at = moment_text(began), moment_text(until)
    sealed = seal_field(key, emergency_place(encounter_id, user_id, began_at, until_at), reason.encode())
    made = connection.execute(
        insert(EmergencyAccessRow).values(
            encounter_id=encounter_id, user_id=user_id, began_at=began_at, until_at=until_at, ended_at=None,
            reason=sealed,
        )
    )  # fmt: skip
    number = made.inserted_primary_key
    return int(number[0]) if number else 0


def of_encounter(connection: Connection, encounter_id: str) -> list[AccessRow]:
    """All accesses to an encounter, newest first."""
    row = EmergencyAccessRow
    query = select(*_COLUMNS).where(row.encounter_id == encounter_id).order_by(row.number.desc())
    return list(connection.execute(query))


def numbered(connection: Connection, number: int) -> AccessRow | None:
    """The access with this number."""
    return connection.execute(select(*_COLUMNS).where(EmergencyAccessRow.number == number)).first()


def not_ended(connection: Connection) -> list[AccessRow]:
    """Accesses of anybody that were not ended yet, oldest first."""
    row = EmergencyAccessRow
    return list(connection.execute(select(*_COLUMNS).where(row.ended_at.is_(None)).order_by(row.number)))


def finish(vault: OpenVault, connection: Connection, access: AccessRow, at: datetime, how: str) -> None:
    """End an access; its encounter then waits for a new key. `how` goes into the audit trail."""
    row = EmergencyAccessRow
    ended = moment_text(min(at, to_moment(access.until_at)))
    here = (row.number == access.number, row.ended_at.is_(None))
    if connection.execute(update(row).where(*here).values(ended_at=ended)).rowcount:
        queue(connection, access.encounter_id, CAUSE)
        vault.audit(connection, "emergency.ended", access.encounter_id, how)


def shown(access: AccessRow, person: User, key: DataKey) -> EmergencyAccess:
    """The access as people see it; a reason that does not open is left out."""
    place = emergency_place(access.encounter_id, access.user_id, access.began_at, access.until_at)
    try:
        reason = open_field(key, place, access.reason).decode()
    except AnamnesisError:
        reason = ""
    return EmergencyAccess(
        number=access.number,
        encounter_id=access.encounter_id,
        person=person,
        began_at=to_moment(access.began_at),
        until=to_moment(access.until_at),
        ended_at=None if access.ended_at is None else to_moment(access.ended_at),
        reason=reason,
    )
