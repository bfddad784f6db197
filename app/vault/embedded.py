"""The embedded database: SQLite through SQLCipher, one connection. All that is special to SQLite is here.

Rollback journal or WAL: WAL only from SQLite 3.51.3 on, because of the WAL-reset corruption bug before it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, MachineError, SealBrokenError
from app.vault.database import Database

WAL_SAFE = (3, 51, 3)
_PAGES = 1000
"""Pages copied at a time: some four megabytes, so that a copy can be stopped at once."""


class EmbeddedDatabase(Database):
    """An open file."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open or make the file with this raw 32-byte key.

        Raises `SealBrokenError` (another key, or damaged), `MachineError`, `DiskFullError`.
        """
        super().__init__()
        self._connect = partial(_connect, path, key)
        self._connect_to = partial(_connect, key=key)
        with _declared():
            self.engine = _engine(self._connect)
            try:
                with self.engine.connect() as connection:
                    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            except BaseException:
                self.engine.dispose()
                raise

    def declared(self) -> AbstractContextManager[None]:
        """As the base says."""
        return _declared()

    def forget_deleted(self) -> None:
        """Bring deletions into the main file and empty the journal, so that no deleted key stays behind in it."""
        with self._lock, _declared(), self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def check_pages(self) -> None:
        """As the base says."""
        with self._lock, _declared(), self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None and raw.execute("PRAGMA cipher_integrity_check").fetchall():
                raise _damaged()

    def copy_to(self, path: Path, tick: Callable[[float], None]) -> None:
        """As the base says."""

        def progress(_status: int, remaining: int, pages: int) -> None:
            tick(1 - remaining / max(pages, 1))

        with _declared(), closing(self._connect()) as source, closing(self._connect_to(path)) as target:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchall()  # from here on it is this moment's database
            source.backup(target, pages=_PAGES, progress=progress, sleep=0.001)
            source.execute("COMMIT")
            broken = target.execute("PRAGMA cipher_integrity_check").fetchall()
            if broken or target.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                raise _damaged()


def _connect(path: Path, key: bytes) -> dbapi2.Connection:
    connection = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None, timeout=5.0)
    try:
        _prepare(connection, key)
    except BaseException:
        connection.close()
        raise
    return connection


def _engine(connect: Callable[[], dbapi2.Connection]) -> Engine:
    engine = create_engine("sqlite://", module=dbapi2, creator=connect, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _prepare(connection: dbapi2.Connection, key: bytes) -> None:
    """The raw key first, then the settings; without this order SQLCipher would treat the file as plain."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    journal = "WAL" if dbapi2.sqlite_version_info >= WAL_SAFE else "TRUNCATE"
    synchronous = "FULL" if journal == "WAL" else "EXTRA"
    for setting in (
        f"journal_mode = {journal}",
        f"synchronous = {synchronous}",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
        "trusted_schema = OFF",
        "recursive_triggers = ON",  # or INSERT OR REPLACE would delete behind the triggers
        "cell_size_check = ON",
        "mmap_size = 0",
        "cache_size = -16000",  # KiB: a long list reads the same pages again, and each costs a decryption
    ):
        connection.execute(f"PRAGMA {setting}").fetchall()


@contextmanager
def _declared() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _database_error(str(error.orig), error.orig) from None
    except dbapi2.Error as error:
        raise _database_error(str(error), error) from None


def _database_error(text: str, error: object) -> AnamnesisError:
    """Texts of SQLite's result codes; they never hold values of rows."""
    low = text.lower()
    if "full" in low:
        return DiskFullError("The disk is full: the vault cannot be written.", "Free some space and try again.")
    if "not a database" in low or "malformed" in low or "hmac" in low:
        return _damaged()
    if "locked" in low or "busy" in low:
        return ConflictError("Another program uses the vault's database.", "Close it and try again.")
    if isinstance(error, dbapi2.IntegrityError):
        return ConflictError("Somebody else changed it first.", "Load it again.")
    if "readonly" in low or "read-only" in low or "unable to open" in low:
        return MachineError("Permission refused: the vault's database cannot be written.", "Check its folder's owner.")
    return MachineError("The vault's database cannot be used.", "Check the disk that holds the vault's folder.")


def _damaged() -> SealBrokenError:
    return SealBrokenError("The vault's database is damaged.", "Restore vault.db from a backup.")
