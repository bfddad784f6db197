"""This vault's tie to the shared server, and who this machine is there."""

import hmac
import os
import socket
import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import ConflictError
from app.domain.syncing import ServerAddress
from app.vault.blob import context
from app.vault.models import HeldRow, KnownRow, MachineRow, OutboxRow, ServerLinkRow
from app.vault.moments import now_text
from app.vault.server.triggers import forget_changes, note_changes, note_everything

ROW_KEY = 32


@dataclass(frozen=True, slots=True)
class Target:
    """Where to and as whom; the password never appears in a `repr`."""

    host: str
    port: int
    database: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Target({self.host}:{self.port}/{self.database})"

    def address(self, ca_file: str) -> ServerAddress:
        """With the file of the authority that vouches for the server."""
        return ServerAddress(self.host, self.port, self.database, ca_file)


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """What `server_link` holds."""

    machine_id: str
    machine_name: str
    target: Target
    row_key: bytes
    synced_at: str | None


def new_row_key() -> bytes:
    """A random key for the rows of one vault."""
    return os.urandom(ROW_KEY)


def vault_tag(row_key: bytes, vault_id: str) -> str:
    """What the server calls the vault."""
    return hmac.digest(row_key, context("shared-vault", vault_id), "sha256").hex()


def read_link(connection: Connection) -> Link | None:
    """The tie, or None if this vault is shared with nobody."""
    row = connection.execute(select(ServerLinkRow.__table__)).mappings().first()
    if row is None:
        return None
    target = Target(row["host"], row["port"], row["database"], row["user"], row["password"])
    return Link(row["machine_id"], row["machine_name"], target, bytes(row["row_key"]), row["synced_at"])


def make_link(connection: Connection, target: Target, row_key: bytes, machine_name: str = "") -> None:
    """Tie this vault to the server; everything that is here waits to be sent. Raises `ConflictError` if it is tied."""
    if read_link(connection) is not None:
        raise ConflictError("This vault is linked to a server already.", "Use 'anamnesis server disconnect' first.")
    machine_id, name = uuid.uuid4().hex, (machine_name or socket.gethostname() or "machine")[:64]
    connection.execute(
        insert(ServerLinkRow).values(
            id=1,
            machine_id=machine_id,
            machine_name=name,
            host=target.host,
            port=target.port,
            database=target.database,
            user=target.user,
            password=target.password,
            row_key=row_key,
            cursor=0,
            linked_at=now_text(),
            synced_at=None,
        )
    )
    connection.execute(insert(MachineRow).values(id=machine_id, name=name, joined_at=now_text()))
    note_changes(connection)
    note_everything(connection)


def keep_noting(connection: Connection) -> None:
    """At each opening: a linked vault notes changes of the tables that this program knows."""
    if read_link(connection) is not None:
        note_changes(connection)


def change_password(connection: Connection, user: str, password: str) -> None:
    """Reach the server as another user, or with another password."""
    connection.execute(update(ServerLinkRow).values(user=user, password=password))


def drop_link(connection: Connection) -> None:
    """Untie this vault; what was received stays."""
    forget_changes(connection)
    for row in (ServerLinkRow, OutboxRow, KnownRow, HeldRow):
        connection.execute(delete(row))


def machine_of(connection: Connection) -> str:
    """This machine's id."""
    return str(connection.execute(select(ServerLinkRow.machine_id)).scalar_one())


def become_another_machine(connection: Connection) -> None:
    """After a restore from a backup: this vault's trail goes on from an earlier point, as that of a new machine.

    Everything is read again: what this machine wrote before is now another one's.
    """
    machine_id = uuid.uuid4().hex
    name = connection.execute(select(ServerLinkRow.machine_name)).scalar_one()
    connection.execute(update(ServerLinkRow).values(machine_id=machine_id, cursor=0))
    connection.execute(insert(MachineRow).values(id=machine_id, name=name, joined_at=now_text()))
    connection.execute(delete(OutboxRow).where(OutboxRow.row.like("audit%")))
    note_everything(connection)
