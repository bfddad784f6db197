"""The thread that exchanges rows while a person is signed in; what fails is tried again, ever more rarely."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.bugs import describe_bug
from app.domain.errors import AnamnesisError, ConflictError
from app.domain.syncing import ServerRefusedError, ServerUnreachableError, SyncState
from app.vault.server.exchange import Exchange, Exchanged
from app.vault.server.listening import Listener

POLL = 20.0
"""Seconds after which the server is asked without any notice: for notices that were lost."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_GATHER = 0.02
"""Seconds in which the transactions of one act are gathered."""
_LAST_WORDS = 5.0
"""Seconds that signing out waits for what is just being sent."""


@dataclass(frozen=True, slots=True)
class Connected:
    """An exchange over an open connection."""

    exchange: Exchange
    settings: dict[str, str | int]
    close: Callable[[], None]


class Worker:
    """`connect` opens a connection; `changed` is told which encounters changed from elsewhere."""

    def __init__(
        self, connect: Callable[[], Connected], changed: Callable[[frozenset[str]], None], listener: Listener
    ) -> None:
        self._connect = connect
        self._changed = changed
        self._listener = listener
        self._stop = threading.Event()
        self._condition = threading.Condition()
        self._rounds = 0
        self.state = SyncState.OFFLINE
        self.problem: AnamnesisError | None = None
        self._connected: Connected | None = None
        self._thread = threading.Thread(target=self._run, name="shared-server", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to exchange."""
        self._listener.wake()

    def stop(self) -> None:
        """Send what waits if the server is connected, and end."""
        self._stop.set()
        self._listener.wake()
        self._thread.join(_LAST_WORDS)

    def round_ends(self, timeout: float) -> bool:
        """Wait until an exchange that begins from now on has ended, well or not; false if it takes too long."""
        with self._condition:
            wanted = self._rounds + 2 if self.state is SyncState.SYNCING else self._rounds + 1
            self._listener.wake()
            return self._condition.wait_for(lambda: self._rounds >= wanted, timeout)

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        try:
            while not self._stop.is_set():
                try:
                    self._one_round()
                    pause = _FIRST_PAUSE
                    self._listener.wait(POLL)
                    time.sleep(_GATHER)
                except AnamnesisError as error:
                    self._failed(error)
                    self._pause(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
            if self._connected is not None:
                self._connected.exchange.run()
        except AnamnesisError as error:
            self._failed(error)  # the last words of a session: they are sent at the next sign-in
        except Exception as error:  # noqa: BLE001 - the work of the person goes on; the fault is told by its place
            self._end_round(
                SyncState.REFUSED,
                ConflictError(f"Sharing has stopped by a fault: {describe_bug(error)}.", "Report it."),
            )
        finally:
            self._disconnect()
            self._listener.close()

    def _one_round(self) -> None:
        if self._connected is None:
            self._connected = self._connect()
            self._listener.connect(self._connected.settings)
        if self.state is not SyncState.CURRENT:
            self.state = SyncState.SYNCING
        done = self._connected.exchange.run()
        self._end_round(SyncState.CURRENT, None)
        self._tell(done)

    def _tell(self, done: Exchanged) -> None:
        if done.encounters:
            self._changed(frozenset(done.encounters))

    def _failed(self, error: AnamnesisError) -> None:
        self._disconnect()
        refused = isinstance(error, ServerRefusedError) or not isinstance(error, ServerUnreachableError | ConflictError)
        self._end_round(SyncState.REFUSED if refused else SyncState.OFFLINE, error)

    def _end_round(self, state: SyncState, problem: AnamnesisError | None) -> None:
        with self._condition:
            changed = state is not self.state
            self.state, self.problem = state, problem
            self._rounds += 1
            self._condition.notify_all()
        if changed:
            self._changed(frozenset())

    def _pause(self, seconds: float) -> None:
        if not self._stop.is_set():
            self._listener.wait(seconds)

    def _disconnect(self) -> None:
        self._listener.disconnect()
        if self._connected is not None:
            connected, self._connected = self._connected, None
            connected.close()
