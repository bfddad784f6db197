"""What a killed recording lost."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Killed:
    """One recording that was killed, seconds.

    `spoken` from its start to the kill by the clock, `promised` as the process had reported it sealed, `sealed` as
    the vault holds it. `opens`: every sealed block opened. `same`: the sound equals the source's (None: no source to
    compare). `continues`: the recording could be continued and ended, with what was there untouched (None: not tried).
    """

    spoken: float
    promised: float
    sealed: float
    opens: bool
    same: bool | None = None
    continues: bool | None = None

    @property
    def lost(self) -> float:
        """Seconds missing at the end against the clock at the kill."""
        return max(0.0, self.spoken - self.sealed)


def kill_figures(kills: Sequence[Killed]) -> dict[str, object]:
    """Return the seconds lost and how many recordings broke a promise."""
    lost = [k.lost for k in kills]
    return {
        "kills": len(kills),
        "lost": {
            "median": round(statistics.median(lost), 3) if lost else None,
            "max": round(max(lost), 3) if lost else None,
        },
        "blocks_that_do_not_open": sum(not k.opens for k in kills),
        "less_than_promised": sum(k.sealed + 0.001 < k.promised for k in kills),
        "sound_that_differs": sum(k.same is False for k in kills),
        "compared": sum(k.same is not None for k in kills),
        "continued": sum(k.continues is True for k in kills),
        "not_continued": sum(k.continues is False for k in kills),
    }
