"""Dose, unit and frequency: compared with what was said near the drug."""

from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.drafting.checking.hearing.heard import HeardQuantity
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.rules.verdict import Case, Doubt

_TO_MG = {"mg": 1.0, "mcg": 0.001, "g": 1000.0}
_SAME = 0.011


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about doses and frequencies."""
    for clause in case.clauses:
        for quantity in clause.quantities:
            if quantity.measure is Measure.DOSE:
                yield from _dose(case, clause, quantity)
            elif quantity.measure is Measure.FREQUENCY:
                yield from _frequency(case, clause, quantity)


def _drug_of(clause: Clause, quantity: Quantity) -> str:
    """The drug a quantity belongs to: the nearest before it, else the first after it."""
    before = [d for d in clause.drugs() if d.start < quantity.start]
    if before:
        return before[-1].name
    return clause.drugs()[0].name if clause.drugs() else ""


def _scope(case: Case, clause: Clause, quantity: Quantity) -> list[HeardQuantity]:
    drug = _drug_of(clause, quantity)
    if drug and drug in case.heard.drugs:
        return case.heard.drug_quantities(drug)
    return [q for q in case.heard.quantities if q.utterance in case.near]


def same_value(a: float, b: float) -> bool:
    """Equal up to rounding."""
    return abs(a - b) <= _SAME * max(abs(a), abs(b))


def _dose(case: Case, clause: Clause, dose: Quantity) -> Iterator[Doubt]:
    near = _scope(case, clause, dose)
    doses = [q.quantity for q in near if q.quantity.measure is Measure.DOSE]
    bare = [q.quantity for q in near if q.quantity.measure is Measure.NUMBER and not q.quantity.unit]
    if any(_same_dose(dose, d) for d in doses):
        return
    if any(same_value(dose.value, d.value) and d.unit in _TO_MG for d in doses) and dose.unit in _TO_MG:
        other = next(d for d in doses if same_value(dose.value, d.value))
        yield Doubt(Support.CONTRADICTED, f"unit: note {dose.said}, transcript {other.said}")
    elif any(same_value(dose.value, b.value) for b in bare):
        if dose.unit not in ("mg", "tablet", "unit", "puff", "spray", "drop"):
            yield Doubt(Support.PARTIAL, f"unit: {dose.said}, the transcript has the number without a unit")
    elif comparable := [d for d in doses if _comparable(dose, d)]:
        yield Doubt(Support.CONTRADICTED, f"dose: note {dose.said}, transcript {_list(comparable)}")
    elif any(_same_dose(dose, q.quantity) for q in case.heard.quantities):
        yield Doubt(Support.PARTIAL, f"dose: {dose.said} was said, but not clearly of this medicine")
    else:
        yield Doubt(Support.UNSUPPORTED, f"dose: {dose.said} not heard in the visit")


def _same_dose(a: Quantity, b: Quantity) -> bool:
    if b.measure is not Measure.DOSE:
        return False
    if a.unit in _TO_MG and b.unit in _TO_MG:
        return same_value(a.value * _TO_MG[a.unit], b.value * _TO_MG[b.unit])
    return a.unit == b.unit and same_value(a.value, b.value)


def _comparable(a: Quantity, b: Quantity) -> bool:
    return (a.unit in _TO_MG and b.unit in _TO_MG) or a.unit == b.unit


def _list(quantities: Sequence[Quantity]) -> str:
    return " or ".join(dict.fromkeys(q.said for q in quantities[:3]))


def _frequency(case: Case, clause: Clause, frequency: Quantity) -> Iterator[Doubt]:
    heard = [q.quantity for q in _scope(case, clause, frequency) if q.quantity.measure is Measure.FREQUENCY]
    if any(_same_frequency(frequency, f) for f in heard):
        return
    rates = [f for f in heard if f.unit == "per day"]
    if frequency.unit == "prn":
        if not any(q.quantity.unit == "prn" for q in case.heard.quantities) and not _said_need(case):
            yield Doubt(Support.PARTIAL, f"frequency: “{frequency.said}” not heard")
    elif rates:
        yield Doubt(Support.CONTRADICTED, f"frequency: note {frequency.said}, transcript {_list(rates)}")
    elif any(_same_frequency(frequency, q.quantity) for q in case.heard.quantities):
        if clause.drugs():
            yield Doubt(Support.PARTIAL, f"frequency: {frequency.said} was said, but not clearly of this medicine")
    else:
        yield Doubt(Support.UNSUPPORTED, f"frequency: {frequency.said} not heard in the visit")


def _said_need(case: Case) -> bool:
    return "need" in case.heard.stems


def _same_frequency(a: Quantity, b: Quantity) -> bool:
    return (
        b.measure is Measure.FREQUENCY and a.unit == b.unit and abs(a.value - b.value) <= 0.05 * max(a.value, b.value)
    )
