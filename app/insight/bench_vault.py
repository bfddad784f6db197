"""The vault with many visits: opening, list, search, one visit, one audit entry; the plain ways beside them."""

import contextlib
import itertools
import os
import random
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.domain.note import Note, Section, Statement, Support
from app.domain.ports import Session
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.hardware import hardware
from app.vault import create_vault, sign_in

USER = "bench"
T = TypeVar("T")
_AT_ONCE = 250
_OPENINGS = 5
_VISITS = 100
_ENTRIES = 200
_NAMES = ("Berg", "Dal", "Ek", "Holm", "Lind", "Moe", "Roth", "Sand", "Vik", "Öberg")


def bench_vault(encounters: int, *, progress: Progress, cancel: CancelToken) -> dict[str, object]:
    """Fill a throw-away vault with `encounters` visits of about 150 words and measure it: medians in milliseconds.

    `opening` is signing in with the standard Argon2id cost; `list`, `search_*` are the first ones of each of five
    sessions; `one_visit` opens visit, transcript and all versions of visits not looked at before; `audit_entry` is one
    durable entry. `processor`: the same without waiting. `plain`: list and search with nothing remembered (every title,
    every note opened by its key), Argon2id alone, and one synced write of a page, which no durable entry can beat.
    """
    passphrase = secrets.token_urlsafe(24)
    watch, plain = _Watch(), _Watch()
    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder:
        vault = Path(folder) / "vault"
        built = _fill(vault, passphrase, encounters, progress, cancel)
        with contextlib.closing(sign_in(vault, USER, passphrase)) as session:
            plain.time("list", session.encounters.list)
            plain.time("search", partial(session.search.find, "berg fever"))
            for _ in range(_OPENINGS):
                plain.time("argon2id", partial(session.reauthenticate, passphrase))
        for number in range(_OPENINGS):
            cancel.check()
            progress(0.9 + 0.02 * number, f"measuring, session {number + 1} of {_OPENINGS}")
            _look(vault, passphrase, watch)
        with contextlib.closing(sign_in(vault, USER, passphrase)) as session:
            for _ in range(_ENTRIES):
                watch.time("audit_entry", partial(session.audit.record, "bench.measured", "vault"))
        _synced_writes(Path(folder) / "page", plain)
        file = vault / "vault.db"
        size = file.stat().st_size if file.exists() else 0
    figures: dict[str, object] = {
        "encounters": encounters,
        "build_s": round(built, 1),
        "vault_mb": round(size / 1e6, 1),
        **watch.medians(),
        "processor": watch.processor_medians(),
        "plain": plain.medians(),
        "hardware": hardware(),
    }
    progress(1.0, "measured")
    return {**figures, "aims": beside_aims("vault", figures)}


class _Watch:
    """Milliseconds by figure: by the clock, and of the processor, which other work on the machine does not lengthen."""

    def __init__(self) -> None:
        self._clock: dict[str, list[float]] = defaultdict(list)
        self._processor: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, act: Callable[[], T]) -> T:
        """Do it and note how long it took."""
        clock, processor = time.perf_counter(), time.process_time()
        result = act()
        self._processor[name].append((time.process_time() - processor) * 1000)
        self._clock[name].append((time.perf_counter() - clock) * 1000)
        return result

    def medians(self) -> dict[str, float]:
        """By the clock."""
        return {name: round(statistics.median(values), 2) for name, values in self._clock.items()}

    def processor_medians(self) -> dict[str, float]:
        """Of the processor, all cores together."""
        return {name: round(statistics.median(values), 2) for name, values in self._processor.items()}


def _look(vault: Path, passphrase: str, watch: _Watch) -> None:
    with contextlib.closing(watch.time("opening", partial(sign_in, vault, USER, passphrase))) as session:
        visits = [e.id for e in watch.time("list", session.encounters.list)]
        watch.time("search_patient", partial(session.search.find, "berg ida"))
        watch.time("search_text", partial(session.search.find, "metoprolol fev"))
        for visit in visits[:: max(1, len(visits) // _VISITS)]:
            watch.time("one_visit", partial(_open, session, visit))


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


def _synced_writes(path: Path, watch: _Watch) -> None:
    page = bytes(4096)
    with path.open("wb", buffering=0) as file:

        def write() -> None:
            file.write(page)
            os.fsync(file.fileno())

        for _ in range(_ENTRIES):
            watch.time("synced_write", write)
