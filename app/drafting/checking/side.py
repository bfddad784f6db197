"""Side of the body: the note's side must be the side said of the same place."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.reading import Clause
from app.drafting.checking.verdict import Case, Doubt

_REACH = 6


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about left and right."""
    for clause in case.clauses:
        for side, site in sided(clause):
            yield from _one(case, side, site)


def sided(clause: Clause) -> list[tuple[str, str]]:
    """Pairs of side and the body site it belongs to ('' if none is near)."""
    pairs = []
    for side in clause.sides:
        after = [s for s in clause.sites() if 0 <= s.start - side.at <= _REACH]
        before = [s for s in clause.sites() if 0 < side.at - s.end + 1 <= _REACH]
        site = after[0].name if after else before[-1].name if before else ""
        pairs.append((side.side, site))
    return pairs


def _one(case: Case, side: str, site: str) -> Iterator[Doubt]:
    heard = [(s, place, n) for n, c in case.heard.clauses for s, place in sided(c)]
    of_site = {s for s, place, _ in heard if site and place == site}
    near = {s for s, _, n in heard if n in case.near}
    everywhere = {s for s, _, _ in heard}
    pool = of_site or near or everywhere
    if _fits(side, pool):
        return
    if pool:
        yield Doubt(Support.CONTRADICTED, f"side: note {side}, transcript {' and '.join(sorted(pool))}")
    else:
        yield Doubt(Support.UNSUPPORTED, f"side: {side} not heard in the visit")


def _fits(side: str, pool: set[str]) -> bool:
    if side == "both":
        return "both" in pool or {"left", "right"} <= pool or not pool
    return side in pool or "both" in pool
