"""Rows of encounters and their stages, read and moved in the caller's transaction."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from app.domain.encounter import Encounter, EncounterState, Stage, StageState, StageStatus
from app.domain.errors import AnamnesisError, ConflictError, InputError, VersionError
from app.vault.data_keys import DataKeys
from app.vault.field_blob import DataKey, Place, open_field
from app.vault.models import EncounterRow, SealedKeyRow, StageRow
from app.vault.moments import to_moment

_ORDER = {stage: number for number, stage in enumerate(Stage)}
UNSIGNED = (EncounterState.OPEN, EncounterState.DRAFT, EncounterState.REVIEWED)
UNREADABLE = "[this title does not open: it is damaged]"
_COLUMNS = (
    EncounterRow.id, EncounterRow.created_at, EncounterRow.state, EncounterRow.title, EncounterRow.duration,
    EncounterRow.latest,
)  # fmt: skip


def title_place(encounter_id: str) -> Place:
    """Where an encounter's title belongs."""
    return Place("encounters", "title", encounter_id)


def title_bytes(title: str) -> bytes:
    """The title's bytes. Raises `InputError` if it is too long or no text."""
    if len(title) > 500:
        raise InputError("The title is too long.", "Use at most 500 characters.")
    try:
        return title.encode()
    except UnicodeEncodeError as error:
        raise InputError("The title holds a character that cannot be stored.", "Type it again.") from error


def read_all(connection: Connection, user_id: str, keys: DataKeys) -> list[Encounter]:
    """The encounters of a person's care teams, newest first."""
    stages = defaultdict(list)
    held = select(SealedKeyRow.encounter_id).where(SealedKeyRow.recipient_id == user_id)
    query = select(StageRow.encounter_id, StageRow.stage, StageRow.state, StageRow.code)
    for encounter_id, *stage in connection.execute(query.where(StageRow.encounter_id.in_(held))):
        stages[encounter_id].append(stage)
    found = connection.execute(
        select(*_COLUMNS, SealedKeyRow.blob, SealedKeyRow.quick)
        .join(SealedKeyRow, SealedKeyRow.encounter_id == EncounterRow.id)
        .where(SealedKeyRow.recipient_id == user_id)
        .order_by(EncounterRow.created_at.desc(), EncounterRow.id)
    ).all()
    made = [_encounter(row[:-2], _title_or_notice(keys, row.id, row.title, *row[-2:]), stages[row.id]) for row in found]
    keys.make_quick(connection)
    return made


def read_one(connection: Connection, encounter_id: str, key: DataKey) -> Encounter:
    """One encounter. Raises `SealBrokenError`, `VersionError`."""
    row = connection.execute(select(*_COLUMNS).where(EncounterRow.id == encounter_id)).one()
    query = select(StageRow.stage, StageRow.state, StageRow.code).where(StageRow.encounter_id == encounter_id)
    title = open_field(key, title_place(encounter_id), row.title).decode()
    return _encounter(row, title, connection.execute(query))


def state_of(connection: Connection, encounter_id: str) -> EncounterState:
    """Where the note stands."""
    return _state(connection.execute(select(EncounterRow.state).where(EncounterRow.id == encounter_id)).scalar_one())


def expect(connection: Connection, encounter_id: str, expected_latest: int, states: tuple[EncounterState, ...]) -> None:
    """Raises `ConflictError` unless the newest version has this number and the state is one of these."""
    row = connection.execute(
        select(EncounterRow.latest, EncounterRow.state).where(EncounterRow.id == encounter_id)
    ).one()
    if row.latest != expected_latest:
        raise ConflictError("Somebody else changed this note first.", "Load it again and repeat your change.")
    if _state(row.state) not in states:
        raise ConflictError(f"The note's state ({row.state}) does not allow this.", "Load it again.")


def move(connection: Connection, encounter_id: str, state: EncounterState, latest: int) -> None:
    """Set state and number of the newest version."""
    connection.execute(
        update(EncounterRow).where(EncounterRow.id == encounter_id).values(state=state.value, latest=latest)
    )


def _title_or_notice(keys: DataKeys, encounter_id: str, title: bytes, blob: bytes, quick: bytes | None) -> str:
    try:
        return open_field(keys.open(encounter_id, blob, quick), title_place(encounter_id), title).decode()
    except AnamnesisError:
        return UNREADABLE


def _encounter(row: Iterable[object], title: str, stages: Iterable[Iterable[object]]) -> Encounter:
    encounter_id, created_at, state, _, duration, latest = row
    statuses = sorted((_status(*stage) for stage in stages), key=lambda s: _ORDER[s.stage])
    return Encounter(
        id=str(encounter_id),
        title=title,
        created_at=to_moment(str(created_at)),
        state=_state(str(state)),
        stages=tuple(statuses),
        duration=None if duration is None else float(str(duration)),
        versions=int(str(latest)),
    )


def _status(stage: object, state: object, code: object) -> StageStatus:
    try:
        return StageStatus(Stage(str(stage)), StageState(str(state)), None if code is None else str(code))
    except ValueError as error:
        raise VersionError("An encounter has a stage this program does not know.", "Update this program.") from error


def _state(value: str) -> EncounterState:
    try:
        return EncounterState(value)
    except ValueError as error:
        raise VersionError("An encounter has a state this program does not know.", "Update this program.") from error
