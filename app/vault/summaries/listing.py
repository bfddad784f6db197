"""The list of a person's visits: states and stages as they stand in the database, titles as remembered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, func, literal, select
from sqlalchemy.types import LargeBinary

from app.domain.encounter import Encounter, StageStatus
from app.vault.blob import PREFIX
from app.vault.data_keys import DataKeys
from app.vault.encounter_rows import to_state, to_statuses
from app.vault.field_blob import KEY_ID
from app.vault.models import EncounterRow, SealedKeyRow, StageRow
from app.vault.moments import to_moment
from app.vault.summaries.buckets import Buckets
from app.vault.summaries.titles import Titles, read_titles

_STAMP = 16
"""Bytes of the salt of a sealed title: a title sealed anew has another one."""
_COLUMNS = (
    EncounterRow.id, EncounterRow.created_at, EncounterRow.state, EncounterRow.duration, EncounterRow.latest,
    func.substr(EncounterRow.title, PREFIX + KEY_ID + 1, _STAMP, type_=LargeBinary()),
)  # fmt: skip
_SEPARATORS = ("\x1f", "\x1e")


@dataclass(frozen=True, slots=True)
class Held:
    """What a person holds, newest first: rows of `_COLUMNS`, and their titles."""

    rows: Sequence[Row[str, str, str, float | None, int, bytes]]
    titles: Titles


def read_held(connection: Connection, user_id: str, keys: DataKeys, buckets: Buckets) -> Held:
    """The rows and titles of the encounters of a person's care teams."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(EncounterRow.id.in_(_held(user_id)))
        .order_by(EncounterRow.created_at.desc(), EncounterRow.id)
    ).all()
    return Held(rows, read_titles(connection, buckets, keys, user_id, {row[0]: bytes(row[5]).hex() for row in rows}))


def encounters_of(
    connection: Connection, user_id: str, held: Held, chosen: Collection[str] | None = None
) -> list[Encounter]:
    """All held encounters in order, or the `chosen` ones. Raises `VersionError` for states of a newer program."""
    stages = _stages(connection, _held(user_id) if chosen is None else chosen)
    return [
        Encounter(
            id=encounter_id,
            title=held.titles.of(encounter_id),
            created_at=to_moment(created_at),
            state=to_state(state),
            stages=stages.get(encounter_id, ()),
            duration=duration,
            versions=latest,
        )
        for encounter_id, created_at, state, duration, latest, _ in held.rows
        if chosen is None or encounter_id in chosen
    ]


def _held(user_id: str) -> Select[str]:
    return select(SealedKeyRow.encounter_id).where(SealedKeyRow.recipient_id == user_id)


def _stages(connection: Connection, encounter_ids: Select[str] | Collection[str]) -> dict[str, tuple[StageStatus, ...]]:
    """Stages by encounter. The database joins each visit's into one text: most visits share one, read once."""
    field = literal(_SEPARATORS[0])
    one = StageRow.stage + field + StageRow.state + field + func.coalesce(StageRow.code, "")
    query = (
        select(StageRow.encounter_id, func.aggregate_strings(one, _SEPARATORS[1]))
        .where(StageRow.encounter_id.in_(encounter_ids))
        .group_by(StageRow.encounter_id)
    )
    read: dict[str, tuple[StageStatus, ...]] = {}
    found = {}
    for encounter_id, text in connection.execute(query).all():
        if text not in read:
            read[text] = to_statuses(part.split(_SEPARATORS[0]) for part in text.split(_SEPARATORS[1]))
        found[encounter_id] = read[text]
    return found
