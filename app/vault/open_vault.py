"""What the services of one session share: the open database, the keys, the header, who is signed in."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from app.domain.errors import AnamnesisError
from app.domain.people import Permission
from app.vault.access import Access
from app.vault.accounts import user_key_by_passphrase
from app.vault.audit import AuditLog
from app.vault.certificates import Certificate
from app.vault.database import Database
from app.vault.directory import Directory
from app.vault.header import Header, write_header
from app.vault.key_bundle import KeyBundle
from app.vault.sign_in_delay import SignInDelay

_SAME_VIEW = 300.0
"""Seconds within which looking at the same thing again is the same view."""


@dataclass
class OpenVault:
    """One signed-in person's view of the vault. Safe for use from several threads."""

    folder: Path
    database: Database
    header: Header
    keys: KeyBundle
    certificate: Certificate
    log: AuditLog
    directory: Directory
    delay: SignInDelay
    access: Access = field(init=False)
    _views: dict[tuple[str, str], float] = field(default_factory=dict)
    _header_lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.access = Access(self.certificate.user)
        self.access.refused = self._note_refusal

    @property
    def vault_id(self) -> str:
        """The vault's random id."""
        return self.header.vault_id

    def audit(self, connection: Connection, action: str, subject: str, detail: str = "") -> None:
        """Append an audit entry in this person's name to the caller's transaction."""
        self.log.append(connection, self.access.user.name, action, subject, detail)

    def audit_view(self, connection: Connection, action: str, subject: str) -> None:
        """Append an entry for a look at something, once in five minutes for the same thing."""
        now, view = time.monotonic(), (action, subject)
        if now - self._views.get(view, -_SAME_VIEW) >= _SAME_VIEW:
            self.audit(connection, action, subject)
            self.database.when_stored(lambda: self._views.update({view: now}))

    def _note_refusal(self, permission: Permission) -> None:
        """An entry for an act that the role does not allow, once in five minutes for the same permission."""
        with suppress(AnamnesisError), self.database.transaction() as connection:  # refused it is, noted or not
            self.audit_view(connection, "permission.refused", permission.value)

    @contextmanager
    def changing_header(self) -> Iterator[tuple[Connection, Callable[[Header], None]]]:
        """A transaction in which the header is replaced too; if the transaction fails the old header returns."""
        with self._header_lock:
            before = self.header
            replaced = False

            def replace(header: Header) -> None:
                nonlocal replaced
                coded = header.with_code(self.keys.derived("header"))
                whole = write_header(self.folder, coded)
                replaced = True
                self.header = coded
                if not whole:
                    self.audit(transaction[0], "header.copy-not-written", "vault")

            transaction: list[Connection] = []
            try:
                with self.database.transaction() as connection:
                    transaction.append(connection)
                    yield connection, replace
            except BaseException:
                self.header = before
                if replaced:
                    with suppress(AnamnesisError):
                        write_header(self.folder, before)
                raise

    def user_key(self, passphrase: str) -> bytes:
        """Re-authenticate; return this person's user key.

        Raises `SignInError` for a wrong passphrase, or while too many wrong tries ask for a wait.
        """
        account = self.header.account_of(self.access.user.id)
        return self.guarded(lambda: user_key_by_passphrase(account, self.vault_id, passphrase))

    def guarded(self, attempt: Callable[[], bytes]) -> bytes:
        """Return what an attempt at one of this person's own slots gives; a wrong one is counted and audited."""
        self.delay.begin(self.access.user.name)
        try:
            key = attempt()
        except AnamnesisError:
            self.record_failed_tries()
            raise
        self.delay.succeeded()
        return key

    def record_failed_tries(self) -> None:
        """Bring the failed tries that wait beside the header into the audit trail."""
        tries = self.delay.unrecorded()
        if not tries:
            return
        with self.database.transaction() as connection:
            for one in tries:
                self.log.append(connection, one.name or "unknown", "sign-in.failed", "vault", one.at)
        self.delay.recorded(len(tries))
