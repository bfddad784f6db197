"""An open database, whichever kind it is: transactions one after the other, and declared errors only.

The kinds: `embedded.EmbeddedDatabase` (SQLite through SQLCipher) and `server.postgres.PostgresDatabase`.
"""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from app.domain.errors import VaultError

NAME = "vault.db"
"""The embedded database's file."""

logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)  # it would write errors, texts and all


class Database(ABC):
    """Transactions from several threads wait for one another."""

    engine: Engine

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._when_stored: list[Callable[[], None]] = []
        self._listeners: list[Callable[[], None]] = []

    @abstractmethod
    def declared(self) -> AbstractContextManager[None]:
        """Turn every error of this kind of database into a declared one that holds no value of a row."""

    @abstractmethod
    def forget_deleted(self) -> None:
        """See to it that nothing deleted stays behind where it was stored, as far as this kind can."""

    @abstractmethod
    def check_pages(self) -> None:
        """Check the code of every page, also of those that nobody looks at. Raises `SealBrokenError`."""

    @abstractmethod
    def copy_to(self, path: Path, tick: Callable[[float], None]) -> None:
        """Copy the database as it is at this moment, sealed under the same key, into an empty file.

        Others may read and write meanwhile. `tick` gets the fraction that is copied, and may raise to stop. The copy is
        read through before this returns. Raises `SealBrokenError` (it does not read back), `DiskFullError`,
        `MachineError`.
        """

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: all of the block is stored, or nothing. Raises declared errors only."""
        with self._lock, self.declared():
            if self._closed:
                raise VaultError("The vault is closed.", "Sign in again.")
            self._when_stored.clear()
            with self.engine.begin() as connection:
                yield connection
            for act in self._when_stored:
                act()
            for listener in self._listeners:
                listener()

    def when_stored(self, act: Callable[[], None]) -> None:
        """Within a transaction: do this once it is stored, and only then."""
        self._when_stored.append(act)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, which must be quick, after each stored transaction; return what ends the calls."""
        with self._lock:
            self._listeners = [*self._listeners, listener]

        def end() -> None:
            with self._lock:
                self._listeners = [known for known in self._listeners if known is not listener]

        return end

    def close(self) -> None:
        """Close it. Closing twice is harmless."""
        with self._lock, self.declared():
            self._closed = True
            self.engine.dispose()
