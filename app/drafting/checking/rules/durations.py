"""Durations, dates and intervals: 'for 3 days', 'in 2 weeks', 'since 2019'."""

from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.drafting.checking.hearing.heard import HeardQuantity
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem

_AFTER = 8
_FOLLOW_UP = frozenset(stem(w) for w in words("follow-up"))


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about lengths of time."""
    heard = [q for q in case.heard.quantities if q.quantity.measure in (Measure.DURATION, Measure.AGE)]
    for clause in case.clauses:
        for note in clause.quantities:
            if note.measure is not Measure.DURATION:
                continue
            if _is_follow_up(clause):
                yield from _follow_up(case, note, heard)
                continue
            if any(same_time(note, h.quantity) for h in heard if h.utterance in case.near):
                continue
            if any(same_time(note, h.quantity) for h in heard):
                if here := _of_the_same(case, clause, heard):
                    yield Doubt(Support.PARTIAL, f"time: note {note.said}, beside it the transcript says {_said(here)}")
                continue
            rivals = [h.quantity for h in heard if h.utterance in case.near and h.quantity.measure is Measure.DURATION]
            if rivals:
                yield Doubt(Support.CONTRADICTED, f"time: note {note.said}, transcript {_said(rivals[:3])}")
            else:
                yield Doubt(Support.UNSUPPORTED, f"time: {note.said} not heard in the visit")


def _is_follow_up(clause: Clause) -> bool:
    return any(t.text in ("follow", "followup", "return", "recheck") for t in clause.tokens)


def _follow_up(case: Case, note: Quantity, heard: Sequence[HeardQuantity]) -> Iterator[Doubt]:
    """The time until the next visit must have been said where that was spoken of."""
    spoken = {n + d for s in _FOLLOW_UP for n in case.heard.stems.get(s, ()) for d in (-1, 0, 1)}
    near = [h.quantity for h in heard if _is_until(case, h)] or [h.quantity for h in heard if h.utterance in spoken]
    if any(same_time(note, q) for q in near):
        return
    if any(same_time(note, h.quantity) for h in heard):
        yield Doubt(Support.PARTIAL, f"time: {note.said} was said, but not of coming back")
    elif near:
        yield Doubt(Support.CONTRADICTED, f"time: note {note.said}, transcript {_said(near[-3:])}")
    else:
        yield Doubt(Support.UNSUPPORTED, f"time: {note.said} not heard in the visit")


def _of_the_same(case: Case, clause: Clause, heard: Sequence[HeardQuantity]) -> list[Quantity]:
    """Lengths that were said in one breath with what the note gives another length."""
    names = [m.name for m in clause.concepts() if kind_of(m.name) in ("symptom", "condition")]
    places = {m.clause for name in names for m in case.heard.concepts.get(name, ())}
    return [h.quantity for h in heard if h.clause in places and h.quantity.measure is Measure.DURATION][:3]


def _is_until(case: Case, heard: HeardQuantity) -> bool:
    """'come back in two weeks': the length stands right after the word for coming back."""
    tokens = case.heard.clauses[heard.clause][1].tokens
    before = tokens[max(0, heard.quantity.start - _AFTER) : heard.quantity.start]
    return any(t.stem in _FOLLOW_UP for t in before) and any(t.text in ("in", "after", "within") for t in before)


def _said(quantities: Sequence[Quantity]) -> str:
    return " or ".join(dict.fromkeys(q.said for q in quantities))


def same_time(note: Quantity, heard: Quantity) -> bool:
    """Equal lengths: '14 days' is 'two weeks'; 'a few days' covers 3 and 4 days."""
    if not note.value or not heard.value:
        return False
    if note.vague or heard.vague:
        return _unit(note) == _unit(heard) and 0.7 <= note.value / heard.value <= 1.4
    if {_unit(note), _unit(heard)} == {"week", "month"}:
        weeks, months = sorted((note.value, heard.value))
        return weeks / 28 == months / 30 or weeks == months
    return abs(note.value - heard.value) <= 0.005 * max(note.value, heard.value)


def _unit(quantity: Quantity) -> str:
    return stem(quantity.said.split()[-1])
