"""A vault whose database lies on a PostgreSQL server: for measurements and tests, with `storage.lying_on`.

People's vaults always lie on their machine: work must go on without a network.
"""

from collections.abc import Mapping
from pathlib import Path

from app.vault.database import Database
from app.vault.server.postgres import PostgresDatabase


class OnServer:
    """A `Storage`, reached by libpq's settings; the header and the recordings stay in the vault's folder."""

    def __init__(self, settings: Mapping[str, str | int]) -> None:
        self.settings = settings

    def create(self, _folder: Path, _key: bytes) -> Database:
        """The database must be there, and empty."""
        return PostgresDatabase(self.settings, one_writer=True)

    def finish(self, folder: Path) -> None:
        """Nothing to name."""

    def open(self, _folder: Path, _key: bytes) -> Database:
        """Raises `ServerUnreachableError`, `ServerRefusedError`."""
        return PostgresDatabase(self.settings, one_writer=True)
