"""Versions that another machine's versions overtook: moved aside as they are, merged if possible, else shown."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.encounter import EncounterState, NoteVersion, VersionKind
from app.domain.errors import AnamnesisError
from app.domain.people import Permission
from app.domain.syncing import AsideReason
from app.vault import encounter_rows as rows
from app.vault import note_versions as notes
from app.vault.data_keys import DataKeys
from app.vault.field_blob import DataKey, Place, open_field
from app.vault.models import NoteVersionRow, OutboxRow, SetAsideRow
from app.vault.moments import now_text
from app.vault.note_versions import VersionFacts
from app.vault.open_vault import OpenVault
from app.vault.server.merging import merge_notes

MERGED, ADOPTED, DROPPED = "merged", "adopted", "dropped"
_COLUMNS = (
    "encounter_id", "number", "kind", "author_id", "author_name", "created_at", "transcript_number", "note",
    "signature",
)  # fmt: skip
_FINAL = (EncounterState.SIGNED, EncounterState.AMENDED)
_SIGNED = (VersionKind.SIGNATURE.value, VersionKind.ADDENDUM.value)


def move_aside(connection: Connection, encounter_id: str, number: int) -> None:
    """Move this machine's versions from `number` on aside: they were never sent, and keep their seal and signature."""
    row = NoteVersionRow
    columns = [getattr(row, name) for name in _COLUMNS]
    query = select(*columns).where(row.encounter_id == encounter_id, row.number >= number).order_by(row.number)
    batch = uuid.uuid4().hex
    for found in connection.execute(query).mappings().all():
        connection.execute(
            insert(SetAsideRow).values(
                id=uuid.uuid4().hex,
                base=number - 1,
                batch=batch,
                reason=AsideReason.CONFLICT.value,
                resolution="",
                resolved_at=None,
                **found,
            )
        )
        here = (row.encounter_id == encounter_id, row.number == found["number"])
        connection.execute(delete(row).where(*here))
        connection.execute(delete(OutboxRow).where(OutboxRow.row == f"note_versions {encounter_id} {found['number']}"))


def move_aside_from_transcript(connection: Connection, encounter_id: str, transcript_number: int) -> None:
    """Move aside what was not sent yet and rests on this transcript, and what follows it."""
    row = NoteVersionRow
    query = select(row.number).where(row.encounter_id == encounter_id, row.transcript_number == transcript_number)
    for (number,) in connection.execute(query.order_by(row.number)).all():
        waiting = select(OutboxRow.serial).where(OutboxRow.row == f"note_versions {encounter_id} {number}")
        if connection.execute(waiting).first() is not None:
            move_aside(connection, encounter_id, number)
            return


def dropped_place(aside_id: str) -> Place:
    """Where the reason for dropping a version belongs."""
    return Place("set_aside_versions", "why", aside_id)


