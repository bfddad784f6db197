"""`Records` for the signed-in person."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from app.domain.errors import ConflictError, InputError, MachineError
from app.domain.people import Permission
from app.domain.records import (
    NOTICE_DAYS,
    Backup,
    DueErasure,
    ErasureRecord,
    Hold,
    LastBackup,
    Part,
    RetentionLimits,
    RetentionRun,
)
from app.domain.work import CancelToken, Progress, no_progress
from app.vault.backup.making import Backups
from app.vault.backup.restored_vault import STAGING, RestoredVault
from app.vault.data_keys import DataKeys
from app.vault.models import DeletionRow, EncounterRow, ErasureRow, UserRow
from app.vault.moments import to_moment
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.records.erasing import Erasing
from app.vault.records.erasure_list import POLICY
from app.vault.records.holds import Holds, visible_ids
from app.vault.records.retention import Retention

_LEAST = 4


class VaultRecords:
    """Retention, holds, deletion records and backups of one session. Safe for use from several threads."""

    def __init__(self, vault: OpenVault, keys: DataKeys, recordings: Recordings) -> None:
        self._vault = vault
        self._holds = Holds(vault, keys)
        self._erasing = Erasing(vault, keys, recordings)
        self.retention = Retention(vault, self._erasing)
        self._backups = Backups(vault, recordings)

    def upcoming(self, limits: RetentionLimits, within_days: int = NOTICE_DAYS) -> Sequence[DueErasure]:
        """What goes within so many days, overdue things first. Raises `PermissionDeniedError`."""
        return self.retention.upcoming(limits, within_days)

    def erase_due(
        self,
        limits: RetentionLimits,
        *,
        asked: bool = True,
        dry_run: bool = False,
        progress: Progress = no_progress,
        cancel: CancelToken | None = None,
    ) -> RetentionRun:
        """Erase what is due. Raises `PermissionDeniedError`, `WorkCancelledError` (what was erased stays erased)."""
        return self.retention.erase_due(
            limits, asked=asked, dry_run=dry_run, progress=progress, cancel=cancel or CancelToken()
        )

    def erased(self, encounter_id: str | None = None) -> Sequence[ErasureRecord]:
        """The deletion records that this person may see, newest first."""
        self._vault.access.require(Permission.ERASE_DUE)
        with self._vault.database.transaction() as connection:
            found = _erasures(connection)
            if not self._holds.sees_all:
                mine = _own(connection, self._vault.access.user.id)
                found = [record for record in found if record.encounter_id in mine]
        return [record for record in found if encounter_id in {None, record.encounter_id}]

    def holds(self) -> Sequence[Hold]:
        """The holds that stand, newest first."""
        return self._holds.all()

    def hold_on(self, encounter_id: str) -> Hold | None:
        """The hold that stands on this encounter. Raises `InputError` for one that is not this person's."""
        return self._holds.on(encounter_id)

    def add_hold(self, encounter_id: str, reason: str) -> Hold:
        """Place a hold. Raises `ConflictError`, `InputError`."""
        self._holds.add(encounter_id, reason)
        hold = self._holds.on(encounter_id)
        if hold is None:
            raise MachineError("The legal hold was released by somebody else at once.", "See 'anamnesis hold list'.")
        return hold

    def release_hold(self, encounter_id: str, reason: str) -> None:
        """Release the hold that stands. Raises `ConflictError`, `InputError`."""
        self._holds.release(encounter_id, reason)

    def find(self, start: str) -> str:
        """The whole id that starts like this. Raises `InputError` if none or several do, or for too few characters."""
        self._vault.access.require(Permission.HOLD)
        row = EncounterRow
        with self._vault.database.transaction() as connection:
            ids = set(connection.execute(select(row.id).where(row.destroyed_at.is_(None))).scalars())
            if not self._holds.sees_all:
                ids &= visible_ids(connection, self._vault.access.user.id)
        matches = [i for i in ids if len(start) >= _LEAST and i.startswith(start)]
        if len(matches) != 1:
            problem = "No visit has" if not matches else "Several visits have"
            raise InputError(f"{problem} an id that starts like this.", f"Give {_LEAST} characters of it or more.")
        return matches[0]

    def may_back_up(self) -> bool:
        """An administrator, or the physician of a practice of one."""
        return self._backups.allowed()

    def last_backup(self) -> LastBackup | None:
        """None if this machine never made one that it remembers."""
        return self._backups.last()

    def back_up(self, target: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Backup:
        """Make a backup and read it back. Raises as the port says."""
        return self._backups.make(target, progress, cancel or CancelToken())

    def restored_vault(self) -> RestoredVault:
        """For a restore, before the vault has its name. Raises `ConflictError` once it has."""
        if not self._vault.folder.name.endswith(STAGING):
            raise ConflictError("This vault is not being restored.", "Restore a backup into another data folder.")
        return RestoredVault(self._vault, self._erasing)


def _erasures(connection: Connection) -> list[ErasureRecord]:
    row = ErasureRow
    columns = (row.encounter_id, row.part, row.at, UserRow.name, row.cause, row.reason)
    query = select(*columns).join(UserRow, UserRow.id == row.actor_id)
    found = [
        ErasureRecord(encounter_id, Part(part), to_moment(at), name, cause == POLICY, reason)
        for encounter_id, part, at, name, cause, reason in connection.execute(query)
    ]
    known = {record.encounter_id for record in found if record.part is Part.ENCOUNTER}
    old = DeletionRow
    query_old = select(old.encounter_id, old.at, UserRow.name, old.reason).join(UserRow, UserRow.id == old.actor_id)
    found += [
        ErasureRecord(encounter_id, Part.ENCOUNTER, to_moment(at), name, policy=False, reason=reason)
        for encounter_id, at, name, reason in connection.execute(query_old)
        if encounter_id not in known
    ]
    return sorted(found, key=lambda record: record.at, reverse=True)


def _own(connection: Connection, user_id: str) -> set[str]:
    """What is on this person's care teams, and what they made or destroyed themselves."""
    made = select(EncounterRow.id).where(EncounterRow.creator_id == user_id)
    destroyed = select(DeletionRow.encounter_id).where(DeletionRow.actor_id == user_id)
    own = visible_ids(connection, user_id) | set(connection.execute(made).scalars())
    return own | set(connection.execute(destroyed).scalars())
