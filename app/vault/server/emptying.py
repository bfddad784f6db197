"""An empty database for a measurement, and empty again after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import inspect, text

from app.domain.errors import ConflictError
from app.domain.syncing import ServerAddress
from app.vault.server.address import connection_settings
from app.vault.server.postgres import PostgresDatabase

_FUNCTIONS = (
    "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema()"
)


@contextmanager
def borrowed(address: ServerAddress, user: str, password: str) -> Iterator[None]:
    """Drop, after the block, every table and function that was made in it.

    Raises `ConflictError`, with nothing touched, for a database that holds any table; `ServerUnreachableError`,
    `ServerRefusedError`.
    """
    database = PostgresDatabase(connection_settings(address, user, password))
    try:
        with database.transaction() as connection:
            if inspect(connection).get_table_names():
                raise ConflictError("The database holds something.", "Measure with an empty one of its own.")
        try:
            yield
        finally:
            with database.transaction() as connection:
                for table in inspect(connection).get_table_names():
                    connection.execute(text(f'DROP TABLE "{table}" CASCADE'))
                for (name,) in connection.execute(text(_FUNCTIONS)).all():
                    connection.execute(text(f'DROP FUNCTION "{name}"'))
    finally:
        database.close()