class Asides:
    """Merging for the signed-in person, and reading for whoever decides."""

    def __init__(self, vault: OpenVault, keys: DataKeys) -> None:
        self._vault = vault
        self._keys = keys
        self._tried: set[tuple[str, int]] = set()

    def merge_own(self) -> set[str]:
        """Merge what can be merged of this person's own versions; return the encounters that got a new version.

        Another person's wait for that person: a merged version says who made it.
        """
        merged = set()
        for batch, encounter_id in self._open_batches():
            with self._vault.database.transaction() as connection:
                if self._merge(connection, batch, encounter_id):
                    merged.add(encounter_id)
        return merged

    def _open_batches(self) -> Sequence[tuple[str, str]]:
        if not self._vault.access.user.may(Permission.EDIT):
            return ()
        row, mine = SetAsideRow, self._vault.access.user.id
        query = select(row.batch, row.encounter_id).where(row.resolution == "").distinct()
        others = select(row.batch).where(row.author_id != mine)
        with self._vault.database.transaction() as connection:
            found = connection.execute(query.where(row.batch.not_in(others)).order_by(row.batch)).all()
        return [(batch, encounter_id) for batch, encounter_id in found]

    def _merge(self, connection: Connection, batch: str, encounter_id: str) -> bool:
        row = SetAsideRow
        found = connection.execute(
            select(row.id, row.base, row.number, row.kind, row.reason)
            .where(row.batch == batch, row.resolution == "")
            .order_by(row.number)
        ).all()
        if not found:
            return False
        latest = rows.latest_of(connection, encounter_id)
        if (batch, latest) in self._tried:
            return False
        self._tried.add((batch, latest))
        reason = self._reason(connection, encounter_id, {one.kind for one in found})
        if reason is not AsideReason.CONFLICT:
            self._say_why(connection, batch, reason)
            return False
        try:
            key = self._keys.get(connection, encounter_id)
            versions = {v.number: v for _, v in notes.read_versions(connection, key, encounter_id)}
            ours = self.open(connection, key, found[-1].id)
        except AnamnesisError:
            return False  # shown as it is; whoever opens it is told
        return self._store_merged(connection, key, encounter_id, batch, versions, found[-1].base, ours)

    def _store_merged(
        self,
        connection: Connection,
        key: DataKey,
        encounter_id: str,
        batch: str,
        versions: dict[int, NoteVersion],
        base: int,
        ours: NoteVersion,
    ) -> bool:
        newest = versions.get(max(versions, default=0))
        start = versions.get(base)
        if newest is not None and newest.note == ours.note:
            self.resolve(connection, MERGED, batch=batch)
            return False
        if newest is None or newest is start:
            note = ours.note
        elif start is None:
            return False  # both machines drafted the visit from nothing: a person chooses
        else:
            merged = merge_notes(start.note, newest.note, ours.note)
            if merged is None:
                return False
            note = merged
        number = (newest.number if newest else 0) + 1
        kind = VersionKind.EDIT if newest else ours.kind
        user = self._vault.access.user
        facts = VersionFacts(
            encounter_id, number, kind, user.id, user.display_name, now_text(),
            notes.transcript_number(connection, encounter_id),
        )  # fmt: skip
        notes.add_version(connection, key, facts, note)
        rows.move(connection, encounter_id, EncounterState.DRAFT, number)
        self.resolve(connection, MERGED, batch=batch)
        self._vault.audit(connection, "note.merged", encounter_id, f"version {number}")
        return True

    def open(self, connection: Connection, key: DataKey, aside_id: str) -> NoteVersion:
        """A version that was set aside. Raises `SealBrokenError`, `VersionError`."""
        columns = [getattr(SetAsideRow, name) for name in _COLUMNS]
        found = connection.execute(select(*columns).where(SetAsideRow.id == aside_id)).one()
        facts = VersionFacts(
            found.encounter_id, found.number, VersionKind(found.kind), found.author_id, found.author_name,
            found.created_at, found.transcript_number,
        )  # fmt: skip
        return notes.opened_version(facts, open_field(key, facts.place("note"), found.note))

    def resolve(
        self, connection: Connection, resolution: str, *, batch: str = "", aside_id: str = "", why: bytes | None = None
    ) -> None:
        """Close what was set aside; it stays stored. `why` is sealed."""
        here = SetAsideRow.batch == batch if batch else SetAsideRow.id == aside_id
        values = {"resolution": resolution, "resolved_at": now_text(), "why": why}
        connection.execute(update(SetAsideRow).where(here, SetAsideRow.resolution == "").values(**values))

    def _reason(self, connection: Connection, encounter_id: str, kinds: set[str]) -> AsideReason:
        if rows.state_of(connection, encounter_id) in _FINAL and not kinds & set(_SIGNED):
            return AsideReason.SIGNED_MEANWHILE
        return AsideReason.SIGNATURE_OVERTAKEN if kinds & set(_SIGNED) else AsideReason.CONFLICT

    @staticmethod
    def _say_why(connection: Connection, batch: str, reason: AsideReason) -> None:
        here = (SetAsideRow.batch == batch, SetAsideRow.reason != reason.value)
        connection.execute(update(SetAsideRow).where(*here).values(reason=reason.value))
