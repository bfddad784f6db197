"""PostgreSQL (15 or newer) by psycopg 3. All that is special to it is here and in `address.py`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, MachineError
from app.domain.syncing import ServerRefusedError, ServerUnreachableError
from app.vault.database import Database

OLDEST = 15
_ONE_WRITER = "SELECT pg_advisory_xact_lock(4711202101)"
_LATER = ("starting up", "shutting down", "too many", "recovery mode", "remaining connection slots", "timeout expired")
_WRONG_SERVER = ("certificate", "does not support ssl", "server does not support", "tls", "ssl error")
_NOT_LET_IN = ("fatal:", "authentication", "no password supplied", "does not exist", "require_auth")
_REFUSED_STATES = {"28000", "28P01", "42501", "3D000", "25006"}
_UNREACHABLE_CLASSES = {"08", "57"}
_RETRY_STATES = {"40001", "40P01", "55P03"}


class PostgresDatabase(Database):
    """A connection to a server, made anew by itself after a loss.

    With `one_writer` transactions of all machines wait for one another, as they do in the embedded database.
    """

    def __init__(self, settings: Mapping[str, str | int], *, one_writer: bool = False) -> None:
        """Connect with libpq's settings.

        Raises `ServerUnreachableError`, `ServerRefusedError`.
        """
        super().__init__()
        self.settings = dict(settings)
        self.engine = _engine(self.settings, one_writer=one_writer)
        try:
            with self.declared(), self.engine.connect() as connection:
                version = connection.exec_driver_sql("SHOW server_version_num").scalar()
        except BaseException:
            self.engine.dispose()
            raise
        if int(str(version)) < OLDEST * 10_000:
            self.engine.dispose()
            raise ServerRefusedError(
                "The shared server's PostgreSQL is too old.", f"Ask IT for version {OLDEST} or newer."
            )

    def declared(self) -> AbstractContextManager[None]:
        """As the base says."""
        return declared()

    def forget_deleted(self) -> None:
        """Let the server reuse what deleted rows took; its own backups and logs of earlier days are beyond reach."""
        with self._lock, self.declared(), self.engine.connect() as connection:
            loose = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in ("sealed_keys", "part_keys", "shared_rows"):
                if loose.exec_driver_sql(f"SELECT to_regclass('{table}')").scalar() is not None:
                    loose.exec_driver_sql(f"VACUUM {table}")

    def check_pages(self) -> None:
        """The server checks its pages itself (data checksums); every sealed value has its own code besides."""

    def copy_to(self, _path: Path, _tick: Callable[[float], None]) -> None:
        """A server's database is backed up by the server. Raises `MachineError`."""
        raise MachineError("This vault's database lies on a server.", "Back it up there.")


@contextmanager
def declared() -> Iterator[None]:
    """Turn every error of psycopg into a declared one; texts of the server may hold values and are not passed on."""
    try:
        yield
    except DBAPIError as error:
        raise _database_error(error.orig) from None
    except psycopg.Error as error:
        raise _database_error(error) from None


def _engine(settings: Mapping[str, str | int], *, one_writer: bool) -> Engine:
    def connect() -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(**settings)  # type: ignore[arg-type]  # libpq's settings, by name

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    if one_writer:

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(_ONE_WRITER)

    return engine


def _database_error(error: BaseException | None) -> AnamnesisError:
    state = getattr(error, "sqlstate", None) or ""
    if not state:
        return _connection_error(str(error).lower(), error)
    if state in _REFUSED_STATES:
        return not_let_in()
    if state[:2] in _UNREACHABLE_CLASSES or state == "53300":
        return unreachable()
    if state in {"53100", "53200"}:
        return DiskFullError("The shared server has no room left.", "Ask IT; this machine keeps everything meanwhile.")
    if state in _RETRY_STATES or state[:2] == "23":
        return ConflictError("Somebody else changed it first.", "Load it again.")
    return MachineError("The shared server does not do what this program asks.", "Ask IT which PostgreSQL it is.")


def _connection_error(text: str, error: BaseException | None) -> AnamnesisError:
    """libpq gives no code for a connection that was not made or was lost: only its words tell."""
    if any(word in text for word in _LATER) or not isinstance(error, psycopg.OperationalError):
        return unreachable()
    if any(word in text for word in _WRONG_SERVER):
        return ServerRefusedError(
            "The shared server did not prove that it is the organisation's: its certificate or TLS is wrong.",
            "Ask IT to check the server's certificate and ca_file in the policy.",
        )
    if any(word in text for word in _NOT_LET_IN):
        return not_let_in()
    return unreachable()


def unreachable() -> ServerUnreachableError:
    """The error for a server that does not answer."""
    return ServerUnreachableError(
        "The shared server does not answer.", "Work goes on; everything is exchanged when it answers again."
    )


def not_let_in() -> ServerRefusedError:
    """The error for a server that does not accept user, password or database."""
    return ServerRefusedError(
        "The shared server does not let this machine in.", "Ask IT for the database, its user and password."
    )
