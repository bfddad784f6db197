"""Durations, dates and intervals: 'for 3 days', 'in 2 weeks', 'since 2019'."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.quantities import Measure, Quantity
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.tokens import stem


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about lengths of time."""
    heard = [q for q in case.heard.quantities if q.quantity.measure in (Measure.DURATION, Measure.AGE)]
    for clause in case.clauses:
        for note in clause.quantities:
            if note.measure is not Measure.DURATION or any(
                same_time(note, h.quantity) for h in heard if h.utterance in case.near
            ):
                continue
            if any(same_time(note, h.quantity) for h in heard):
                continue
            rivals = [h.quantity for h in heard if h.utterance in case.near and h.quantity.measure is Measure.DURATION]
            if rivals:
                said = " or ".join(dict.fromkeys(r.said for r in rivals[:3]))
                yield Doubt(Support.CONTRADICTED, f"time: note {note.said}, transcript {said}")
            else:
                yield Doubt(Support.UNSUPPORTED, f"time: {note.said} not heard in the visit")


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
