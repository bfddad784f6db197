"""Every column that is sealed under the keys of an encounter and its parts, and where each of its values belongs.

Re-keying seals exactly these anew. A column that is missing here would be lost with the earlier keys, so a test
compares this table with all `LargeBinary` columns of the models.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, Table

from app.domain.encounter import VersionKind
from app.domain.records import Part
from app.vault.draft_choices import draft_choice_place
from app.vault.encounter_rows import title_place
from app.vault.field_blob import Place
from app.vault.models import (
    Base,
    ConsentRow,
    EmergencyAccessRow,
    EncounterRow,
    JournalRow,
    NoteVersionRow,
    SetAsideRow,
    TranscriptRow,
    WithdrawalRow,
)
from app.vault.note_versions import VersionFacts, transcript_place
from app.vault.recording_rows import added_place
from app.vault.team.reasons import emergency_place, withdrawal_place

AnyRow = Row[Any]
"""A row of one of these tables, by column name."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A sealed column: where a row's value belongs, whose key seals it, and the column that names the encounter."""

    model: type[Base]
    name: str
    place: Callable[[AnyRow], Place]
    part: Part = Part.ENCOUNTER
    encounter: str = "encounter_id"

    @property
    def table(self) -> Table:
        """The table."""
        return Base.metadata.tables[self.model.__tablename__]

    @property
    def column(self) -> Column[Any]:
        """The sealed column."""
        return self.table.c[self.name]


def _version_place(column: str) -> Callable[[AnyRow], Place]:
    def place(row: AnyRow) -> Place:
        return VersionFacts(
            row.encounter_id, row.number, VersionKind(row.kind), row.author_id, row.author_name, row.created_at,
            row.transcript_number,
        ).place(column)  # fmt: skip

    return place


SEALED_COLUMNS = (
    SealedColumn(EncounterRow, "title", lambda row: title_place(row.id), encounter="id"),
    SealedColumn(EncounterRow, "draft_choice", lambda row: draft_choice_place(row.id), encounter="id"),
    SealedColumn(TranscriptRow, "content", lambda r: transcript_place(r.encounter_id, r.number), Part.TRANSCRIPT),
    SealedColumn(
        JournalRow,
        "content",
        lambda r: added_place(JournalRow, r.encounter_id, r.number, r.created_at),
        Part.TRANSCRIPT,
    ),
    SealedColumn(ConsentRow, "content", lambda r: added_place(ConsentRow, r.encounter_id, r.number, r.created_at)),
    SealedColumn(NoteVersionRow, "note", _version_place("note")),
    SealedColumn(NoteVersionRow, "signature", _version_place("signature")),
    SealedColumn(SetAsideRow, "note", _version_place("note")),
    SealedColumn(SetAsideRow, "signature", _version_place("signature")),
    SealedColumn(SetAsideRow, "why", lambda row: Place("set_aside_versions", "why", row.id)),
    SealedColumn(WithdrawalRow, "reason", lambda r: withdrawal_place(r.encounter_id, r.user_id, r.actor_id, r.at)),
    SealedColumn(
        EmergencyAccessRow, "reason", lambda r: emergency_place(r.encounter_id, r.user_id, r.began_at, r.until_at)
    ),
)
