"""Doses, frequencies, durations, vital signs and other numbers, in one comparable form."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.drafting.lexicon.numbers import Number, read_numbers
from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import rows
from app.drafting.lexicon.tokens import Token

_BEFORE_ONE = frozenset(
    {"for", "in", "about", "within", "over", "after", "past", "last", "than", "around", "almost", "nearly"}
)
_AFTER_ONE = frozenset({"ago", "later", "from", "back", "each"})
_NOT_ONE = frozenset({"times", "time", "once", "twice", "half", "pack", "packs", "per", "such", "what", "many"})
_LEAST_ONE = 1.0


class Measure(StrEnum):
    """What a number measures."""

    DOSE = "dose"
    FREQUENCY = "frequency"
    DURATION = "duration"
    PRESSURE = "blood pressure"
    RATIO = "score"
    PERCENT = "percent"
    AGE = "age"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value. Doses: `unit` mg, mcg, g, ml, unit, tablet, puff, …; durations in days (`unit` 'day');
    frequencies in times per day; `second` is the lower pressure or the 'out of'. `said` is as written."""

    measure: Measure
    value: float
    unit: str
    said: str
    start: int
    end: int
    second: float | None = None
    vague: bool = False


@lru_cache(maxsize=1)
def _units() -> dict[str, tuple[str, str, float]]:
    return {row[1]: (row[0], row[2], float(row[3])) for row in rows("units")}


@lru_cache(maxsize=1)
def _frequencies() -> PhraseTable:
    return PhraseTable(((row[1], row[0]) for row in rows("frequencies")), frozenset())


def read_quantities(tokens: Sequence[Token], taken: set[int]) -> tuple[Quantity, ...]:
    """Read all quantities of a clause; numbers inside `taken` tokens (names such as 'type 2') are left out."""
    hits = [h for h in _frequencies().find(tokens) if not _is_one(tokens, h.start, h.end)]
    found = [_fixed(tokens, hit) for hit in hits if _text(tokens, hit.start - 1) not in _COUNTED]
    found += _ones(tokens, {n for q in found for n in range(q.start, q.end)})
    used = {n for q in found for n in range(q.start, q.end)}
    numbers = [n for n in read_numbers(tokens) if n.start not in taken and n.start not in used]
    at = 0
    while at < len(numbers):
        quantity, step = _one(tokens, numbers, at)
        if quantity is not None:
            found.append(quantity)
        at += step
    return tuple(sorted(found, key=lambda q: q.start))


_COUNTED = frozenset({"times", "time", "x"})
"""Before 'a day': part of 'eight times a day', no 'once a day'."""


def _fixed(tokens: Sequence[Token], hit: Hit) -> Quantity:
    rate = 0.0 if hit.name == "prn" else float(hit.name)
    unit = "prn" if hit.name == "prn" else "per day"
    return Quantity(Measure.FREQUENCY, rate, unit, _said(tokens, hit.start, hit.end), hit.start, hit.end)


def _is_one(tokens: Sequence[Token], start: int, end: int) -> bool:
    """'for a week', 'a month ago': one, not how often."""
    if end - start != 2 or _text(tokens, start) not in ("a", "an"):
        return False
    return _text(tokens, start - 1) in _BEFORE_ONE or _text(tokens, end) in _AFTER_ONE


def _ones(tokens: Sequence[Token], used: set[int]) -> list[Quantity]:
    """'an hour', 'in a month': a length of one unit."""
    found = []
    for n in range(len(tokens) - 1):
        unit = _units().get(_text(tokens, n + 1))
        if _text(tokens, n) not in ("a", "an") or n in used or unit is None or unit[0] != "time":
            continue
        if _text(tokens, n + 1).endswith("s") or _text(tokens, n - 1) in _NOT_ONE:
            continue
        if (
            unit[1] == "day"
            and unit[2] >= _LEAST_ONE
            and not _is_one(tokens, n, n + 2)
            and _text(tokens, n + 1) != "month"
        ):
            continue
        found.append(Quantity(Measure.DURATION, unit[2], "day", _said(tokens, n, n + 2), n, n + 2))
    return found


