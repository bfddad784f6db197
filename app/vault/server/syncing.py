"""`Syncing` of a signed-in person."""

import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, func, select

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError, ConflictError, InputError, SealBrokenError, VersionError
from app.domain.people import Permission
from app.domain.syncing import (
    AsideReason,
    ServerAddress,
    ServerRefusedError,
    ServerUnreachableError,
    SetAside,
    SyncState,
    SyncStatus,
)
from app.vault import encounter_rows as rows
from app.vault import note_versions as notes
from app.vault.data_keys import DataKeys
from app.vault.field_blob import seal_field
from app.vault.models import (
    HeldRow,
    OutboxRow,
    SealedKeyRow,
    SetAsideRow,
)
from app.vault.moments import now_text, to_moment
from app.vault.note_versions import VersionFacts
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.server import taking
from app.vault.server.address import connection_settings
from app.vault.server.aside import ADOPTED, DROPPED, Asides, dropped_place
from app.vault.server.exchange import Exchange, Exchanged, again
from app.vault.server.invitation import make_invitation, pack_invitation
from app.vault.server.link import Link, Target, drop_link, make_link, new_row_key, read_link, vault_tag
from app.vault.server.listening import Listener
from app.vault.server.places import recorded_elsewhere
from app.vault.server.postgres import PostgresDatabase
from app.vault.server.relay import Relay
from app.vault.server.worker import Connected, Worker

_WORDS = {
    taking.NEWER: "come from a newer Anamnesis: update this program",
    taking.WAITS: "wait for other rows that are still to come",
    taking.REFUSED: "do not agree with what is here: two machines made the same thing, such as a person of one name",
    taking.HOLD: "would erase what is under a legal hold here",
    taking.ACCOUNT: "are accounts that do not fit this vault: two people have one sign-in name, or the keys differ",
    taking.KEYLESS: "wait until somebody of the care team signs in on this machine",
}


