"""Which clauses are said while examining, and which belong to an offer that is still open: no orders."""

import re
from collections.abc import Sequence

from app.drafting.spoken.plan_clauses import Clause

_BEGINS = re.compile(
    r"\b(?:let me|let's|lem me|i'll|i will|i(?:'m| am)(?: just)? (?:going to|gonna)|i(?:'d| would) like to|(?:i"
    r"|we) (?:just )?want to"
    r"|can i|may i|we'll|we will)\b(?:\W+\w+){0,8}?\W+"
    r"(?:examin\w+|(?:physical )?exam|listen\w*|press\w*|palpat\w*|feel (?:your|her|his|the|on|along|around)"
    r"|(?:take|have) a (?:good |quick |little )?look (?:at|in) (?:you|your|her|his|him|the (?!notes?|chart"
    r"|results?))\w*"
    r"|(?:take|have) a (?:quick )?listen|look (?:at|in) (?:your|her|his))\b"
    r"|\bwhen i (?:press|push|touch|tap|squeeze|move)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:assessment|diagnos\w+|(?:my|the|our) plan|i think|i suspect|i believe|makes me think|sounds like"
    r"|consistent with"
    r"|let's talk|talk (?:a (?:little )?bit )?about|go over|in (?:terms|view) of|for (?:your|the|that|this)\b(?! exam)"
    r"|what (?:i|we)(?:'ll|'d|'re| will| would| can| could| want| need| call)|i(?:'d| would)? (?:recommend|suggest"
    r"|advise)"
    r"|prescrib\w+|refer (?:you|him|her)|order (?:an?|some|the)|get dressed|based on|(?:good|bad) news"
    r"|the (?:reason|problem|issue) is|all done|that's (?:it|all))\b",
    re.IGNORECASE,
)
_REACH = 25
"""Sentences after which an examination that nobody ended is over."""
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


def said_while_examining(clauses: Sequence[Clause]) -> frozenset[int]:
    """Return the places of the clauses between the start of an examination and the next conclusion or explanation."""
    found: set[int] = set()
    since: int | None = None
    for place, clause in enumerate(clauses):
        begun = None if clause.to_program else _BEGINS.search(clause.text)
        ended = [m.start() for m in _ENDS.finditer(clause.text)]
        if begun is not None and not any(at > begun.end() for at in ended):
            since = clause.number
        elif ended or (since is not None and clause.number - since > _REACH):
            since = None
        if since is not None:
            found.add(place)
    return frozenset(found)


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
