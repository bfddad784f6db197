"""Note versions and transcripts: sealed rows, read and written in the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app.domain.codec import note_from_json, note_to_json, transcript_from_json, transcript_to_json
from app.domain.encounter import NoteVersion, Signature, VersionKind
from app.domain.errors import AnamnesisError, InputError, SealBrokenError, VersionError
from app.domain.note import Note
from app.domain.transcript import Transcript
from app.vault.canonical import canonical, parse_object, text
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.models import NoteVersionRow, TranscriptRow
from app.vault.moments import moment_text, now_text, to_moment

_SIGNATURE_TEXTS = (
    "signer_id", "signer_name", "role", "meaning", "note_sha256", "evidence_sha256", "audit_sha256", "public_key",
    "certificate", "value",
)  # fmt: skip

_ROW = NoteVersionRow
NOTE_COLUMNS = (
    _ROW.encounter_id, _ROW.number, _ROW.kind, _ROW.author_id, _ROW.author_name, _ROW.created_at,
    _ROW.transcript_number, _ROW.note,
)  # fmt: skip
"""What `open_note` needs of a version."""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What stands in the open columns of a note version; its seal is bound to all of it."""

    encounter_id: str
    number: int
    kind: VersionKind
    author_id: str
    author_name: str
    created_at: str
    transcript_number: int

    def place(self, column: str) -> Place:
        """Where this version's `note` or `signature` belongs."""
        values: list[object] = [
            self.encounter_id, self.number, self.kind.value, self.author_id, self.author_name, self.created_at,
            self.transcript_number,
        ]  # fmt: skip
        return Place("note_versions", column, canonical(values).decode())


def checked_note(note: Note) -> dict[str, object]:
    """The note as JSON, after making sure that it reads back as the same note. Raises `InputError`."""
    data = note_to_json(note)
    if note_from_json(json.loads(canonical(data))) != note:
        raise InputError("This note cannot be stored as it is.", "Check its statements and try again.")
    return data


def add_version(
    connection: Connection, key: DataKey, facts: VersionFacts, note: Note, signature: Signature | None = None
) -> NoteVersion:
    """Seal and store a version."""
    sealed = seal_field(key, facts.place("note"), canonical(checked_note(note)))
    signed = seal_field(key, facts.place("signature"), _pack_signature(signature)) if signature else None
    connection.execute(
        insert(NoteVersionRow).values(
            encounter_id=facts.encounter_id,
            number=facts.number,
            kind=facts.kind.value,
            author_id=facts.author_id,
            author_name=facts.author_name,
            created_at=facts.created_at,
            transcript_number=facts.transcript_number,
            note=sealed,
            signature=signed,
        )
    )
    return _version(facts, note, signature)


def read_versions(
    connection: Connection, key: DataKey, encounter_id: str
) -> Sequence[tuple[VersionFacts, NoteVersion]]:
    """All versions in order of number. Raises `SealBrokenError`, `VersionError`."""
    row = NoteVersionRow
    query = (
        select(
            row.number, row.kind, row.author_id, row.author_name, row.created_at, row.transcript_number, row.note,
            row.signature,
        )
        .where(row.encounter_id == encounter_id)
        .order_by(row.number)
    )  # fmt: skip
    found = []
    for number, kind, author_id, author_name, created_at, transcript_number, note, signature in connection.execute(
        query
    ):
        facts = VersionFacts(encounter_id, number, _kind(kind), author_id, author_name, created_at, transcript_number)
        opened = _read_note(open_field(key, facts.place("note"), note))
        signed = _read_signature(open_field(key, facts.place("signature"), signature)) if signature else None
        found.append((facts, _version(facts, opened, signed)))
    return found


def open_note(key: DataKey, row: Row[*tuple[Any, ...]]) -> Note:
    """The note in a row of `NOTE_COLUMNS`. Raises `SealBrokenError`, `VersionError`."""
    facts = VersionFacts(
        row.encounter_id, row.number, _kind(row.kind), row.author_id, row.author_name, row.created_at,
        row.transcript_number,
    )  # fmt: skip
    return _read_note(open_field(key, facts.place("note"), row.note))


