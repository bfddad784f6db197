"""The words of one line must have been said together: one stretch of talk has to hold more than half of them."""

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from app.domain.note import Support
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import find_concepts, narrower_than, wider_than
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.phrases import Hit
from app.drafting.lexicon.tokens import Token

_STRETCH = 60
"""Words of talk that belong together at most, where one person goes on speaking."""
_LEAST_UTTERANCES = 3
"""Utterances that a stretch has at least: a question, its answer, and what is said to it."""
_LONGEST = 180
_LEAST_FEATURES = 3
_MOST_TOGETHER = 0.5
"""Share of a line's words that one stretch holds, from which down the line is in doubt."""
_SHORTEST = 3
_LISTING = frozenset({"and", "or"})

_stretches: WeakKeyDictionary[Heard, list[range]] = WeakKeyDictionary()
Feature = tuple[str, frozenset[int]]
"""What is named, and the clauses of the visit that name it."""


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each line, or thing of a list, whose words come from stretches that have little in common."""
    if case.of_family:
        return
    for clause in case.clauses:
        for item in items_of(clause):
            found = [f for f in features_of(case.heard, item) if f[1]]
            if len(found) < _LEAST_FEATURES:
                continue
            held = max((_held(case.heard, n, found) for n in {n for _, at in found for n in at}), key=len)
            if len(held) <= _MOST_TOGETHER * len(found):
                first, other = next(iter(held), ""), next(said for said, _ in found if said not in held)
                yield Doubt(Support.PARTIAL, f"said of different things: {first} and {other}")


def items_of(clause: Clause) -> list[list[Token]]:
    """Return the things of a list, each for itself."""
    items: list[list[Token]] = [[]]
    for token in clause.tokens:
        if token.text in _LISTING:
            items.append([])
        else:
            items[-1].append(token)
            if token.after == ",":
                items.append([])
    return [item for item in items if item]


def features_of(heard: Heard, tokens: Sequence[Token]) -> list[Feature]:
    """Return what a text names that says something, each with the clauses of the visit that name it too."""
    concepts, drugs = find_concepts(tokens), find_drugs(tokens)
    found = {_words(tokens, h): _of_concept(heard, tokens, h) for h in concepts}
    found |= {_words(tokens, h): frozenset(m.clause for m in heard.drugs.get(h.name, ())) for h in drugs}
    named = {n for h in (*concepts, *drugs) for n in range(h.start, h.end)}
    for n, token in enumerate(tokens):
        if n not in named and not token.is_stop and token.text.isalpha() and len(token.text) >= _SHORTEST:
            found[token.text] = frozenset(heard.clauses_with.get(token.stem, ()))
    return list(found.items())


def _words(tokens: Sequence[Token], hit: Hit) -> str:
    return " ".join(t.text for t in tokens[hit.start : hit.end])


def _of_concept(heard: Heard, tokens: Sequence[Token], hit: Hit) -> frozenset[int]:
    names = {hit.name, *narrower_than(hit.name), *wider_than(hit.name)}
    told = {m.clause for name in names for m in heard.concepts.get(name, ())}
    stems = {t.stem for t in tokens[hit.start : hit.end] if not t.is_stop}
    return frozenset(told.union(*(heard.clauses_with.get(s, ()) for s in stems)))


def _held(heard: Heard, clause: int, features: Sequence[Feature]) -> list[str]:
    """The features named in the stretch that begins with a clause."""
    stretch = _stretches_of(heard)[clause]
    return [said for said, places in features if any(n in stretch for n in places)]


def _stretches_of(heard: Heard) -> list[range]:
    if heard not in _stretches:
        _stretches[heard] = [range(n, _end(heard, n)) for n in range(len(heard.clauses))]
    return _stretches[heard]


def _end(heard: Heard, start: int) -> int:
    """The clause behind a stretch: `_STRETCH` words, or as many utterances as an exchange has."""
    first, count = heard.clauses[start][0], 0
    for n in range(start, len(heard.clauses)):
        utterance, clause = heard.clauses[n]
        count += len(clause.tokens)
        over = count > _STRETCH and utterance - first >= _LEAST_UTTERANCES - 1
        if n > start and (over or count > _LONGEST):
            return n
    return len(heard.clauses)