def _said(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(t.text for t in tokens[start:end]).replace(" / ", "/").replace(" %", "%")


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _one(tokens: Sequence[Token], numbers: Sequence[Number], at: int) -> tuple[Quantity | None, int]:
    number = numbers[at]
    pair = _pair(tokens, numbers, at)
    if pair is not None:
        return pair, 2
    return _every(tokens, number) or _times(tokens, number) or _with_unit(tokens, number) or _bare(tokens, number), 1


def _pair(tokens: Sequence[Token], numbers: Sequence[Number], at: int) -> Quantity | None:
    """120/80, 'one twenty over eighty', 6/10, 'two out of six', UK 3/7 (days), 2/52 (weeks), 6/12 (months)."""
    if at + 1 >= len(numbers):
        return None
    first, second = numbers[at], numbers[at + 1]
    between = [t.text for t in tokens[first.end : second.start]]
    if between not in (["/"], ["over"], ["out", "of"], ["of"], ["on"]):
        return None
    said = _said(tokens, first.start, second.end)
    top, low = first.value, second.value
    if 60 <= top <= 260 and 30 <= low <= 150 and between != ["of"]:
        return Quantity(Measure.PRESSURE, top, "mmHg", said, first.start, second.end, low)
    days = {7: 1.0, 52: 7.0, 12: 30.0}.get(int(low))
    if between == ["/"] and days and tokens[second.start].text in ("7", "52", "12") and top != low:
        return Quantity(Measure.DURATION, top * days, "day", said, first.start, second.end)
    if between != ["of"] or (low in (6, 10) and top <= low):
        return Quantity(Measure.RATIO, top, "of", said, first.start, second.end, low)
    return None


def _every(tokens: Sequence[Token], number: Number) -> Quantity | None:
    """'every 6 hours', 'q 8 h', 'every 4 to 6 hours' (the first number counts)."""
    if _text(tokens, number.start - 1) not in ("every", "q", "each"):
        return None
    at = number.end
    if _text(tokens, at) in ("to", "or") and at + 1 < len(tokens):
        at += 2
    unit = _units().get(_text(tokens, at))
    if unit is None and _text(tokens, at) == "h":
        unit = ("time", "day", 1 / 24)
    if unit is None or unit[0] != "time" or not number.value:
        return None
    per_day = 1.0 / (number.value * unit[2])
    return Quantity(
        Measure.FREQUENCY, per_day, "per day", _said(tokens, number.start - 1, at + 1), number.start - 1, at + 1
    )


def _times(tokens: Sequence[Token], number: Number) -> Quantity | None:
    """'3 times a day', 'x6/day', '4 times per week', '2 a day'."""
    at = number.end
    if _text(tokens, at) in ("times", "time", "x"):
        at += 1
    elif _text(tokens, number.start - 1) != "x" and _text(tokens, at) not in ("a", "per", "/"):
        return None
    if _text(tokens, at) in ("a", "per", "/", "each", "every", "in"):
        at += 1
    period = {"day": 1.0, "daily": 1.0, "week": 7.0, "weekly": 7.0, "month": 30.0, "night": 1.0, "hour": 1 / 24}.get(
        _text(tokens, at)
    )
    if period is None:
        return None
    return Quantity(
        Measure.FREQUENCY,
        number.value / period,
        "per day",
        _said(tokens, number.start, at + 1),
        number.start,
        at + 1,
        vague=number.vague,
    )


def _with_unit(tokens: Sequence[Token], number: Number) -> Quantity | None:
    at = number.end
    while _text(tokens, at) in ("of", "a", "more", "/", "or", "so") and at - number.end < 2:
        at += 1
    unit = _units().get(_text(tokens, at))
    if unit is None:
        return None
    measure, name, factor = unit
    said = _said(tokens, number.start, at + 1)
    if measure == "time":
        after = _text(tokens, at + 1)
        if after == "old" or (after == "o" and _text(tokens, at + 2) in ("m", "f")):
            return Quantity(Measure.AGE, number.value, "year", said, number.start, at + 2)
        return Quantity(Measure.DURATION, number.value * factor, "day", said, number.start, at + 1, vague=number.vague)
    kind = Measure.PERCENT if measure == "percent" else Measure.DOSE if measure == "dose" else Measure.NUMBER
    return Quantity(kind, number.value * factor, name, said, number.start, at + 1, vague=number.vague)


def _bare(tokens: Sequence[Token], number: Number) -> Quantity | None:
    if number.vague or (_text(tokens, number.start) == "one" and number.value == 1):
        return None
    if _text(tokens, number.end) == "s" and number.value % 10 == 0:  # 'in his 60s'
        said = _said(tokens, number.start, number.end) + "s"
        return Quantity(Measure.NUMBER, number.value, "decade", said, number.start, number.end + 1)
    return Quantity(Measure.NUMBER, number.value, "", _said(tokens, number.start, number.end), number.start, number.end)