def save_transcript(
    connection: Connection, key: DataKey, encounter_id: str, transcript: Transcript, *, keep: bool = False
) -> None:
    """Store a transcript: in place of the newest, or after it if a note version refers to that one, or to `keep` it."""
    body = _transcript_bytes(transcript)
    number = transcript_number(connection, encounter_id)
    used = connection.execute(
        select(func.max(NoteVersionRow.transcript_number)).where(NoteVersionRow.encounter_id == encounter_id)
    ).scalar()
    row = TranscriptRow
    if number and (used or 0) < number and not keep:
        sealed = seal_field(key, transcript_place(encounter_id, number), body)
        connection.execute(
            update(row)
            .where(row.encounter_id == encounter_id, row.number == number)
            .values(content=sealed, created_at=now_text())
        )
        return
    sealed = seal_field(key, transcript_place(encounter_id, number + 1), body)
    connection.execute(
        insert(row).values(encounter_id=encounter_id, number=number + 1, created_at=now_text(), content=sealed)
    )


def _transcript_bytes(transcript: Transcript) -> bytes:
    """Plain JSON (canonical form costs seconds on a long visit), after making sure that it reads back the same."""
    refused = InputError("This transcript cannot be stored as it is.", "Transcribe the recording again.")
    try:
        data = transcript_to_json(transcript)
        body = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        raise refused from error
    if transcript_from_json(json.loads(body)) != transcript:
        raise refused
    return body


def transcript_number(connection: Connection, encounter_id: str) -> int:
    """The number of the newest transcript, 0 for none."""
    query = select(func.max(TranscriptRow.number)).where(TranscriptRow.encounter_id == encounter_id)
    return connection.execute(query).scalar() or 0


def read_transcript(connection: Connection, key: DataKey, encounter_id: str, number: int) -> Transcript | None:
    """The transcript with this number. Raises `SealBrokenError`, `VersionError`."""
    row = TranscriptRow
    content = connection.execute(
        select(row.content).where(row.encounter_id == encounter_id, row.number == number)
    ).scalar()
    if content is None:
        return None
    opened = open_field(key, transcript_place(encounter_id, number), content)
    try:
        return transcript_from_json(parse_object(opened, "transcript"))
    except VersionError:
        raise
    except AnamnesisError as error:
        raise SealBrokenError("The stored transcript is damaged.", "Restore the vault from a backup.") from error


def opened_version(facts: VersionFacts, data: bytes) -> NoteVersion:
    """The version whose opened note is `data`, without its signature. Raises `SealBrokenError`, `VersionError`."""
    return _version(facts, _read_note(data), None)


def _read_note(data: bytes) -> Note:
    try:
        return note_from_json(parse_object(data, "note"))
    except VersionError:
        raise
    except AnamnesisError as error:
        raise SealBrokenError("The stored note is damaged.", "Restore the vault from a backup.") from error


def transcript_place(encounter_id: str, number: int) -> Place:
    """Where an encounter's transcript with this number belongs."""
    return Place("transcripts", "content", f"{encounter_id} {number}")


def _kind(value: str) -> VersionKind:
    try:
        return VersionKind(value)
    except ValueError as error:
        raise VersionError("A note version has a kind this program does not know.", "Update this program.") from error


def _version(facts: VersionFacts, note: Note, signature: Signature | None) -> NoteVersion:
    return NoteVersion(
        number=facts.number,
        kind=facts.kind,
        note=note,
        author_id=facts.author_id,
        author_name=facts.author_name,
        created_at=to_moment(facts.created_at),
        signature=signature,
    )


def _pack_signature(signature: Signature) -> bytes:
    values: dict[str, object] = {name: getattr(signature, name) for name in _SIGNATURE_TEXTS}
    return canonical({**values, "signed_at": moment_text(signature.signed_at)})


def _read_signature(data: bytes) -> Signature:
    body = parse_object(data, "signature")
    texts = {name: text(body, name, "signature") for name in _SIGNATURE_TEXTS}
    return Signature(signed_at=to_moment(text(body, "signed_at", "signature")), **texts)