class VaultSyncing:
    """Does nothing until `start`, and nothing at all in a vault that is linked to no server."""

    def __init__(self, vault: OpenVault, keys: DataKeys, recordings: Recordings) -> None:
        self._vault = vault
        self._keys = keys
        self._recordings = recordings
        self._asides = Asides(vault, keys)
        self._address: ServerAddress | None = None
        self._worker: Worker | None = None
        self._unlisten: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[frozenset[str]], None]] = []

    def start(self, address: ServerAddress | None) -> None:
        """Exchange rows from now on, in a thread of its own, with the server that the policy names, if any."""
        self._address = address
        link = self.link()
        if link is None or self._worker is not None:
            return
        # what waited for this person's keys is taken over now, with or without a network
        Exchange(self._vault, self._keys, self._recordings, None, link.row_key).settle(Exchanged())
        listener = Listener()
        self._worker = Worker(self._connect, self._changed, listener)
        self._unlisten = self._vault.database.listen(self._worker.wake)
        self._worker.start()

    def stop(self) -> None:
        """Send what waits, if the server answers, and stop."""
        if self._worker is not None:
            self._unlisten()
            worker, self._worker = self._worker, None
            worker.stop()

    def connect(self, host: str, port: int, database: str, user: str, password: str, machine_name: str = "") -> None:
        """As the port says."""
        self._vault.access.require(Permission.MANAGE_USERS)
        target = Target(host, port, database, user, password)
        if self._address is None or target.address(self._address.ca_file) != self._address:
            raise ServerRefusedError("The policy names no such shared database.", "Ask IT for [shared_database].")
        if self.link() is not None:
            raise ConflictError("This vault is linked to a server already.", "Use 'anamnesis server disconnect' first.")
        row_key = new_row_key()
        connected = PostgresDatabase(connection_settings(self._address, user, password))
        try:
            Relay(connected, vault_tag(row_key, self._vault.vault_id)).prepare()
        finally:
            _close(connected)
        with self._vault.database.transaction() as connection:
            make_link(connection, target, row_key, machine_name)
            self._vault.audit(connection, "server.linked", "server", str(self._address))
        self.start(self._address)

    def disconnect(self) -> None:
        """Untie this vault from the server; what was received stays here, what was sent stays there."""
        self._vault.access.require(Permission.MANAGE_USERS)
        if self.link() is None:
            raise ConflictError("This vault is linked to no server.")
        self.stop()
        with self._vault.database.transaction() as connection:
            drop_link(connection)
            self._vault.audit(connection, "server.unlinked", "server")

    def invite(self) -> tuple[bytes, str]:
        """An enrolment file for another machine, and its one-time code. Raises `ConflictError` without a link."""
        self._vault.access.require(Permission.MANAGE_USERS)
        with self._vault.database.transaction() as connection:
            link = read_link(connection)
            if link is None:
                raise ConflictError("This vault is linked to no server.", "Link it with 'anamnesis server connect'.")
            invitation = make_invitation(connection, link, self._vault.header)
            self._vault.audit(connection, "server.invited", "server")
        return pack_invitation(invitation)

    def sync_all_again(self) -> None:
        """Compare everything with the server anew, as after the server was restored from a backup."""
        if self.link() is None:
            raise ConflictError("This vault is linked to no server.", "Link it with 'anamnesis server connect'.")
        with self._vault.database.transaction() as connection:
            again(connection)

    def link(self) -> Link | None:
        """This vault's tie to a server."""
        with self._vault.database.transaction() as connection:
            return read_link(connection)

    def status(self) -> SyncStatus:
        """As the port says."""
        with self._vault.database.transaction() as connection:
            link = read_link(connection)
            if link is None:
                return SyncStatus(SyncState.NOT_LINKED)
            kinds = connection.execute(select(HeldRow.why, func.count()).group_by(HeldRow.why)).all()
            held = {why: count for why, count in kinds}
            waiting = connection.execute(
                select(func.count()).where(OutboxRow.row.not_in(select(HeldRow.row)))
            ).scalar_one()
        worker = self._worker
        problem = worker.problem if worker is not None else None
        return SyncStatus(
            state=worker.state if worker is not None else SyncState.OFFLINE,
            server=str(link.target.address("")),
            machine=link.machine_name,
            last_synced=to_moment(link.synced_at) if link.synced_at else None,
            waiting=waiting,
            held=sum(held.values()),
            set_aside=len(self._open_asides(None)),
            problem=str(problem) if problem is not None else "",
            notices=tuple(f"{count} rows {_WORDS.get(why, why)}" for why, count in sorted(held.items())),
        )

    def sync_now(self, timeout: float = 30.0) -> SyncStatus:
        """As the port says."""
        if self._worker is None:
            raise ConflictError("This vault is linked to no server.", "Link it with 'anamnesis server connect'.")
        ended = self._worker.round_ends(timeout)
        if not ended:
            raise ServerUnreachableError("The shared server is slow.", "Work goes on; the exchange does too.")
        if self._worker.problem is not None:
            raise self._worker.problem
        return self.status()

    def listen(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """As the port says."""
        with self._lock:
            self._callbacks = [*self._callbacks, changed]

        def end() -> None:
            with self._lock:
                self._callbacks = [known for known in self._callbacks if known is not changed]

        return end

    def set_aside(self, encounter_id: str | None = None) -> Sequence[SetAside]:
        """As the port says."""
        self._vault.access.require(Permission.READ)
        return self._open_asides(encounter_id)

    def adopt(self, aside_id: str) -> int:
        """As the port says."""
        self._vault.access.require(Permission.EDIT)
        with self._vault.database.transaction() as connection:
            encounter_id = _encounter_of(connection, aside_id)
            key = self._keys.get(connection, encounter_id)
            rows.expect(connection, encounter_id, rows.latest_of(connection, encounter_id), rows.UNSIGNED)
            note = self._asides.open(connection, key, aside_id).note
            number = rows.latest_of(connection, encounter_id) + 1
            user = self._vault.access.user
            transcript = notes.transcript_number(connection, encounter_id)
            facts = VersionFacts(
                encounter_id, number, VersionKind.EDIT, user.id, user.display_name, now_text(), transcript
            )
            notes.add_version(connection, key, facts, note)
            rows.move(connection, encounter_id, EncounterState.DRAFT, number)
            self._asides.resolve(connection, ADOPTED, aside_id=aside_id)
            self._vault.audit(connection, "note.adopted", encounter_id, f"version {number}")
        return number

    def drop(self, aside_id: str, reason: str) -> None:
        """As the port says."""
        self._vault.access.require(Permission.EDIT)
        if not 0 < len(reason.strip()) <= 200:
            raise InputError("Dropping a version needs a reason.", "Give it in at most 200 characters.")
        with self._vault.database.transaction() as connection:
            encounter_id = _encounter_of(connection, aside_id)
            key = self._keys.get(connection, encounter_id)
            sealed = seal_field(key, dropped_place(aside_id), reason.strip().encode())
            self._asides.resolve(connection, DROPPED, aside_id=aside_id, why=sealed)
            self._vault.audit(connection, "note.set-aside-dropped", encounter_id)

    def recorded_elsewhere(self, encounter_id: str) -> str:
        """As the port says."""
        with self._vault.database.transaction() as connection:
            return recorded_elsewhere(connection, encounter_id)

    def _open_asides(self, encounter_id: str | None) -> list[SetAside]:
        row, mine = SetAsideRow, self._vault.access.user.id
        query = (
            select(row.id, row.encounter_id, row.base, row.kind, row.author_name, row.created_at, row.reason)
            .join(SealedKeyRow, SealedKeyRow.encounter_id == row.encounter_id)
            .where(row.resolution == "", SealedKeyRow.recipient_id == mine)
            .order_by(row.created_at)
        )
        if encounter_id is not None:
            query = query.where(row.encounter_id == encounter_id)
        found = []
        with self._vault.database.transaction() as connection:
            for one in connection.execute(query).all():
                try:
                    key = self._keys.get(connection, one.encounter_id)
                    note = self._asides.open(connection, key, one.id).note
                except (SealBrokenError, VersionError):
                    note = None
                found.append(
                    SetAside(
                        one.id, one.encounter_id, one.base, VersionKind(one.kind), one.author_name,
                        to_moment(one.created_at), AsideReason(one.reason), note,
                    )
                )  # fmt: skip
        return found

    def _connect(self) -> Connected:
        link = self.link()
        if link is None or self._address is None:
            raise ServerRefusedError("The policy names no shared database.", "Ask IT to name it, or disconnect.")
        target = link.target.address(self._address.ca_file)
        if target != self._address:
            raise ServerRefusedError(
                "The policy names another shared database than the one this vault is linked to.", "Ask IT."
            )
        settings = connection_settings(target, link.target.user, link.target.password)
        database = PostgresDatabase(settings)
        relay = Relay(database, vault_tag(link.row_key, self._vault.vault_id))
        exchange = Exchange(self._vault, self._keys, self._recordings, relay, link.row_key)
        return Connected(exchange, settings, lambda: _close(database))

    def _changed(self, encounters: frozenset[str]) -> None:
        with self._lock:
            callbacks = list(self._callbacks)
        for changed in callbacks:
            changed(encounters)


def _encounter_of(connection: Connection, aside_id: str) -> str:
    row = SetAsideRow
    found = connection.execute(select(row.encounter_id).where(row.id == aside_id, row.resolution == "")).scalar()
    if found is None:
        raise InputError("There is no such version set aside.", "Look at the list again.")
    return str(found)


def _close(database: PostgresDatabase) -> None:
    try:
        database.close()
    except AnamnesisError:
        return  # the connection was lost: there is nothing left to close
