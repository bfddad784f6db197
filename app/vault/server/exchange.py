"""One exchange with the shared server: read everything new, then send what waits; again until nothing is left.

Sending needs to have read everything (see `relay`), so a clash is always seen here, before anything is overwritten.
Each step is one transaction on one side; a crash between the two repeats it, and nothing is there twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, select, update

from app.domain.errors import ConflictError, SealBrokenError
from app.domain.syncing import ServerUnreachableError
from app.vault.data_keys import DataKeys
from app.vault.models import HeldRow, KnownRow, OutboxRow, ServerLinkRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.server import shared_accounts, trails
from app.vault.server.aside import Asides
from app.vault.server.envelope import Envelopes, SharedRow, Values, digest_of
from app.vault.server.kinds import ACCOUNTS, AUDIT, CHECKPOINTS, KINDS, table_of
from app.vault.server.link import become_another_machine, machine_of
from app.vault.server.relay import Relay
from app.vault.server.rows import read_row
from app.vault.server.taking import UNSURE, Taken, Taking, remember
from app.vault.server.triggers import note_everything

_AT_ONCE = 200
_MOST_ROUNDS = 1000


@dataclass
class Exchanged:
    """What an exchange did."""

    received: int = 0
    sent: int = 0
    damaged: int = 0
    encounters: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Sending:
    serial: int
    shared: SharedRow


class Exchange:
    """For one session on one machine with one server."""

    def __init__(
        self, vault: OpenVault, keys: DataKeys, recordings: Recordings, relay: Relay | None, row_key: bytes
    ) -> None:
        self._vault = vault
        self._keys = keys
        self._recordings = recordings
        self._server = relay
        self._envelopes = Envelopes(row_key)
        self.asides = Asides(vault, keys)

    @property
    def _relay(self) -> Relay:
        if self._server is None:
            raise ServerUnreachableError("No connection to the shared server is open.", "It is tried by itself.")
        return self._server

    def run(self) -> Exchanged:
        """Exchange until both sides have everything. Raises as the two databases."""
        done = Exchanged()
        for _ in range(_MOST_ROUNDS):
            self.receive(done)
            done.encounters |= self.asides.merge_own()
            if self.send(done):
                self._synced()
                return done
        raise ConflictError("The shared server is very busy.", "It is tried again by itself.")

    def receive(self, done: Exchanged) -> None:
        """Take over everything that is new on the server."""
        while True:
            cursor = self._cursor()
            rows, head = self._relay.fetch(cursor, _AT_ONCE)
            if head < cursor:
                self._from_the_start()
                continue
            if not rows:
                self.settle(done)
                return
            taken = Taken()
            with self._vault.database.transaction() as connection:
                taking = Taking(self._vault, self._keys, machine_of(connection), self._recordings.ids())
                for stored in rows:
                    try:
                        shared = self._envelopes.open(stored.name, stored.payload)
                    except SealBrokenError:
                        done.damaged += 1
                        self._vault.audit(connection, "server.row-refused", "server", "altered")
                        continue
                    taking.take(connection, shared, taken)
                    if shared.machine != taking.machine_id:
                        done.received += 1
                taking.try_held(connection, taken)
                taking.finish(connection, taken)
                connection.execute(update(ServerLinkRow).values(cursor=rows[-1].position))
            self._follow(taken, done)

    def send(self, done: Exchanged) -> bool:
        """Send what waits; false if there is news to be read first."""
        while True:
            cursor, sending = self._waiting()
            if not sending:
                return True
            sealed = [(self._envelopes.name(s.shared.row), self._envelopes.seal(s.shared)) for s in sending]
            position = self._relay.push(cursor, sealed)
            if position is None:
                return False
            with self._vault.database.transaction() as connection:
                for one in sending:
                    connection.execute(delete(OutboxRow).where(OutboxRow.serial == one.serial))
                    if table_of(one.shared.row) not in (AUDIT, CHECKPOINTS):
                        remember(connection, one.shared)
                connection.execute(update(ServerLinkRow).values(cursor=position))
            done.sent += len(sending)

    def _waiting(self) -> tuple[int, Sequence[_Sending]]:
        """How far was read, and the next rows to send, as they are now."""
        with self._vault.database.transaction() as connection:
            shared_accounts.note_changes(connection, self._vault)
            cursor = int(connection.execute(select(ServerLinkRow.cursor)).scalar_one())
            query = select(OutboxRow.serial, OutboxRow.row).where(OutboxRow.row.not_in(select(HeldRow.row)))
            while True:
                found = connection.execute(query.order_by(OutboxRow.serial).limit(_AT_ONCE)).all()
                sending = [s for serial, row in found if (s := self._sending(connection, serial, row)) is not None]
                if sending or not found:
                    return cursor, sending

    def _sending(self, connection: Connection, serial: int, row: str) -> _Sending | None:
        """The row as it is to be sent, or None, and it waits no longer, if the server has it so already."""
        values = self._values(connection, row)
        query = select(KnownRow.revision, KnownRow.digest).where(KnownRow.row == row)
        known = connection.execute(query).first()
        if (known is None and values is None) or (known is not None and known.digest == digest_of(values)):
            connection.execute(delete(OutboxRow).where(OutboxRow.serial == serial))
            return None
        return _Sending(serial, SharedRow(row, known.revision + 1 if known else 1, machine_of(connection), values))

    def _values(self, connection: Connection, row: str) -> Values | None:
        table = table_of(row)
        if table == ACCOUNTS:
            return shared_accounts.values_of(self._vault, row)
        if table in (AUDIT, CHECKPOINTS):
            return trails.read_own(connection, table, int(row.split(" ")[2]))
        kind = KINDS.get(table)
        return read_row(connection, kind, kind.key_of(row)) if kind else None

    def settle(self, done: Exchanged) -> None:
        """Try what was held back once more: what it waited for may have happened here. Asks no server."""
        taken = Taken()
        with self._vault.database.transaction() as connection:
            if connection.execute(select(func.count()).select_from(HeldRow)).scalar_one() == 0:
                return
            taking = Taking(self._vault, self._keys, machine_of(connection), self._recordings.ids())
            taking.try_held(connection, taken)
            taking.finish(connection, taken)
        self._follow(taken, done)

    def _follow(self, taken: Taken, done: Exchanged) -> None:
        """What cannot be done in the transaction in which rows were taken over."""
        done.encounters |= taken.encounters
        for encounter_id in sorted(taken.sound_to_remove):
            self._recordings.remove(encounter_id)
        if taken.sound_to_remove:
            self._vault.database.forget_deleted()
        shared_accounts.take_all(self._vault, taken.accounts)
        if taken.lost_identity:
            with self._vault.database.transaction() as connection:
                become_another_machine(connection)
                self._vault.audit(connection, "server.machine-renewed", "server", "restored from a backup")

    def _from_the_start(self) -> None:
        """The server was put back to an earlier state: read all of it again, and send all that it lacks."""
        with self._vault.database.transaction() as connection:
            again(connection)
            self._vault.audit(connection, "server.put-back", "server", "everything is exchanged again")

    def _cursor(self) -> int:
        with self._vault.database.transaction() as connection:
            return int(connection.execute(select(ServerLinkRow.cursor)).scalar_one())

    def _synced(self) -> None:
        with self._vault.database.transaction() as connection:
            connection.execute(update(ServerLinkRow).values(synced_at=now_text()))


def again(connection: Connection) -> None:
    """Exchange everything anew: what the server holds is compared, what it lacks is sent."""
    connection.execute(update(ServerLinkRow).values(cursor=0))
    connection.execute(update(KnownRow).values(digest=UNSURE))
    note_everything(connection)
