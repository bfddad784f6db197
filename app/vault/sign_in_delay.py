"""Failed sign-ins: a growing wait that survives a restart, and their record until the audit trail can be opened.

The file lies beside the header. Deleting it saves an attacker nothing that copying the vault would not: Argon2id
bounds guessing.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from app.domain.errors import SignInError
from app.vault.machine_errors import declared
from app.vault.safe_files import replace_file

NAME = "vault.tries"
LONGEST = 300.0
_REMEMBERED = 200
_SHORT = 2.0


@dataclass(frozen=True, slots=True)
class FailedTry:
    """A failed sign-in at a UTC time; `name` is empty unless it is a known sign-in name."""

    at: str
    name: str


@dataclass(slots=True)
class _State:
    failures: int = 0
    last: float = 0.0
    unrecorded: list[FailedTry] = field(default_factory=list)


def wait_after(failures: int) -> float:
    """Seconds to wait after this many failures in a row: 0, 0, 0, 1, 2, 4 … 300."""
    return 0.0 if failures < 3 else min(2.0 ** (failures - 3), LONGEST)


class SignInDelay:
    """The tries of one vault. `clock` gives Unix time in seconds."""

    def __init__(
        self, folder: Path, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._path = folder / NAME
        self._clock = clock
        self._sleep = sleep
        self._before: _State | None = None

    def begin(self, known_name: str) -> None:
        """Wait if the wait is short, else raise `SignInError`; then count a failure in advance.

        Counting first means that killing the program does not give a free guess. Raises `DiskFullError`,
        `MachineError`.
        """
        state = self._read()
        rest = self._rest(state)
        if rest > _SHORT:
            raise SignInError("Too many wrong tries.", f"Try again in {int(rest) + 1} seconds.")
        if rest > 0:
            self._sleep(rest)
        now = self._clock()
        self._before = replace(state)
        state.failures += 1
        state.last = now
        at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        state.unrecorded = [*state.unrecorded, FailedTry(at, known_name)][-_REMEMBERED:]
        self._write(state)

    def succeeded(self) -> None:
        """Take back the failure that `begin` counted, and end the waiting."""
        state = self._read()
        state.failures = 0
        state.unrecorded = state.unrecorded[:-1]
        self._write(state)

    def withdraw(self) -> None:
        """Make the last `begin` undone: it was no guess (all was right but for a code that nobody asked for yet)."""
        if self._before is not None:
            self._write(self._before)
            self._before = None

    def unrecorded(self) -> list[FailedTry]:
        """Failed tries that the audit trail does not hold yet, oldest first."""
        return list(self._read().unrecorded)

    def recorded(self, count: int) -> None:
        """Forget the `count` oldest tries: the audit trail holds them now."""
        if count:
            state = self._read()
            state.unrecorded = state.unrecorded[count:]
            self._write(state)

    def _rest(self, state: _State) -> float:
        passed = max(0.0, self._clock() - state.last)
        return max(0.0, wait_after(state.failures) - passed)

    def _read(self) -> _State:
        with declared("read the record of failed sign-ins"):
            try:
                data = self._path.read_bytes()
            except FileNotFoundError:
                return _State()
        try:
            body = json.loads(data)
            tries = [FailedTry(str(t["at"])[:32], str(t["name"])[:64]) for t in body["unrecorded"]]
            return _State(max(0, min(int(body["failures"]), 1000)), float(body["last"]), tries)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            # A damaged record must not lock people out, nor free a guesser: carry on from a middling wait.
            return _State(failures=5, last=self._clock())

    def _write(self, state: _State) -> None:
        tries = [{"at": t.at, "name": t.name} for t in state.unrecorded]
        body = {"failures": state.failures, "last": state.last, "unrecorded": tries}
        replace_file(self._path, json.dumps(body).encode(), "write the record of failed sign-ins")
