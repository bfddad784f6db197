"""The vault with many visits: opening, list, search, one visit, one audit entry; the plain ways beside them."""

import contextlib
import itertools
import os
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from app.domain.note import Note, Section, Statement, Support
from app.domain.ports import Session
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.hardware import hardware
from app.vault import create_vault, sign_in

USER = "bench"
_AT_ONCE = 250
_OPENINGS = 5
_VISITS = 100
_ENTRIES = 200
_FIGURES = ("opening", "list", "search_patient", "search_text", "one_visit")
_NAMES = ("Berg", "Dal", "Ek", "Holm", "Lind", "Moe", "Roth", "Sand", "Vik", "Öberg")


def bench_vault(encounters: int, *, progress: Progress, cancel: CancelToken) -> dict[str, object]:
    """Fill a throw-away vault with `encounters` visits of about 150 words and measure it; figures in ms, medians.

    `opening` is signing in with the standard Argon2id cost; `list`, `search_*` are the first ones of each of five
    sessions; `one_visit` opens visit, transcript and all versions of visits not looked at before; `audit_entry` is one
    durable entry. `plain` are: list and search with nothing remembered (every title, every note opened by its key),
    Argon2id alone, and one synced write of a page, which no durable entry can beat.
    """
    passphrase = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder:
        vault = Path(folder) / "vault"
        built = _fill(vault, passphrase, encounters, progress, cancel)
        with contextlib.closing(sign_in(vault, USER, passphrase)) as session:
            plain = {"list": _ms(session.encounters.list), "search": _ms(lambda: session.search.find("berg fever"))}
            alone = [_ms(lambda: session.reauthenticate(passphrase)) for _ in range(_OPENINGS)]
        times: dict[str, list[float]] = {name: [] for name in _FIGURES}
        for number in range(_OPENINGS):
            cancel.check()
            progress(0.9 + 0.02 * number, f"measuring, session {number + 1} of {_OPENINGS}")
            _look(vault, passphrase, times)
        with contextlib.closing(sign_in(vault, USER, passphrase)) as session:
            entries = [_ms(lambda: session.audit.record("bench.measured", "vault")) for _ in range(_ENTRIES)]
        synced = _synced_writes(Path(folder) / "page")
        size = (vault / "vault.db").stat().st_size
    figures: dict[str, object] = {
        "encounters": encounters,
        "build_s": round(built, 1),
        "vault_mb": round(size / 1e6, 1),
        **{name: _median(values) for name, values in times.items()},
        "audit_entry": _median(entries),
        "plain": {
            **{name: round(value, 1) for name, value in plain.items()},
            "argon2id": _median(alone),
            "synced_write": _median(synced),
        },
        "hardware": hardware(),
    }
    progress(1.0, "measured")
    return {**figures, "aims": beside_aims("vault", figures)}


def _look(vault: Path, passphrase: str, times: dict[str, list[float]]) -> None:
    start = time.perf_counter()
    with contextlib.closing(sign_in(vault, USER, passphrase)) as session:
        times["opening"].append((time.perf_counter() - start) * 1000)
        times["list"].append(_ms(session.encounters.list))
        times["search_patient"].append(_ms(lambda: session.search.find("berg ida")))
        times["search_text"].append(_ms(lambda: session.search.find("metoprolol fev")))
        visits = [e.id for e in session.encounters.list()]
        chosen = visits[:: max(1, len(visits) // _VISITS)]
        times["one_visit"].extend(_ms(partial(_open, session, visit)) for visit in chosen)


def _open(session: Session, visit: str) -> None:
    session.encounters.get(visit)
    session.encounters.transcript(visit)
    session.encounters.versions(visit)


def _fill(vault: Path, passphrase: str, encounters: int, progress: Progress, cancel: CancelToken) -> float:
    start = time.perf_counter()
    session, _code = create_vault(vault, name=USER, display_name="Bench", passphrase=passphrase)
    chance = random.Random(1)  # noqa: S311 - words, not secrets
    with contextlib.closing(session):
        visits = _visits(chance, encounters)
        for done in range(0, encounters, _AT_ONCE):
            cancel.check()
            progress(0.9 * done / encounters, f"visit {done} of {encounters}")
            session.fill(itertools.islice(visits, _AT_ONCE))
    return time.perf_counter() - start


def _visits(chance: random.Random, encounters: int) -> Iterator[tuple[str, Note]]:
    """Made-up patients and notes: twelve statements of twelve words out of two thousand."""
    words = ["".join(chance.choices("abdefgiklmnoprstu", k=chance.randint(4, 10))) for _ in range(2000)]
    words += ["fever", "metoprolol", "headache"]
    for number in range(encounters):
        name = f"{chance.choice(_NAMES)}, {chance.choice(('Ida', 'Ola', 'Åsa', 'Per'))} {number:05}"
        statements = tuple(
            Statement(f"s{place}", " ".join(chance.choices(words, k=12)) + ".", ("u1",), Support.SUPPORTED)
            for place in range(12)
        )
        yield name, Note("soap", (Section("subjective", "Subjective", statements),))


def _synced_writes(path: Path) -> list[float]:
    page = bytes(4096)
    with path.open("wb", buffering=0) as file:

        def write() -> None:
            file.write(page)
            os.fsync(file.fileno())

        return [_ms(write) for _ in range(_ENTRIES)]


def _ms(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 2)
