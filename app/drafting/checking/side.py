"""Side of the body: the note's side must be the side said of the same place."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.reading import Clause
from app.drafting.checking.verdict import Case, Doubt


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about left and right."""
    for clause in case.clauses:
        for side, site in clause.sided():
            yield from _one(case, clause, side, site)


def _one(case: Case, clause: Clause, side: str, site: str) -> Iterator[Doubt]:
    heard = case.heard.sides
    of_site = [(s, n) for s, place, n in heard if site and place == site]
    near = [(s, n) for s, _, n in heard if n in case.near]
    pool = of_site or near or [(s, n) for s, _, n in heard]
    sides = {s for s, _ in pool}
    if not sides:
        yield Doubt(Support.UNSUPPORTED, f"side: {side} not heard in the visit")
    elif not _fits(side, sides):
        yield Doubt(Support.CONTRADICTED, f"side: note {side}, transcript {' and '.join(sorted(sides))}")
    elif side != "both" and _other_fits_better(case, clause, side, pool):
        yield Doubt(Support.PARTIAL, f"side: note {side}, the transcript names both sides")


def _other_fits_better(case: Case, clause: Clause, side: str, pool: list[tuple[str, int]]) -> bool:
    """Both sides were said of this place: the other where more of the statement was said, or far more often."""
    own = [n for s, n in pool if s in (side, "both")]
    other = [n for s, n in pool if s not in (side, "both")]
    if not other:
        return False
    shared = case.heard.shared(clause)
    return max(map(shared, other)) > max(map(shared, own)) or len(other) >= 3 * len(own)


def _fits(side: str, pool: set[str]) -> bool:
    if side == "both":
        return "both" in pool or {"left", "right"} <= pool or not pool
    return side in pool or "both" in pool
