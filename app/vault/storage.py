"""Where a vault's database lies: in the vault's folder (always, for people), or on a server given by its opener."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Protocol

from app.domain.errors import VaultError
from app.vault.database import NAME, Database
from app.vault.embedded import EmbeddedDatabase
from app.vault.machine_errors import declared
from app.vault.safe_files import open_private, sync_folder

UNFINISHED = NAME + ".creating"


class Storage(Protocol):
    """Makes and opens the database of the vault in a folder."""

    def create(self, folder: Path, key: bytes) -> Database:
        """An empty database that gets its name by `finish`."""

    def finish(self, folder: Path) -> None:
        """Give a database that was made its name, also if a crash came in between."""

    def open(self, folder: Path, key: bytes) -> Database:
        """Raises `VaultError` if it is missing, and as the database."""


class Embedded:
    """`vault.db` in the folder."""

    def create(self, folder: Path, key: bytes) -> Database:
        """As the protocol says."""
        path = folder / UNFINISHED
        with declared("open the vault's database"):
            os.close(open_private(path, os.O_RDWR | os.O_CREAT | os.O_EXCL))
            sync_folder(folder)
        return EmbeddedDatabase(path, key)

    def finish(self, folder: Path) -> None:
        """As the protocol says."""
        unfinished = folder / UNFINISHED
        with declared("name the vault's database"):
            if unfinished.exists() and not (folder / NAME).exists():
                unfinished.rename(folder / NAME)
                sync_folder(folder)

    def open(self, folder: Path, key: bytes) -> Database:
        """As the protocol says."""
        with declared("open the vault's database"):
            if not (folder / NAME).exists():
                raise VaultError("The vault's database is missing.", f"Restore {NAME} from a backup.")
        return EmbeddedDatabase(folder / NAME, key)


_EMBEDDED = Embedded()
_place: ContextVar[Storage] = ContextVar("place", default=_EMBEDDED)


def place() -> Storage:
    """Where vaults have their databases now."""
    return _place.get()


@contextmanager
def lying_on(storage: Storage) -> Iterator[None]:
    """Vaults that are made and opened in the block have their databases there: for measurements and tests."""
    token = _place.set(storage)
    try:
        yield
    finally:
        _place.reset(token)
