"""A second connection to the server that waits for news: LISTEN and NOTIFY (PostgreSQL documentation 9.6, "NOTIFY")."""

import select
import socket
from collections.abc import Mapping

import psycopg

from app.vault.server.postgres import declared
from app.vault.server.relay import CHANNEL


class Listener:
    """Waits for news of the server or for a call of `wake` from this machine."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._ear, self._mouth = socket.socketpair()  # a pair of sockets, because Windows selects on nothing else
        self._ear.setblocking(False)
        self._mouth.setblocking(False)

    def connect(self, settings: Mapping[str, str | int]) -> None:
        """Begin to listen. Raises `ServerUnreachableError`, `ServerRefusedError`."""
        self.disconnect()
        with declared():
            self._connection = psycopg.connect(**settings, autocommit=True)  # type: ignore[arg-type]  # settings by name
            self._connection.execute(f"LISTEN {CHANNEL}")

    def disconnect(self) -> None:
        """Stop listening to the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def wake(self) -> None:
        """End the wait; from any thread."""
        try:
            self._mouth.send(b"\0")
        except (BlockingIOError, OSError):
            return  # full: it is awake already; closed: nobody waits any more

    def wait(self, seconds: float) -> None:
        """Return when there is news, after a `wake`, or after so many seconds. Raises `ServerUnreachableError`."""
        sources: list[socket.socket | int] = [self._ear]
        if self._connection is not None:
            sources.append(self._connection.fileno())
        ready, _, _ = select.select(sources, [], [], seconds)
        if self._ear in ready:
            self._ear.recv(4096)
        if self._connection is not None:
            with declared():
                for _ in self._connection.notifies(timeout=0):
                    pass

    def close(self) -> None:
        """Give the connection and the sockets back."""
        self.disconnect()
        self._ear.close()
        self._mouth.close()
