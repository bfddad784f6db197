"""Vital signs, scores, percentages, sizes and plain numbers: each must have been said."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.rules.doses import same_value
from app.drafting.checking.rules.verdict import Case, Doubt

_COUNTED = frozenset({Measure.NUMBER, Measure.RATIO, Measure.PERCENT})


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about numbers that are neither doses nor times."""
    for clause in case.clauses:
        for quantity in clause.quantities:
            if quantity.measure is Measure.PRESSURE:
                yield from _pressure(case, quantity)
            elif quantity.measure in _COUNTED or quantity.measure is Measure.AGE:
                yield from _number(case, quantity)


def _pressure(case: Case, note: Quantity) -> Iterator[Doubt]:
    heard = [q.quantity for q in case.heard.quantities if q.quantity.measure is Measure.PRESSURE]
    if any((h.value, h.second) == (note.value, note.second) for h in heard):
        return
    if heard:
        said = " or ".join(dict.fromkeys(h.said for h in heard[:3]))
        yield Doubt(Support.CONTRADICTED, f"blood pressure: note {note.said}, transcript {said}")
        return
    values = {q.quantity.value for q in case.heard.quantities}
    if not {note.value, note.second} <= values:
        yield Doubt(Support.UNSUPPORTED, f"blood pressure: {note.said} not heard in the visit")


def _number(case: Case, note: Quantity) -> Iterator[Doubt]:
    heard = case.heard.quantities
    values = [v for q in heard if _comparable(note, q.quantity) for v in _values(q.quantity)]
    wanted = _values(note)
    if any(same_value(wanted[0], v) for v in values):
        same = [q.quantity for q in heard if same_value(q.quantity.value, note.value)]
        if note.unit != "decade" and same and all(q.unit == "decade" for q in same):
            yield Doubt(Support.PARTIAL, f"number: note {note.said}, transcript {same[0].said}")
            return
        unit = _wrong_unit(case, note)
        if unit:
            yield Doubt(Support.CONTRADICTED, f"unit: note {note.said}, transcript {unit}")
        return
    rivals = [
        q.quantity
        for q in heard
        if q.utterance in case.evidence and q.quantity.measure is note.measure and _like(note, q.quantity)
    ]
    if rivals:
        said = " or ".join(dict.fromkeys(q.said for q in rivals[:3]))
        yield Doubt(Support.CONTRADICTED, f"number: note {note.said}, transcript {said}")
    else:
        yield Doubt(Support.UNSUPPORTED, f"number: {note.said} not heard in the visit")


def _like(a: Quantity, b: Quantity) -> bool:
    return a.unit == b.unit and not b.vague


def _comparable(note: Quantity, heard: Quantity) -> bool:
    """A score of 7 out of 10 was said as one or as a plain number; 'for seven days' is no score."""
    return note.unit != "of" or heard.unit in ("of", "")


def _values(q: Quantity) -> list[float]:
    if q.measure in (Measure.DURATION, Measure.AGE):
        return [q.value, float(q.said.split()[0])] if q.said.split()[0].replace(".", "", 1).isdecimal() else [q.value]
    return [q.value, *([q.second] if q.second is not None else [])]


def _wrong_unit(case: Case, note: Quantity) -> str:
    """'10 kg' against '10 pounds' near the evidence."""
    if not note.unit or note.measure is not Measure.NUMBER:
        return ""
    same = [q.quantity for q in case.heard.quantities if same_value(q.quantity.value, note.value)]
    if any(q.unit in ("", note.unit) for q in same):
        return ""
    return next((q.said for q in same if q.measure is Measure.NUMBER), "")
