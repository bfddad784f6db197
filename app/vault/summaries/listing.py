"""The list of a person's visits: states and stages as they stand in the database, titles as remembered."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, literal, select
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
_SEPARATORS = ("\x1f", "\x1e")


@dataclass(frozen=True, slots=True)
class Listed:
    """The list, and what to remember of it."""

    encounters: list[Encounter]
    titles: Titles


def read_list(connection: Connection, user_id: str, keys: DataKeys, buckets: Buckets) -> Listed:
    """The encounters of a person's care teams, newest first. Raises `VersionError` for states of a newer program."""
    salt = func.substr(EncounterRow.title, PREFIX + KEY_ID + 1, _STAMP, type_=LargeBinary())
    columns = (
        EncounterRow.id, EncounterRow.created_at, EncounterRow.state, EncounterRow.duration, EncounterRow.latest, salt,
    )  # fmt: skip
    rows = connection.execute(
        select(*columns)
        .where(EncounterRow.id.in_(_held(user_id)))
        .order_by(EncounterRow.created_at.desc(), EncounterRow.id)
    ).all()
    titles = read_titles(connection, buckets, keys, user_id, {row[0]: bytes(row[5]).hex() for row in rows})
    stages = _stages(connection, user_id)
    encounters = [
        Encounter(
            id=encounter_id,
            title=titles.of(encounter_id),
            created_at=to_moment(created_at),
            state=to_state(state),
            stages=stages.get(encounter_id, ()),
            duration=duration,
            versions=latest,
        )
        for encounter_id, created_at, state, duration, latest, _ in rows
    ]
    return Listed(encounters, titles)


def _held(user_id: str) -> Select[str]:
    return select(SealedKeyRow.encounter_id).where(SealedKeyRow.recipient_id == user_id)


def _stages(connection: Connection, user_id: str) -> dict[str, tuple[StageStatus, ...]]:
    """Stages by encounter. The database joins each visit's into one text: most visits share one, read once."""
    field = literal(_SEPARATORS[0])
    one = StageRow.stage + field + StageRow.state + field + func.coalesce(StageRow.code, "")
    query = (
        select(StageRow.encounter_id, func.aggregate_strings(one, _SEPARATORS[1]))
        .where(StageRow.encounter_id.in_(_held(user_id)))
        .group_by(StageRow.encounter_id)
    )
    read: dict[str, tuple[StageStatus, ...]] = {}
    found = {}
    for encounter_id, text in connection.execute(query):
        if text not in read:
            read[text] = to_statuses(part.split(_SEPARATORS[0]) for part in text.split(_SEPARATORS[1]))
        found[encounter_id] = read[text]
    return found
