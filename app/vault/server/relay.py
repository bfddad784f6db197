"""The shared server's side: sealed rows in the order in which they came, and nothing else.

One table of rows, each with the position of its newest state; one row with the newest position. Whoever sends rows
must have read everything up to that position: all machines see the same order, and no state is overwritten unseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    select,
    text,
    update,
)

from app.domain.errors import VersionError
from app.domain.syncing import ServerRefusedError
from app.vault.database import Database

FORMAT = 1
CHANNEL = "anamnesis_shared"

_METADATA = MetaData()
_POSITION = BigInteger().with_variant(Integer(), "sqlite")
ROWS = Table(
    "shared_rows",
    _METADATA,
    Column("name", String(64), primary_key=True),
    Column("position", _POSITION, nullable=False, index=True, unique=True),
    Column("payload", LargeBinary, nullable=False),
)
HEAD = Table(
    "shared_head",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("format", Integer, nullable=False),
    Column("vault", String(64), nullable=False),
    Column("position", _POSITION, nullable=False),
)
_PUT = text(
    "INSERT INTO shared_rows (name, position, payload) VALUES (:name, :position, :payload) "
    "ON CONFLICT (name) DO UPDATE SET position = excluded.position, payload = excluded.payload"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed row as the server holds it."""

    name: str
    position: int
    payload: bytes


class Relay:
    """The shared rows of one vault; `vault` is a name of it that tells the server nothing."""

    def __init__(self, database: Database, vault: str) -> None:
        self.database = database
        self._vault = vault

    def prepare(self) -> None:
        """Make the tables if they are not there. Raises as `check`."""
        with self.database.transaction() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(4711202102)"))
            _METADATA.create_all(connection)
            if connection.execute(select(HEAD.c.id)).first() is None:
                connection.execute(HEAD.insert().values(id=1, format=FORMAT, vault=self._vault, position=0))
            self._check(connection)

    def fetch(self, after: int, limit: int) -> tuple[Sequence[Stored], int]:
        """The next rows after this position in order, and the newest position.

        Raises `ServerRefusedError` (another vault's database), `VersionError`, `ServerUnreachableError`.
        """
        with self.database.transaction() as connection:
            head = self._check(connection)
            query = select(ROWS).where(ROWS.c.position > after).order_by(ROWS.c.position).limit(limit)
            found = [Stored(name, position, bytes(payload)) for name, position, payload in connection.execute(query)]
        return found, head

    def push(self, after: int, rows: Sequence[tuple[str, bytes]]) -> int | None:
        """Store rows; return the newest position, or None, with nothing stored, if there is news after `after`."""
        with self.database.transaction() as connection:
            if self._check(connection, hold=True) != after:
                return None
            position = after + len(rows)
            values = [
                {"name": name, "position": after + number, "payload": payload}
                for number, (name, payload) in enumerate(rows, 1)
            ]
            connection.execute(_PUT, values)
            connection.execute(update(HEAD).values(position=position))
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
        return position

    def _check(self, connection: Connection, *, hold: bool = False) -> int:
        query = select(HEAD.c.format, HEAD.c.vault, HEAD.c.position)
        row = connection.execute(query.with_for_update() if hold else query).first()
        if row is None:
            raise ServerRefusedError(
                "The shared database is empty.", "Link this vault with 'anamnesis server connect'."
            )
        if row.format != FORMAT:
            raise VersionError("The shared database was made by a newer Anamnesis.", "Update this program.")
        if row.vault != self._vault:
            raise ServerRefusedError("The shared database belongs to another vault.", "Ask IT for one of its own.")
        return int(row.position)
