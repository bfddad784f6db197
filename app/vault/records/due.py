"""What the retention policy makes due, from the open columns alone, in the caller's transaction: no key is needed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, exists, func, or_, select

from app.domain.encounter import EncounterState, VersionKind
from app.domain.records import NOTICE_DAYS, DueErasure, Kept, Part, RetentionLimits
from app.vault.encounter_rows import UNSIGNED
from app.vault.models import (
    ConsentRow,
    EncounterRow,
    ErasureRow,
    JournalRow,
    NoteVersionRow,
    SealedKeyRow,
    StageRow,
    TranscriptRow,
)
from app.vault.moments import moment_text, to_moment
from app.vault.records.hold_rows import held_ids
from app.vault.records.limits import known_since

_SIGNING = NoteVersionRow.kind.in_((VersionKind.SIGNATURE.value, VersionKind.ADDENDUM.value))
_SIGNED = (EncounterState.SIGNED.value, EncounterState.AMENDED.value)
_Dated = NoteVersionRow | TranscriptRow | JournalRow | ConsentRow | StageRow


def due_erasures(
    connection: Connection, limits: RetentionLimits, user_id: str | None, now: datetime, until: datetime
) -> list[DueErasure]:
    """What is due until a moment, first things first; of one person's care teams, or of all encounters (None)."""
    if limits.none:
        return []
    since, held = known_since(connection, limits, now), held_ids(connection)
    found = []
    for kept in Kept:
        if not limits.days(kept):
            continue
        announced, days = since[kept] + timedelta(days=NOTICE_DAYS), timedelta(days=limits.days(kept))
        if announced > until:
            continue
        for encounter_id, began in _clocks(connection, kept, user_id, moment_text(until - days)):
            due = max(to_moment(began) + days, announced)
            if due <= until:
                found.append(DueErasure(encounter_id, kept, due, encounter_id in held))
    return sorted(found, key=lambda item: (item.due, item.encounter_id, item.kept))


def _clocks(connection: Connection, kept: Kept, user_id: str | None, latest: str) -> Iterable[tuple[str, str]]:
    """Encounters that hold something of this kind, each with the moment from which its time runs, `latest` at the most.

    The times are looked up only for encounters that were made before then: none begins to count earlier.
    """
    row = EncounterRow
    times = _changes() if kept is Kept.UNSIGNED else [_latest(NoteVersionRow, "created_at", _SIGNING)]
    query = select(row.id, row.created_at, *times).where(
        row.destroyed_at.is_(None), row.created_at <= latest, _has(kept)
    )
    if user_id is not None:
        query = query.where(_exists(SealedKeyRow, SealedKeyRow.recipient_id == user_id))
    for encounter_id, created_at, *found in connection.execute(query):
        began = max((created_at, *(at for at in found if at is not None)))
        if began <= latest:
            yield encounter_id, began


def _has(kept: Kept) -> ColumnElement[bool]:
    row = EncounterRow
    if kept is Kept.UNSIGNED:
        return row.state.in_([state.value for state in UNSIGNED])
    signed = row.state.in_(_SIGNED)
    if kept is Kept.SIGNED:
        return signed
    gone = _exists(ErasureRow, ErasureRow.part == kept.part.value)
    if kept.part is Part.AUDIO:
        return and_(signed, ~gone, or_(row.segments.is_not(None), row.duration.is_not(None)))
    return and_(signed, ~gone, or_(_exists(TranscriptRow), _exists(JournalRow)))


def _exists(
    table: type[SealedKeyRow] | type[ErasureRow] | type[TranscriptRow] | type[JournalRow], *more: ColumnElement[bool]
) -> ColumnElement[bool]:
    return exists().where(table.encounter_id == EncounterRow.id, *more)


def _changes() -> list[ScalarSelect[str]]:
    """The latest time in any row of the encounter: who still works on a visit keeps it."""
    tables = (NoteVersionRow, TranscriptRow, JournalRow, ConsentRow)
    return [*(_latest(table, "created_at") for table in tables), _latest(StageRow, "updated_at")]


def _latest(table: type[_Dated], column: str, condition: ColumnElement[bool] | None = None) -> ScalarSelect[str]:
    query = select(func.max(getattr(table, column))).where(table.encounter_id == EncounterRow.id)
    return (query if condition is None else query.where(condition)).correlate(EncounterRow).scalar_subquery()
