"""A recording's journal and decisions about consent: sealed rows that are only added, in the caller's transaction."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, insert, select, update

from app.domain.errors import AnamnesisError, ConflictError, InputError, SealBrokenError, VersionError
from app.domain.recording import Consent, ConsentDecision, HeardWindow, Mark
from app.domain.recording_codec import (
    consent_from_json,
    consent_to_json,
    journal_entry_from_json,
    journal_entry_to_json,
)
from app.vault.canonical import parse_object
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.models import ConsentRow, EncounterRow, JournalRow
from app.vault.moments import now_text
from app.vault.server.numbers import MOST_NUMBERS, first_number

AddedTable = type[JournalRow] | type[ConsentRow]
_WORDING = re.compile(r"[A-Za-z0-9._-]{1,64}")


def append_journal(connection: Connection, key: DataKey, encounter_id: str, entry: Mark | HeardWindow) -> None:
    """Store an entry after those that are there. Raises `InputError` if it would not read back the same."""
    refused = InputError("This part of the recording's journal cannot be stored.", "The sound is safe.")
    body = _pack(journal_entry_to_json(entry), refused)
    if journal_entry_from_json(json.loads(body)) != entry:
        raise refused
    _append(connection, key, JournalRow, encounter_id, body)


def journal(connection: Connection, key: DataKey, encounter_id: str) -> list[Mark | HeardWindow]:
    """All entries in the order of writing. Raises `SealBrokenError` (also for a gap), `VersionError`."""
    row = JournalRow
    columns = (row.number, row.created_at, row.content)
    rows = connection.execute(select(*columns).where(row.encounter_id == encounter_id).order_by(row.number)).all()
    if [number for number, _, _ in rows] != list(range(1, len(rows) + 1)):
        raise _damaged()
    found = []
    for number, created_at, content in rows:
        opened = open_field(key, added_place(row, encounter_id, number, created_at), content)
        with _as_stored():
            found.append(journal_entry_from_json(parse_object(opened, "journal")))
    return found


def append_consent(connection: Connection, key: DataKey, encounter_id: str, consent: Consent) -> None:
    """Store a decision after those that are there. Raises `InputError` if it is not one that can be shown later."""
    if not _WORDING.fullmatch(consent.wording):
        raise InputError("The version of the wording is not one.", "Use letters, digits, dot and hyphen.")
    if len(consent.who) > 200:
        raise InputError("The name is too long.", "Use at most 200 characters.")
    refused = InputError("This decision cannot be stored as it is.", "Enter it again.")
    body = _pack(consent_to_json(consent), refused)
    if consent_from_json(json.loads(body)) != consent:
        raise refused
    _append(connection, key, ConsentRow, encounter_id, body)


def latest_consent(connection: Connection, key: DataKey, encounter_id: str) -> Consent | None:
    """The latest decision. Raises `SealBrokenError`, `VersionError`."""
    row = ConsentRow
    columns = (row.number, row.created_at, row.content)
    query = (
        select(*columns)
        .where(row.encounter_id == encounter_id)
        .order_by(row.created_at.desc(), row.number.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    opened = open_field(key, added_place(row, encounter_id, found.number, found.created_at), found.content)
    with _as_stored():
        return consent_from_json(parse_object(opened, "consent"))


def refuse_without_consent(connection: Connection, key: DataKey, encounter_id: str) -> None:
    """Raises `ConflictError` if the latest decision is a refusal or a withdrawal."""
    consent = latest_consent(connection, key, encounter_id)
    if consent is not None and consent.decision is not ConsentDecision.GIVEN:
        raise ConflictError("The patient does not agree to be recorded.", "Write the note by hand.")


def known_segments(connection: Connection, encounter_id: str) -> int:
    """How many segments the encounter's recording has, at least."""
    query = select(EncounterRow.segments).where(EncounterRow.id == encounter_id)
    return connection.execute(query).scalar() or 0


def set_segments(connection: Connection, encounter_id: str, segments: int) -> None:
    """Note how many segments there are, so that the last one cannot go missing unnoticed."""
    connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(segments=segments))


def duration(connection: Connection, encounter_id: str) -> float | None:
    """Length of the finished recording in seconds, or None."""
    return connection.execute(select(EncounterRow.duration).where(EncounterRow.id == encounter_id)).scalar()


def set_duration(connection: Connection, encounter_id: str, duration: float) -> None:
    """Store the length of the finished recording in seconds."""
    connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(duration=duration))


def _append(connection: Connection, key: DataKey, row: AddedTable, encounter_id: str, body: bytes) -> None:
    start = first_number(connection) if row is ConsentRow else 0
    own = (row.encounter_id == encounter_id, row.number > start, row.number <= start + MOST_NUMBERS)
    last = connection.execute(select(func.max(row.number)).where(*own)).scalar()
    number, now = (last or start) + 1, now_text()
    sealed = seal_field(key, added_place(row, encounter_id, number, now), body)
    connection.execute(insert(row).values(encounter_id=encounter_id, number=number, created_at=now, content=sealed))


def added_place(row: AddedTable, encounter_id: str, number: int, created_at: str) -> Place:
    """Where an entry of the journal or a decision about consent belongs."""
    return Place(row.__tablename__, "content", f"{encounter_id} {number} {created_at}")


def _pack(value: dict[str, object], refused: InputError) -> bytes:
    """JSON in UTF-8. Raises `refused` for a number that is none, or half a character."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        raise refused from error


@contextmanager
def _as_stored() -> Iterator[None]:
    """What opened but does not follow its format was not stored by this program."""
    try:
        yield
    except VersionError:
        raise
    except AnamnesisError as error:
        raise _damaged() from error


def _damaged() -> SealBrokenError:
    return SealBrokenError("What was stored about this recording is damaged.", "Restore the vault from a backup.")
