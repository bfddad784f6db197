"""Route: 'intravenous' in the note must not stand for tablets in the talk."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.domain.note import Support
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows
from app.drafting.lexicon.tokens import Token

_REACH = 1
_USUAL = "by mouth"
"""Notes write it where nobody says it."""


@lru_cache(maxsize=1)
def _table() -> PhraseTable:
    return PhraseTable(((row[0], form) for row in rows("routes") for form in forms(row[1])), frozenset())


def routes_in(tokens: Sequence[Token]) -> list[Hit]:
    """Find the routes of a text; the hit's name is the route in plain words."""
    return _table().find(tokens)


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each route of a medicine that was not said of it."""
    for clause in case.clauses:
        claimed = routes_in(clause.tokens)
        for drug in clause.drugs()[:1] if claimed else ():
            places = {m.utterance for m in case.heard.drugs.get(drug.name, [])}
            if not places:
                continue  # another rule says so
            heard = _heard_at(case, places)
            for hit in claimed:
                said = " ".join(t.text for t in clause.tokens[hit.start : hit.end])
                if hit.name in heard:
                    continue
                if heard:
                    yield Doubt(Support.CONTRADICTED, f"route: note {said}, transcript {' or '.join(sorted(heard))}")
                elif hit.name != _USUAL:
                    yield Doubt(Support.PARTIAL, f"route: {said} was not said of {drug.said}")


def _heard_at(case: Case, places: set[int]) -> set[str]:
    near = {n + d for n in places for d in range(-_REACH, _REACH + 1)}
    return {hit.name for n in near for c in case.heard.clauses_of.get(n, ()) for hit in routes_in(c.tokens)}
