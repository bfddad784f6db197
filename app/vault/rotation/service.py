"""`KeyRotation` for the signed-in person: new data keys where they are due, and everything sealed anew under them.

What is left to do is read from the database each time: encounters in the queue, and encounters with earlier keys. So
it can be stopped or killed at any moment, by any member of the care team, and gone on with by any other.
"""

import threading
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, select

from app.domain.errors import AnamnesisError, InputError, SealBrokenError, VersionError, WorkCancelledError
from app.domain.people import Permission
from app.domain.records import Part
from app.domain.team import RotationState
from app.domain.work import CancelToken, Progress, no_progress
from app.vault import recording_rows as recording
from app.vault.data_keys import DataKeys
from app.vault.models import EarlierKeyRow, EncounterRow, RekeyRow, SealedKeyRow
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.records.part_keys import part_key
from app.vault.rotation.rekeying import queue, rekey
from app.vault.rotation.resealing import reseal_some

REQUESTED = "asked for"
_BREATH = 0.002
"""Seconds between two transactions of the background, in which others get at the database."""


class VaultKeyRotation:
    """Works on the encounters of which the signed-in person is on the care team."""

    def __init__(self, vault: OpenVault, keys: DataKeys, recordings: Recordings) -> None:
        self._vault = vault
        self._keys = keys
        self._recordings = recordings
        self._one_at_a_time = threading.Lock()
        self._wake = threading.Event()
        self._pass = CancelToken()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._busy = False
        self._trouble = ""
        self.chores: list[Callable[[CancelToken], None]] = []
        """What is done before, each time."""

    def state(self) -> RotationState:
        """What is left to do."""
        with self._vault.database.transaction() as connection:
            waiting, resealing = self._waiting(connection), self._resealing(connection)
        return RotationState(len(waiting), len(resealing), self._busy, self._trouble)

    def request(self, encounter_id: str | None = None) -> int:
        """Ask for a new key for one encounter or for all. Raises `PermissionDeniedError`, `InputError`."""
        self._vault.access.require(Permission.ROTATE)
        with self._vault.database.transaction() as connection:
            held = self._held(connection)
            if encounter_id is not None and encounter_id not in held:
                raise InputError("There is no such encounter for you.", "See the list of visits.")
            wanted = held if encounter_id is None else [encounter_id]
            for one in wanted:
                queue(connection, one, REQUESTED)
            if wanted:
                detail = f"{len(wanted)} encounters"
                self._vault.audit(connection, "rotation.requested", encounter_id or "encounters", detail)
        self.wake()
        return len(wanted)

    def run(self, progress: Progress = no_progress, cancel: CancelToken | None = None) -> RotationState:
        """Do what is left, here and now.

        A damaged encounter keeps its earlier keys and hinders no other; its error is raised at the end.
        Raises `PermissionDeniedError`, `WorkCancelledError`, `DiskFullError`, `MachineError`, `SealBrokenError`.
        """
        self._vault.access.require(Permission.ROTATE)
        self._pass.cancel()  # the background leaves it to this caller, who wants to see how it goes on
        with self._one_at_a_time:
            self._work(progress, cancel or CancelToken(), pause=0.0)
        return self.state()

    def start(self) -> None:
        """Do what is left in a thread, and what is added later; nothing for those whose role holds no encounter."""
        access = self._vault.access
        if self._thread is None and access.user.may(Permission.ROTATE) and not access.second_factor_due:
            self._wake.set()
            self._thread = threading.Thread(target=self._background, name="rekeying", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread at the next good state."""
        self._stopping = True
        self._pass.cancel()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def wake(self) -> None:
        """There is something new to do."""
        self._wake.set()

    def _background(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            self._pass = cancel = CancelToken()
            if self._stopping:
                return
            self._busy, self._trouble = True, ""
            try:
                with self._one_at_a_time:
                    self._work(no_progress, cancel, pause=_BREATH)
            except WorkCancelledError:
                continue
            except AnamnesisError as error:
                self._trouble = str(error)  # shown by `state`; the next sign-in or request tries again
            finally:
                self._busy = False

    def _work(self, progress: Progress, cancel: CancelToken, pause: float) -> None:
        for chore in self.chores:
            chore(cancel)
        with self._vault.database.transaction() as connection:
            waiting, resealing = self._waiting(connection), self._resealing(connection)
        due = [*waiting, *(one for one in resealing if one not in set(waiting))]
        try:
            first = self._all(due, set(waiting), progress, cancel, pause)
        finally:
            if due:
                self._vault.database.forget_deleted()
        progress(1.0, "encounters are sealed anew")
        if first is not None:
            raise first

    def _all(
        self, due: Sequence[str], waiting: Collection[str], progress: Progress, cancel: CancelToken, pause: float
    ) -> AnamnesisError | None:
        """Return the first damage that was found."""
        first: AnamnesisError | None = None
        for number, encounter_id in enumerate(due):
            cancel.check()
            progress(number / len(due), f"encounter {number + 1} of {len(due)} is sealed anew")
            try:
                self._one(encounter_id, encounter_id in waiting, cancel, pause)
            except InputError:
                continue  # withdrawn from this person or destroyed meanwhile
            except (SealBrokenError, VersionError) as error:
                first = first or error
        return first

    def _one(self, encounter_id: str, waits: bool, cancel: CancelToken, pause: float) -> None:
        if waits:
            self._rekey(encounter_id)
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            sound = part_key(connection, key, encounter_id, Part.AUDIO)
            known = recording.known_segments(connection, encounter_id)
        under = sound.id if self._recordings.reseal(sound, encounter_id, known, cancel) else None
        while self._reseal_some(encounter_id, under):
            cancel.check()
            if pause:
                threading.Event().wait(pause)
        self._keys.forget(encounter_id)

    def _rekey(self, encounter_id: str) -> None:
        with self._vault.database.transaction() as connection:
            row = RekeyRow
            cause = connection.execute(select(row.cause).where(row.encounter_id == encounter_id)).scalar()
            if cause is not None:
                rekey(self._vault, self._keys, connection, encounter_id, cause)

    def _reseal_some(self, encounter_id: str, sound: bytes | None) -> bool:
        with self._vault.database.transaction() as connection:
            return reseal_some(self._vault, self._keys, connection, encounter_id, sound)

    def _waiting(self, connection: Connection) -> Sequence[str]:
        return self._of_mine(connection, RekeyRow)

    def _resealing(self, connection: Connection) -> Sequence[str]:
        return self._of_mine(connection, EarlierKeyRow)

    def _of_mine(self, connection: Connection, table: type[RekeyRow] | type[EarlierKeyRow]) -> Sequence[str]:
        held = SealedKeyRow
        query = select(table.encounter_id).distinct().join(held, held.encounter_id == table.encounter_id)
        mine = query.where(held.recipient_id == self._vault.access.user.id).order_by(table.encounter_id)
        return connection.execute(mine).scalars().all()

    def _held(self, connection: Connection) -> Sequence[str]:
        held, encounter = SealedKeyRow, EncounterRow
        query = select(held.encounter_id).join(encounter, encounter.id == held.encounter_id)
        mine = query.where(held.recipient_id == self._vault.access.user.id, encounter.destroyed_at.is_(None))
        return connection.execute(mine.order_by(encounter.created_at)).scalars().all()
