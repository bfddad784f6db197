"""Rows of encounters and their stages, read and moved in the caller's transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from app.domain.encounter import Encounter, EncounterState, Stage, StageState, StageStatus
from app.domain.errors import ConflictError, InputError, VersionError
from app.vault.field_blob import DataKey, Place, open_field
from app.vault.models import EncounterRow, StageRow
from app.vault.moments import now_text, to_moment

_STATES = {state.value: state for state in EncounterState}
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


def read_one(connection: Connection, encounter_id: str, key: DataKey) -> Encounter:
    """One encounter. Raises `SealBrokenError`, `VersionError`."""
    row = connection.execute(select(*_COLUMNS).where(EncounterRow.id == encounter_id)).one()
    query = select(StageRow.stage, StageRow.state, StageRow.code).where(StageRow.encounter_id == encounter_id)
    title = open_field(key, title_place(encounter_id), row.title).decode()
    return _encounter(row, title, connection.execute(query))


def latest_of(connection: Connection, encounter_id: str) -> int:
    """The number of the newest version, 0 for none."""
    return int(connection.execute(select(EncounterRow.latest).where(EncounterRow.id == encounter_id)).scalar_one())


def state_of(connection: Connection, encounter_id: str) -> EncounterState:
    """Where the note stands."""
    return to_state(connection.execute(select(EncounterRow.state).where(EncounterRow.id == encounter_id)).scalar_one())


def expect(connection: Connection, encounter_id: str, expected_latest: int, states: tuple[EncounterState, ...]) -> None:
    """Raises `ConflictError` unless the newest version has this number and the state is one of these."""
    row = connection.execute(
        select(EncounterRow.latest, EncounterRow.state).where(EncounterRow.id == encounter_id)
    ).one()
    if row.latest != expected_latest:
        raise ConflictError("Somebody else changed this note first.", "Load it again and repeat your change.")
    if to_state(row.state) not in states:
        raise ConflictError(f"The note's state ({row.state}) does not allow this.", "Load it again.")


def move(connection: Connection, encounter_id: str, state: EncounterState, latest: int) -> None:
    """Set state and number of the newest version."""
    connection.execute(
        update(EncounterRow).where(EncounterRow.id == encounter_id).values(state=state.value, latest=latest)
    )


def put_stage(
    connection: Connection, encounter_id: str, stage: Stage, state: StageState, code: str | None = None
) -> None:
    """Store how far a stage is."""
    values = {"state": state.value, "code": code, "updated_at": now_text()}
    here = (StageRow.encounter_id == encounter_id, StageRow.stage == stage.value)
    if connection.execute(update(StageRow).where(*here).values(**values)).rowcount == 0:
        connection.execute(insert(StageRow).values(encounter_id=encounter_id, stage=stage.value, **values))


def _encounter(row: Iterable[object], title: str, stages: Iterable[Iterable[object]]) -> Encounter:
    encounter_id, created_at, state, _, duration, latest = row
    return Encounter(
        id=str(encounter_id),
        title=title,
        created_at=to_moment(str(created_at)),
        state=to_state(str(state)),
        stages=to_statuses(stages),
        duration=None if duration is None else float(str(duration)),
        versions=int(str(latest)),
    )


def to_statuses(stages: Iterable[Iterable[object]]) -> tuple[StageStatus, ...]:
    """Stages (stage, state, code) in their order. Raises `VersionError` for one this program does not know."""
    return tuple(sorted((_status(*stage) for stage in stages), key=lambda s: _ORDER[s.stage]))


def _status(stage: object, state: object, code: object) -> StageStatus:
    try:
        return StageStatus(Stage(str(stage)), StageState(str(state)), str(code) if code else None)
    except ValueError as error:
        raise VersionError("An encounter has a stage this program does not know.", "Update this program.") from error


def to_state(value: str) -> EncounterState:
    """The state with this name. Raises `VersionError` for one this program does not know."""
    state = _STATES.get(value)
    if state is None:
        raise VersionError("An encounter has a state this program does not know.", "Update this program.")
    return state
