"""A vault whose program is killed in the middle of its work: what was stored is there, nothing is half done."""

import contextlib
import json
import random
import secrets
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.domain.encounter import EncounterState, NoteVersion, VersionKind
from app.domain.errors import AnamnesisError, MachineError
from app.domain.work import CancelToken, Progress
from app.insight import vault_work as work
from app.insight.aims import beside_aims
from app.insight.child_process import child_process
from app.insight.hardware import hardware
from app.vault import opening
from app.vault.backup.survey import survey
from app.vault.key_slot import Argon2Cost
from app.vault.session import VaultSession

MOST_STORED = 22
"""Things that are stored before a kill, at most: two visits with everything that follows them."""
_AFTER = 0.1
_COST = Argon2Cost(memory=19_456, iterations=2, lanes=1)
_START = 60.0
_KINDS = (VersionKind.DRAFT, VersionKind.EDIT, VersionKind.SIGNATURE)

Told = tuple[object, ...]


def bench_vault_kills(*, times: int, seed: int, progress: Progress, cancel: CancelToken) -> dict[str, object]:
    """Kill (SIGKILL; TerminateProcess on Windows) a process that records, edits, signs, re-keys and backs up.

    The kill comes up to a tenth of a second after a number of stored things, both drawn, so that it falls into each
    kind of work however fast the machine is. After each kill a new program signs in, verifies the whole trail and every
    page, and looks at all that the killed one had said was stored since the kill before; at the end at everything
    again. `lost` is what was said to be stored and is not there or differs. Raises `MachineError`.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    passphrase = secrets.token_urlsafe(24)
    told: Counter[str] = Counter()
    lost: list[str] = []
    everything: list[Told] = []
    broken_chains = 0
    with tempfile.TemporaryDirectory(prefix="anamnesis-", ignore_cleanup_errors=True) as folder:
        vault, backups = Path(folder) / "vault", Path(folder) / "backups"
        backups.mkdir()
        opening.create_vault(vault, name=work.USER, display_name="Bench", passphrase=passphrase, cost=_COST)[0].close()
        for number in range(times):
            cancel.check()
            progress(number / times, f"kill {number + 1} of {times}")
            order = {"vault": str(vault), "passphrase": passphrase, "backups": str(backups), "first": number * 10}
            said = _work_and_kill(order, chance.randint(1, MOST_STORED), chance.uniform(0.0, _AFTER))
            told.update(str(what) for what, *_ in said)
            everything += said
            with contextlib.closing(opening.sign_in(vault, work.USER, passphrase)) as session:
                broken_chains += session.audit.verify().first_bad is not None
                lost += _lost(session, said)
                if number == times - 1:
                    lost += _lost(session, everything)
                    half_done = _half_done(session)
            for old in sorted(backups.iterdir())[:-2]:
                old.unlink()
    figures: dict[str, object] = {
        "kills": times,
        "seed": seed,
        "stored": dict(sorted(told.items())),
        "lost": sorted(set(lost)),
        "lost_count": len(set(lost)),
        "half_done": half_done,
        "broken_chains": broken_chains,
        "hardware": hardware(),
    }
    progress(1.0, "killed")
    return {**figures, "aims": beside_aims("vault-kills", figures)}


def _work_and_kill(order: dict[str, object], most: int, seconds: float) -> list[Told]:
    """What the process had said before it was killed, `seconds` after it said `most` things."""
    said: list[Told] = []
    with child_process(work.serve) as (process, connection):
        connection.send_bytes(json.dumps(order).encode())
        try:
            while len(said) < most and connection.poll(_START):
                said.append(tuple(json.loads(connection.recv_bytes())))
        except EOFError as error:
            raise MachineError("The working process ended by itself.", "Try again.") from error
        if not said:
            raise MachineError("The working process did not begin to work.", "Try again.")
        time.sleep(seconds)
        process.kill()
        process.join()
        with contextlib.suppress(EOFError, OSError):
            while connection.poll(0):
                said.append(tuple(json.loads(connection.recv_bytes())))
    return said


def _lost(session: VaultSession, said: list[Told]) -> list[str]:
    return [" ".join(map(str, words)) for words in said if not _is_there(session, words)]


def _is_there(session: VaultSession, words: Told) -> bool:
    what, subject, *more = (str(word) for word in words)
    if what == "backup":
        return not Path(subject).exists() or survey(Path(subject), lambda _: None).intact
    try:
        return _visit_holds(session, what, subject, more)
    except (AnamnesisError, IndexError):
        return False


def _visit_holds(session: VaultSession, what: str, visit: str, more: list[str]) -> bool:
    store = session.encounters
    match what:
        case "second":
            second = int(more[0])
            return store.read_audio(visit, second - 1.0, second) == work.sound(second)
        case "closed":
            info = store.audio_info(visit)
            return info is not None and info.complete
        case "transcript":
            return store.transcript(visit) == work.said(visit)
        case "draft" | "edit" | "signed":
            number = ("draft", "edit", "signed").index(what) + 1
            return _same(session, visit, store.versions(visit)[number - 1])
    return bool(store.get(visit).title)


def _same(session: VaultSession, visit: str, version: NoteVersion) -> bool:
    signed = version.signature is None or session.encounters.verify(visit, version.number).valid
    return signed and version.note == work.written(visit, version.number)


def _half_done(session: VaultSession) -> int:
    """Visits whose state, number of versions and versions do not fit together."""
    wrong = 0
    for visit in session.encounters.list():
        kinds = tuple(v.kind for v in session.encounters.versions(visit.id))
        whole = kinds == _KINDS[: len(kinds)] and len(kinds) == visit.versions
        wrong += not whole or (visit.state is EncounterState.SIGNED) != (len(kinds) == len(_KINDS))
    return wrong
