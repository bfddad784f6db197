"""Brings a database to the newest schema with Alembic; refuses one that a newer program wrote."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from app.domain.errors import SealBrokenError, VersionError

HEAD = "0008"
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises `VersionError` if the schema is from a newer program, `SealBrokenError` if it says nothing about itself.
    """
    found = revision(connection)
    if found == HEAD:
        return
    if found is None and inspect(connection).get_table_names():
        raise SealBrokenError("The vault's database does not say its version.", "Restore vault.db from a backup.")
    if found is not None and found not in KNOWN:
        raise VersionError(
            "This vault was written by a newer Anamnesis.", "Update this program; the vault is untouched."
        )
    _run(connection)


def revision(connection: Connection) -> str | None:
    """The schema's revision, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
