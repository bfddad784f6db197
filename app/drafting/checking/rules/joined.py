"""Facts of one statement must have been said of one thing: in one exchange, or of the complaint that was spoken of."""

from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from app.domain.note import Support
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.durations import same_time
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of, narrower_than, wider_than
from app.drafting.lexicon.sites import is_near

_COMPLAINTS = frozenset({"symptom", "condition", "finding", "procedure"})
_LISTING = frozenset({"and", "or"})
_GRADES = frozenset(
    {
        "low",
        "lower",
        "high",
        "higher",
        "elevated",
        "raised",
        "reduced",
        "decreased",
        "increased",
        "enlarged",
        "abnormal",
    }
)
_GRADE_REACH = 2
"""Words from a grade to what is graded."""
_AROUND = 2
"""Utterances of an exchange on either side."""
_BACK = 12
"""Utterances within which 'it' and 'this' find the complaint they mean."""
_SITE_REACH = 4
_ONLY_REACH = 9
"""Words between a place and a complaint that is the only one of its clause."""

_matters: WeakKeyDictionary[Heard, dict[int, frozenset[int]]] = WeakKeyDictionary()


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each pair of a complaint, finding or test with a place, time or medicine never said of it."""
    if case.of_family:
        return
    for clause in case.clauses:
        yield from _graded(case.heard, clause)
        for said, places, other, others in _pairs(case.heard, clause):
            if places and others and not _together(case.heard, places, others):
                yield Doubt(Support.PARTIAL, f"said of different things: {said} and {other}")


def _pairs(heard: Heard, clause: Clause) -> Iterator[tuple[str, frozenset[int], str, frozenset[int]]]:
    """What the clause says of each other, with the utterances in which either was said."""
    named = [m for m in clause.concepts() if kind_of(m.name) in _COMPLAINTS]
    habits = [m for m in clause.concepts() if kind_of(m.name) == "social"]
    for quantity in clause.quantities:
        near = _nearest([*named, *habits], quantity.start)
        if quantity.measure is Measure.DURATION and near is not None:
            yield near.said, _of_concept(heard, near.name), quantity.said, _of_time(heard, quantity)
    reach = _ONLY_REACH if len({m.name for m in named}) == 1 else _SITE_REACH
    for mention in named:
        for site in clause.sites_near(mention, reach):
            if _is_told_of(clause, site, mention):
                yield mention.said, _of_concept(heard, mention.name), site, _of_site(heard, site)
    for drug in clause.drugs():
        near = _nearest(named, drug.start)
        if near is not None:
            yield near.said, _of_concept(heard, near.name), drug.said, _of_drug(heard, drug.name)
    tests = [m for m in clause.concepts() if kind_of(m.name) == "test"]
    for test in tests:
        near = _nearest(named, test.start)
        if near is not None:
            yield test.said, _of_concept(heard, test.name), near.said, _of_concept(heard, near.name)


def _is_told_of(clause: Clause, site: str, mention: Mention) -> bool:
    """Whether a place stands with a name in one breath, and is no part of the name: no comma is between them."""
    for m in (m for m in clause.sites() if m.name == site):
        first, last = min(m.end, mention.end) - 1, max(m.start, mention.start)
        inside = mention.start <= m.start < mention.end
        if not inside and not any(t.after == "," or t.text in _LISTING for t in clause.tokens[first:last]):
            return True
    return False


def _graded(heard: Heard, clause: Clause) -> Iterator[Doubt]:
    """'Low kidney function': both words were said, but 'low' of something else."""
    for graded in clause.concepts():
        for token in clause.tokens[max(0, graded.start - _GRADE_REACH) : graded.start]:
            said = heard.clauses_with.get(token.stem, set())
            named = {m.clause for m in heard.concepts.get(graded.name, ())}
            if token.text in _GRADES and said and named and not any(abs(a - b) <= 1 for a in said for b in named):
                yield Doubt(Support.PARTIAL, f"said of different things: {token.text} and {graded.said}")


def _nearest(mentions: Iterable[Mention], at: int) -> Mention | None:
    return min(mentions, key=lambda m: abs(m.start - at), default=None)


def _of_concept(heard: Heard, name: str) -> frozenset[int]:
    names = {name, *narrower_than(name), *wider_than(name)}
    return frozenset(m.utterance for n in names for m in heard.concepts.get(n, ()))


def _of_drug(heard: Heard, name: str) -> frozenset[int]:
    return frozenset(m.utterance for m in heard.drugs.get(name, ()))


def _of_site(heard: Heard, name: str) -> frozenset[int]:
    direct = {m.utterance for site, found in heard.sites.items() if is_near(site, name) for m in found}
    return frozenset(direct | {m.utterance for ms in heard.concepts.values() for m in ms if name in m.sites})


def _of_time(heard: Heard, note: Quantity) -> frozenset[int]:
    lengths = (q for q in heard.quantities if q.quantity.measure in (Measure.DURATION, Measure.AGE))
    return frozenset(q.utterance for q in lengths if same_time(note, q.quantity))


def _together(heard: Heard, places: frozenset[int], others: frozenset[int]) -> bool:
    return any(others & _matter(heard, n) for n in places) or any(places & _matter(heard, n) for n in others)


def _matter(heard: Heard, n: int) -> frozenset[int]:
    """The exchange around an utterance, and where it names no complaint, that of the one named last before it."""
    known = _matters.setdefault(heard, {})
    if n not in known:
        around = set(range(n - _AROUND, n + _AROUND + 1))
        if not _names_complaint(heard, n):
            last = next((m for m in range(n - 1, max(-1, n - _BACK), -1) if _names_complaint(heard, m)), n)
            around |= set(range(last - _AROUND, last + 1))
        known[n] = frozenset(around)
    return known[n]


def _names_complaint(heard: Heard, n: int) -> bool:
    return any(kind_of(m.name) in _COMPLAINTS for c in heard.clauses_of.get(n, ()) for m in c.concepts())
