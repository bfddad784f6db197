"""Resident memory of each process of a run over simulated time, and how much it grew after a while."""

import contextlib
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

_ENDS = 10  # minutes
OWN = "program"
"""Name of this process among the samples."""


@dataclass(frozen=True, slots=True)
class MemorySample:
    """`at` seconds of recorded sound, `rss` resident bytes by the process's name."""

    at: float
    rss: Mapping[str, int]

    @property
    def total(self) -> int:
        """All processes together, bytes."""
        return sum(self.rss.values())


@dataclass(frozen=True, slots=True)
class Growth:
    """MB (10^6 bytes): `level` at the end of the first stretch, `grown` from there to the highest later minute.

    `drift` is the median of the last ten minutes less that of the first ten after `level`: growth without the ups and
    downs that the highest of many minutes holds; None for less than twenty minutes.
    """

    level: float
    grown: float
    drift: float | None = None


def growth(samples: Sequence[tuple[float, float]], settled: float, minute: float = 60.0) -> Growth | None:
    """Return how much memory grew after the first `settled` seconds; None if nothing was sampled before or after.

    Each minute of recorded time counts by the median of its samples, so that the working memory of a single step is not
    taken for growth. The level is that of the last minute before `settled`.

    Args:
        samples: (seconds of recorded sound, bytes), in order.
        settled: seconds after which memory should stay flat.
        minute: length of a minute in the same seconds.
    """
    by_minute: dict[int, list[float]] = {}
    for at, value in samples:
        by_minute.setdefault(int(at // minute), []).append(value)
    medians = {number: statistics.median(values) for number, values in by_minute.items()}
    first = [number for number in medians if (number + 1) * minute <= settled + 1e-9]
    later = [number for number in medians if (number + 1) * minute > settled + 1e-9]
    if not first or not later:
        return None
    level = medians[max(first)]
    after = [medians[n] for n in sorted(later)]
    drift = None
    if len(after) >= 2 * _ENDS:
        drift = round((statistics.median(after[-_ENDS:]) - statistics.median(after[:_ENDS])) / 1e6, 1)
    return Growth(round(level / 1e6, 1), round((max(after) - level) / 1e6, 1), drift)


def growth_figures(samples: Sequence[MemorySample], settled: float) -> dict[str, object]:
    """Return `growth_mb`, `drift_mb`, `level_mb`, `highest_mb` in all, and growth and drift of each process."""
    everything = growth([(s.at, float(s.total)) for s in samples], settled)
    names = sorted({name for s in samples for name in s.rss})
    by_process = {
        name: growth([(s.at, float(s.rss[name])) for s in samples if name in s.rss], settled) for name in names
    }
    return {
        "growth_mb": None if everything is None else everything.grown,
        "drift_mb": None if everything is None else everything.drift,
        "level_mb": None if everything is None else everything.level,
        "highest_mb": round(max((s.total for s in samples), default=0) / 1e6, 1),
        "growth_mb_by_process": {name: None if g is None else g.grown for name, g in by_process.items()},
        "drift_mb_by_process": {name: None if g is None else g.drift for name, g in by_process.items()},
    }


class MemoryWatch:
    """Samples this process and all its children every `every` seconds while its block runs."""

    def __init__(
        self, clock: Callable[[], float], name: Callable[[int], str | None] = lambda _id: None, every: float = 0.5
    ) -> None:
        """`clock` gives the seconds of recorded sound at the moment of a sample, `name` the name of a process id."""
        self._clock = clock
        self._name = name
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory-watch", daemon=True)
        self._own = psutil.Process()
        self.samples: list[MemorySample] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(5)

    def _sample(self) -> None:
        while not self._stop.wait(self._every):
            rss = {OWN: self._own.memory_info().rss}
            for child in self._children():
                with contextlib.suppress(psutil.Error):
                    name = self._name(child.pid) or _kind(child)
                    rss[name] = rss.get(name, 0) + child.memory_info().rss
            self.samples.append(MemorySample(self._clock(), rss))

    def _children(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return list(self._own.children(recursive=True))
        return []


class CpuShare:
    """Processor time of a process (or thread group) over a stretch of wall time, in percent of one core."""

    def __init__(self, process: psutil.Process) -> None:
        """Start counting. Raises `psutil.Error` if the process is gone."""
        self._process = process
        self._wall = time.monotonic()
        self._spent = _seconds(process)

    def percent(self) -> float | None:
        """Percent of one core since the start; None if the process is gone."""
        with contextlib.suppress(psutil.Error):
            wall = time.monotonic() - self._wall
            return round(100 * (_seconds(self._process) - self._spent) / wall, 2) if wall > 0 else None
        return None


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _kind(process: psutil.Process) -> str:
    """Python's own helper that removes named resources, or a child without a name."""
    return "resource tracker" if "resource_tracker" in " ".join(process.cmdline()) else f"child {process.pid}"
