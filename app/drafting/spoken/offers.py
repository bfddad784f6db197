"""Which clauses belong to an offer that is still open: no orders."""

import re
from collections.abc import Sequence

from app.drafting.spoken.plan_clauses import Clause

_OFFERS = re.compile(
    r"\b(?:(?:would|do) you (?:prefer|rather|want me to|like me to)|which (?:one|way|would|of (?:the|those|these))"
    r"|what (?:do|would) you (?:think|prefer|like)|what sounds best|how would you feel about|up to you|your choice)\b",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"\b(?:(?:two|three|couple of|few|other|another|one) (?:ways?|options?|choices?)|options? (?:is|are))\b", re.I
)
_MAY = re.compile(
    r"\b(?:i|we) (?:can|could|might|may)\b|\b(?:other|another|one|first|second) (?:one |option |way )?is\b", re.I
)
_NEAR = 6
"""Sentences between an option and the question which one it shall be."""


def offered_only(clauses: Sequence[Clause]) -> frozenset[int]:
    """Return the places of the clauses that name what may be done before the patient is asked which it shall be."""
    found: set[int] = set()
    for place, clause in enumerate(clauses):
        if not _OFFERS.search(clause.text):
            continue
        near = [n for n in range(max(0, place - 3 * _NEAR), place + 1) if clause.number - clauses[n].number <= _NEAR]
        listed = [n for n in near if _LISTS.search(clauses[n].text)]
        found |= {n for n in near if (not listed or n >= listed[0]) and (listed or _MAY.search(clauses[n].text))}
    return frozenset(found)
