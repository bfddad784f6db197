"""Erasing for good: of a part, by destroying its key, or of a whole encounter, by destroying all sealed data keys.

What stays is a record of what was erased, when, by whom and why, and an entry in the audit trail. A hold is looked at
in the same transaction; who may erase what is asked before.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import ConflictError, DiskFullError, HeldError, MachineError, VersionError
from app.domain.records import Part
from app.vault.data_keys import DataKeys
from app.vault.models import (
    DeletionRow,
    EncounterRow,
    ErasureRow,
    JournalRow,
    PartKeyRow,
    TranscriptRow,
)
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.records import erasure_list
from app.vault.records.erasure_list import PERSON, POLICY, Erased
from app.vault.records.hold_rows import refuse_held
from app.vault.records.last_backup import read_last
from app.vault.records.part_keys import destroy_part_key
from app.vault.server.trails import entries_about

DESTROYED = "encounter.destroyed"
REFUSED = "erasure.refused"


def erased_action(part: Part) -> str:
    """The audit trail's name for an erasure."""
    return DESTROYED if part is Part.ENCOUNTER else f"{part.value}.erased"


def is_erased(connection: Connection, encounter_id: str, part: Part) -> bool:
    """Whether there is a record that this part was erased."""
    row = ErasureRow
    query = select(row.at).where(row.encounter_id == encounter_id, row.part == part.value)
    return connection.execute(query).scalar() is not None


def refuse_erased(connection: Connection, encounter_id: str, part: Part) -> None:
    """Raises `ConflictError` if this part was erased: it does not come back."""
    if is_erased(connection, encounter_id, part):
        raise ConflictError(f"The {part.value} of this visit was erased.", "Start another encounter.")


def without_sound(connection: Connection) -> set[str]:
    """The encounters whose recording was erased, alone or with all the rest."""
    destroyed = select(DeletionRow.encounter_id)
    erased = select(ErasureRow.encounter_id).where(ErasureRow.part != Part.TRANSCRIPT.value)
    return set(connection.execute(destroyed.union(erased)).scalars())


def evidence_erased(connection: Connection, encounter_id: str) -> bool:
    """Whether the words were erased, by the record and by an unaltered entry of the audit trail."""
    if not is_erased(connection, encounter_id, Part.TRANSCRIPT):
        return False
    entries = entries_about(connection, erased_action(Part.TRANSCRIPT), encounter_id)
    return any(entry.expected_hash() == entry.hash for entry in entries)


class Erasing:
    """Erases in the signed-in person's name; knows holds, but no permissions."""

    def __init__(self, vault: OpenVault, keys: DataKeys, recordings: Recordings) -> None:
        self._vault = vault
        self._keys = keys
        self._recordings = recordings

    def destroy(self, encounter_id: str, reason: str, *, by_policy: bool) -> None:
        """Destroy an encounter; `tidy` comes after it. Raises `HeldError`, `DiskFullError`, `MachineError`."""
        self._erase(encounter_id, Part.ENCOUNTER, reason, by_policy=by_policy)
        self._keys.forget(encounter_id)
        self._recordings.remove(encounter_id)

    def erase_part(self, encounter_id: str, part: Part, reason: str, *, by_policy: bool) -> None:
        """Erase the sound or the words. Raises as `destroy`."""
        self._erase(encounter_id, part, reason, by_policy=by_policy)
        if part is Part.AUDIO:
            self._recordings.remove(encounter_id)

    def erase_again(self, erased: Iterable[Erased]) -> int:
        """Erase in a restored vault what was erased since its backup; return how much was still there.

        A hold of that time does not stop it: it was released before the erasure. Raises `VersionError`.
        """
        done = 0
        for one in sorted(erased):
            part = _part(one.part)
            with self._vault.database.transaction() as connection:
                row = EncounterRow
                there = select(row.id).where(row.id == one.encounter_id, row.destroyed_at.is_(None))
                if connection.execute(there).scalar() is None or is_erased(connection, one.encounter_id, part):
                    continue
                reason = "erased since the backup was made; again after a restore"
                self._put(connection, one.encounter_id, part, reason, one.cause, one.at)
                self._vault.audit(connection, erased_action(part), one.encounter_id, "again after a restore")
            done += 1
        if done:
            self._keys.forget()
            self.tidy()
        return done

    def tidy(self) -> None:
        """No deleted key stays in the journal, and the lists for restores know of the erasure."""
        self._vault.database.forget_deleted()
        key, vault_id = self._vault.keys.derived(erasure_list.LABEL), self._vault.vault_id
        with self._vault.database.transaction() as connection:
            erased = erasure_list.erased_rows(connection)
        try:
            erasure_list.renew_list(self._vault.folder / erasure_list.NAME, key, vault_id, erased)
            last = read_last(self._vault.folder)
            if last is not None:
                erasure_list.renew_list(erasure_list.beside(last.folder, vault_id), key, vault_id, erased)
        except MachineError:  # the erasure stands, and the disk of the backups may be away: the next backup brings it
            with self._vault.database.transaction() as connection:
                self._vault.audit(connection, "erasures.list-not-written", "vault")

    def _erase(self, encounter_id: str, part: Part, reason: str, *, by_policy: bool) -> None:
        try:
            try:
                self._erase_rows(encounter_id, part, reason, by_policy=by_policy)
            except DiskFullError:
                if part is Part.TRANSCRIPT:
                    raise
                with self._vault.database.transaction() as connection:
                    refuse_held(connection, encounter_id)
                self._recordings.remove(encounter_id)  # on a full disk the record of the erasure has room only after it
                self._erase_rows(encounter_id, part, reason, by_policy=by_policy)
        except HeldError:
            with self._vault.database.transaction() as connection:
                self._vault.audit(connection, REFUSED, encounter_id, f"{part.value}, legal hold")
            raise

    def _erase_rows(self, encounter_id: str, part: Part, reason: str, *, by_policy: bool) -> None:
        with self._vault.database.transaction() as connection:
            refuse_held(connection, encounter_id)
            cause = POLICY if by_policy else PERSON
            self._put(connection, encounter_id, part, reason, cause, now_text())
            self._vault.audit(connection, erased_action(part), encounter_id, cause if by_policy else "")

    def _put(self, connection: Connection, encounter_id: str, part: Part, reason: str, cause: str, at: str) -> None:
        """The record first, then what it allows."""
        values = {"encounter_id": encounter_id, "at": at, "actor_id": self._vault.access.user.id, "reason": reason}
        connection.execute(insert(ErasureRow).values(part=part.value, cause=cause, **values))
        if part is Part.ENCOUNTER:
            connection.execute(insert(DeletionRow).values(**values))
            self._keys.destroy(connection, encounter_id)
        erase_rows(connection, encounter_id, part, at)


def erase_rows(connection: Connection, encounter_id: str, part: Part, at: str) -> None:
    """Destroy the keys of parts, and take away the rows that may go; their record stands already."""
    if part is Part.ENCOUNTER:
        connection.execute(delete(PartKeyRow).where(PartKeyRow.encounter_id == encounter_id))
        connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(destroyed_at=at))
        return
    destroy_part_key(connection, encounter_id, part)
    if part is Part.TRANSCRIPT:
        for row in (TranscriptRow, JournalRow):
            connection.execute(delete(row).where(row.encounter_id == encounter_id))
    else:
        # the length stays: the list shows it, and it says nothing of what was said
        connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(segments=None))


def _part(value: str) -> Part:
    try:
        return Part(value)
    except ValueError as error:
        raise VersionError("Something was erased that this program does not know.", "Update this program.") from error
