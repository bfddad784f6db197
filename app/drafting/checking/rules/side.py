"""Side of the body: the note's side must be the side said of the same place and of the same thing."""

import math
from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.drafting.checking.hearing.side_places import HeardSide, sides_of
from app.drafting.checking.rules.verdict import Case, Doubt

_AROUND = 0.25
"""Weight of a shared word that was said in the utterance or beside it, not next to the side."""
_EVEN = 1e-9
"""Difference below which nothing speaks for either side."""
_OFTENER = 1.5
"""Weight of how much oftener (natural logarithm) the other side was said of the place."""


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about left and right."""
    for clause in case.clauses:
        denied = {m.name: m.context.negated for m in clause.concepts()}
        notes = sides_of(clause, -1, denied)
        for note in notes:
            yield from _one(case, note, alone=len(notes) == 1)


def _one(case: Case, note: HeardSide, *, alone: bool) -> Iterator[Doubt]:
    heard = case.heard.sides
    of_site = [h for h in heard if note.site and h.site == note.site]
    pool = of_site or [h for h in heard if h.utterance in case.near] or heard
    sides = {h.side for h in pool}
    if not sides:
        yield Doubt(Support.UNSUPPORTED, f"side: {note.side} not heard in the visit")
    elif not _fits(note.side, sides):
        yield Doubt(Support.CONTRADICTED, f"side: note {note.side}, transcript {' and '.join(sorted(sides))}")
    elif note.side == "both" and _only_asked(pool):
        yield Doubt(Support.PARTIAL, "side: note both, the transcript has it only as one of two in a question")
    elif note.side != "both" and _other_fits(case, note, pool, alone=alone):
        yield Doubt(Support.PARTIAL, f"side: note {note.side}, the transcript names both sides")


def _other_fits(case: Case, note: HeardSide, pool: Sequence[HeardSide], *, alone: bool) -> bool:
    """Both sides were said of this place: the other beside more of the statement's words, or oftener.

    Where nothing speaks for either, a side that stands alone is in doubt; of two, one that fits speaks for the other.
    """
    own = [h for h in pool if h.side in (note.side, "both")]
    other = [h for h in pool if h.side not in (note.side, "both")]
    if not other:
        return False
    more_words = max(_likeness(case, note, h) for h in other) - max(_likeness(case, note, h) for h in own)
    against = more_words + _OFTENER * math.log(len(other) / len(own))
    return against > _EVEN or (alone and against >= -_EVEN)


def _likeness(case: Case, note: HeardSide, heard: HeardSide) -> float:
    around = {heard.utterance + d for d in (-1, 0, 1)}
    score = 0.0
    for stem in note.stems:
        if stem in heard.stems:
            score += case.heard.rarity(stem)
        elif around & case.heard.stems.get(stem, set()):
            score += _AROUND * case.heard.rarity(stem)
    return score


def _only_asked(pool: Sequence[HeardSide]) -> bool:
    """Whether 'both' was said only beside a single side: 'is it both ears or just the left?'."""
    single = {h.utterance for h in pool if h.side != "both"}
    both = [h for h in pool if h.side == "both"]
    return bool(both) and all(h.asked and h.utterance in single for h in both)


def _fits(side: str, pool: set[str]) -> bool:
    if side == "both":
        return "both" in pool or {"left", "right"} <= pool or not pool
    return side in pool or "both" in pool
