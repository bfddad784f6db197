"""Sharing encounters between machines through the organisation's database server: what the other rooms see of it.

Each machine works on its own vault, always; a signed-in session exchanges sealed rows with the server meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.encounter import VersionKind
from app.domain.errors import MachineError
from app.domain.note import Note


class ServerUnreachableError(MachineError):
    """The shared server does not answer now; work goes on and is exchanged later."""

    code = "server-unreachable"


class ServerRefusedError(MachineError):
    """The shared server answers, but it is not the right one, or it does not let this machine in."""

    code = "server-refused"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Host, port and database, and the PEM file of the authority that must have signed the server's certificate."""

    host: str
    port: int
    database: str
    ca_file: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.database}"


class SyncState(StrEnum):
    """How this machine stands with the shared server."""

    NOT_LINKED = "not-linked"
    """This vault is shared with nobody."""
    OFFLINE = "offline"
    """Linked; the server does not answer at present. It is tried again by itself."""
    SYNCING = "syncing"
    """Rows are on their way."""
    CURRENT = "current"
    """Connected, and nothing waits."""
    REFUSED = "refused"
    """The server's certificate, the password or the policy stands in the way: a person must do something."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What a status line shows.

    `server` is host, port and database; `waiting` counts rows of this machine that are not on the server yet, `held`
    rows from there that cannot be taken over yet (each has a line in `notices`); `set_aside` counts versions that await
    a person. `problem` is one line with its way out, '' if all is well.
    """

    state: SyncState
    server: str = ""
    machine: str = ""
    last_synced: datetime | None = None
    waiting: int = 0
    held: int = 0
    set_aside: int = 0
    problem: str = ""
    notices: tuple[str, ...] = ()


class AsideReason(StrEnum):
    """Why a version could not become part of the note by itself."""

    CONFLICT = "conflict"
    """Another machine changed the same statements first."""
    SIGNED_MEANWHILE = "signed-meanwhile"
    """The note was signed elsewhere first: this can only be added as an addendum."""
    SIGNATURE_OVERTAKEN = "signature-overtaken"
    """This is a signature, made on a version that another machine had changed first: look, and sign again."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A version that is kept beside the note until a person adopts or drops it.

    `base` is the number of the version it was made from. `note` is None if it does not open for the signed-in person.
    """

    id: str
    encounter_id: str
    base: int
    kind: VersionKind
    author_name: str
    created_at: datetime
    reason: AsideReason
    note: Note | None


class Syncing(Protocol):
    """`session.syncing`. Every method may be called from any thread."""

    def start(self, address: ServerAddress | None) -> None:
        """Exchange rows from now on with the server that the policy names, if any; once, after signing in."""

    def status(self) -> SyncStatus:
        """How this machine stands with the server; never waits for it."""

    def sync_now(self, timeout: float = 30.0) -> SyncStatus:
        """Exchange rows now and wait for the end, at most `timeout` seconds; return the status after it.

        Raises `ServerUnreachableError`, `ServerRefusedError`, `ConflictError` if this vault is linked to no server.
        """

    def listen(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `changed` with the ids of the encounters that another machine changed; return what ends the calls.

        An empty set means that only the status changed. The call comes from a background thread: an interface hands
        it over to its own thread, and does no long work in it.
        """

    def set_aside(self, encounter_id: str | None = None) -> Sequence[SetAside]:
        """Versions that await a person, of one encounter or of all the person's, oldest first."""

    def adopt(self, aside_id: str) -> int:
        """Make a set-aside version the newest edit, by the signed-in person; return its number.

        What it replaces stays among the versions. Raises `ConflictError` after a signature: then its text is added by
        signing an addendum, and afterwards `drop` closes it. Raises `InputError` if there is no such version.
        """

    def drop(self, aside_id: str, reason: str) -> None:
        """Close a set-aside version without adopting it; it stays stored, with the sealed reason."""

    def connect(self, host: str, port: int, database: str, user: str, password: str, machine_name: str = "") -> None:
        """Link this vault to the server, which must be the policy's; everything that is here is sent from now on.

        Needs MANAGE_USERS: what is linked reaches other machines. Raises `ConflictError` (it is linked, or the server
        holds another vault), `ServerRefusedError`, `ServerUnreachableError`, `PermissionDeniedError`.
        """

    def disconnect(self) -> None:
        """Untie this vault from the server; what was received stays here, what was sent stays there."""

    def invite(self) -> tuple[bytes, str]:
        """An enrolment file for another machine, and its one-time code. Raises `ConflictError` without a link."""

    def sync_all_again(self) -> None:
        """Compare everything with the server anew, as after the server was restored from a backup."""

    def recorded_elsewhere(self, encounter_id: str) -> str:
        """The machine where the encounter's sound lies if it is not this one, else ''. Sound is not exchanged."""
