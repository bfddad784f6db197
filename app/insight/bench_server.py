"""How long a draft takes from one machine to another, and what a vault costs whose database lies on a server.

Needs an empty database of a PostgreSQL server, the policy's; what is made there is removed at the end.
"""

import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, InputError
from app.domain.note import Note, Section, Statement
from app.domain.people import Role
from app.domain.ports import Session
from app.domain.syncing import ServerAddress
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.bench_vault import bench_vault
from app.insight.hardware import hardware
from app.insight.percentiles import spread
from app.vault import create_vault, join_vault, sign_in

_LONGEST_WAIT = 60.0


class _News:
    """Counts what the receiving machine tells."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0

    def told(self, _encounters: frozenset[str]) -> None:
        """Called by the exchange."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_until(self, arrived: Callable[[], bool]) -> bool:
        """Look at each news, and once a second; whether it arrived within a minute."""
        end = time.monotonic() + _LONGEST_WAIT
        while time.monotonic() < end:
            with self._condition:
                before = self._count
            if arrived():
                return True
            with self._condition:
                self._condition.wait_for(lambda: self._count > before, 1.0)  # noqa: B023 - called before the next turn
        return False


def bench_server(
    address: ServerAddress,
    user: str,
    password: str,
    *,
    drafts: int,
    encounters: int,
    progress: Progress,
    cancel: CancelToken,
) -> dict[str, object]:
    """Return milliseconds from the stored draft on machine A until machine B can read it, each from rest.

    With `encounters` also what `bench_vault` measures of a vault of so many visits, embedded and on the server.
    Raises `ServerUnreachableError`, `ServerRefusedError`, `ConflictError` (the database is not empty).
    """
    from app.vault.server.address import connection_settings
    from app.vault.server.emptying import borrowed
    from app.vault.server.on_server import OnServer
    from app.vault.storage import lying_on

    figures: dict[str, object] = {"hardware": hardware()}
    with borrowed(address, user, password):
        figures["draft_to_other_machine_ms"] = _drafts(address, user, password, drafts, progress, cancel)
    if encounters:
        figures["embedded"] = bench_vault(encounters, progress=progress, cancel=cancel)
        settings = connection_settings(address, user, password)
        with borrowed(address, user, password), lying_on(OnServer(settings)):
            figures["on_server"] = bench_vault(encounters, progress=progress, cancel=cancel)
    return {**figures, "aims": beside_aims("server", figures)}


def _drafts(
    address: ServerAddress, user: str, password: str, drafts: int, progress: Progress, cancel: CancelToken
) -> dict[str, float | None]:
    passphrase = secrets.token_urlsafe(24)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anamnesis-")))
        session, _code = create_vault(folder / "a", name="anna", display_name="Anna", passphrase=passphrase)
        stack.enter_context(closing(session))
        nurse, _code = session.users.add("ines", "Ines", frozenset({Role.NURSE}), passphrase)
        session.syncing.start(address)
        session.syncing.connect(address.host, address.port, address.database, user, password, "a")
        data, code = session.syncing.invite()
        (folder / "enrolment").write_bytes(data)
        join_vault(folder / "b", folder / "enrolment", code, "ines", passphrase)
        other = stack.enter_context(closing(sign_in(folder / "b", "ines", passphrase)))
        other.syncing.start(address)
        news = _News()
        other.syncing.listen(news.told)
        for one in (session, other, session, other):
            one.syncing.sync_now(_LONGEST_WAIT)
        times = []
        for number in range(drafts):
            cancel.check()
            progress(number / drafts, "drafts on their way")
            time.sleep(0.3)
            visit = session.encounters.create(f"visit {number}")
            session.encounters.share(visit, nurse.id)
            session.encounters.add_version(visit, _note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
            began = time.perf_counter()
            if not news.wait_until(partial(_arrived, other, visit)):
                raise ConflictError("A draft did not arrive within a minute.", "Look at 'anamnesis server status'.")
            times.append((time.perf_counter() - began) * 1000)
    return spread(times)


def _arrived(session: Session, visit: str) -> bool:
    try:
        return len(session.encounters.versions(visit)) == 1
    except InputError:
        return False


def _note() -> Note:
    said = Statement("s1", "Takes metoprolol 50 mg in the morning.", author="Anna")
    return Note("soap", (Section("subjective", "Subjective", (said,)),))
