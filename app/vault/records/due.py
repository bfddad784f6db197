"""What the retention policy makes due, from the open columns alone, in the caller's transaction: no key is needed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Subquery, and_, exists, func, or_, select, union_all

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
from app.vault.moments import to_moment
from app.vault.records.hold_rows import held_ids
from app.vault.records.limits import known_since

_SIGNING = (VersionKind.SIGNATURE.value, VersionKind.ADDENDUM.value)
_SIGNED = (EncounterState.SIGNED.value, EncounterState.AMENDED.value)


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
        announced = since[kept] + timedelta(days=NOTICE_DAYS)
        for encounter_id, began in _clocks(connection, kept, user_id):
            due = max(to_moment(began) + timedelta(days=limits.days(kept)), announced)
            if due <= until:
                found.append(DueErasure(encounter_id, kept, due, encounter_id in held))
    return sorted(found, key=lambda item: (item.due, item.encounter_id, item.kept))


def _clocks(connection: Connection, kept: Kept, user_id: str | None) -> Iterable[tuple[str, str]]:
    """Encounters that hold something of this kind, each with the moment from which its time runs."""
    clock = _last_change() if kept is Kept.UNSIGNED else _last_signature()
    row = EncounterRow
    query = (
        select(row.id, clock.c.at)
        .join(clock, clock.c.encounter_id == row.id)
        .where(row.destroyed_at.is_(None), _has(kept))
    )
    if user_id is not None:
        query = query.where(_exists(SealedKeyRow, SealedKeyRow.recipient_id == user_id))
    return [(encounter_id, at) for encounter_id, at in connection.execute(query)]


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


def _last_signature() -> Subquery:
    row = NoteVersionRow
    return (
        select(row.encounter_id, func.max(row.created_at).label("at"))
        .where(row.kind.in_(_SIGNING))
        .group_by(row.encounter_id)
        .subquery()
    )


def _last_change() -> Subquery:
    """The latest time in any row of the encounter: who still works on a visit keeps it."""
    parts = union_all(
        select(EncounterRow.id.label("encounter_id"), EncounterRow.created_at.label("at")),
        *(select(row.encounter_id, row.created_at) for row in (NoteVersionRow, TranscriptRow, JournalRow, ConsentRow)),
        select(StageRow.encounter_id, StageRow.updated_at),
    ).subquery()
    return select(parts.c.encounter_id, func.max(parts.c.at).label("at")).group_by(parts.c.encounter_id).subquery()
