"""What must survive another wording: numbers, medicines, denials, sides, whose it is, and how sure it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause, Kind, Mention, read_clauses
from app.drafting.lexicon.abbreviations import spelled_out
from app.drafting.lexicon.concepts import narrower_than, wider_than
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.labels import split_label
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise
from app.drafting.spoken.heard_names import as_taken

_DENYING = words("negating") | {"denies", "denied", "deny", "denying", "negative", "absent"}
_DENIES = frozenset({"denies", "denied", "deny", "denying"})
_NEXT = frozenset({"and", "but", "or", "though", "although", "except"})
_BOUNDS = frozenset({"less", "more", "least", "most", "under", "over", "below", "above", "up", "maximum", "minimum"})
_ROUGH = frozenset({"about", "around", "approximately", "roughly", "nearly", "almost", "some"})
_TIMES = frozenset({"once", "twice", "daily"})
_DAYS = (words("weekday") | words("month") | {"today", "tomorrow", "tonight", "yesterday"}) - {"may", "march"}
_BEFORE = 3
_DECIMALS = 4
_PREFIX = 4


class Harm(StrEnum):
    """How bad a finding is: `SLIGHT` is shown, `LOST` may be what was asked, `FALSE` is never what was asked."""

    SLIGHT = "slight"
    LOST = "lost"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference of facts between two wordings, in a physician's words."""

    harm: Harm
    reason: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """A concept or medicine as it stands in a text."""

    name: str
    said: str
    drug: bool
    negated: bool
    relative: str
    unsure: bool
    led: bool = False
    """A word of denial stands before it in its clause, whether or not its scope reaches so far."""


_Number = tuple[str, float, float | None]
"""What it measures ('' if that is not clear), its value, and the lower pressure or the 'out of'."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one or more lines."""

    claims: tuple[_Claim, ...]
    numbers: dict[_Number, str]
    values: frozenset[float]
    sides: frozenset[tuple[str, str]]
    stems: frozenset[str]
    days: frozenset[str]
    """Weekdays, months, 'today' and the like."""
    bounds: frozenset[str]
    """Words before a number that make it a bound or less exact: 'less', 'least', 'about'."""


def facts_of(*texts: str) -> Facts:
    """Read the facts of lines."""
    claims: list[_Claim] = []
    numbers: dict[_Number, str] = {}
    values: set[float] = set()
    sides: set[tuple[str, str]] = set()
    stems: set[str] = set()
    bounds: set[str] = set()
    days: set[str] = set()
    for text in texts:
        label, body = split_label(as_taken(spelled_out(text)))
        stems |= {t.stem for t in tokenise(text)}
        tokens = tokenise(body)
        values |= {round(n.value, _DECIMALS) for n in read_numbers(tokens)}
        bounds |= set(_bounds(tokens))
        days |= {t.text for t in tokens} & _DAYS
        for clause in read_clauses(body):
            read = clause.said_of("family") if label == "family" else clause
            claims += [_claim(m, read) for m in read.mentions if m.kind is not Kind.SITE]
            claims += _guessed(read)
            sides |= set(read.sided())
            for q in read.quantities:
                numbers[_number(q)] = q.said
    return Facts(
        tuple(claims),
        numbers,
        frozenset(values),
        frozenset(sides),
        frozenset(stems),
        frozenset(days),
        frozenset(bounds),
    )


def compare(before: Facts, after: Facts, asked: Facts) -> tuple[Finding, ...]:
    """Return what the lines after say otherwise, say more, or no longer say; `asked` are facts of the instruction."""
    return tuple(
        dict.fromkeys(
            [
                *_numbers(before, after, asked),
                *_claims(before, after, asked),
                *_bounded(before, after, asked),
                *_dated(before, after, asked),
                *_sides(before, after, asked),
            ]
        )
    )


def same_facts(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether lines say the same facts in other words or another order."""
    return not compare(facts_of(*before), facts_of(*after), facts_of())


def _claim(mention: Mention, clause: Clause) -> _Claim:
    c = mention.context
    unsure = c.hedged or c.hypothetical
    before = clause.tokens[: mention.start]
    led = any(t.text in _DENYING for t in before)
    negated = c.negated or _denies(before)
    return _Claim(mention.name, mention.said, mention.kind is Kind.DRUG, negated, c.relative, unsure, led)


def _denies(tokens: Sequence[Token]) -> bool:
    """'Denies that he has had any …': nothing between the verb and the mention begins another statement."""
    at = max((n for n, t in enumerate(tokens) if t.text in _DENIES), default=-1)
    return at >= 0 and not any(t.after == "," or t.text in _NEXT for t in tokens[at:])


def _guessed(clause: Clause) -> Iterator[_Claim]:
    """Misspelt medicines: another spelling is the same medicine, none is a loss."""
    for hit in guess_drugs(clause.tokens):
        said = " ".join(t.text for t in clause.tokens[hit.start : hit.end])
        yield _Claim(hit.name, said, drug=True, negated=False, relative="", unsure=False)


def _number(q: Quantity) -> _Number:
    if q.measure is Measure.DURATION and "/" in q.said:  # '76/min' is a rate
        return "", round(read_numbers(tokenise(q.said))[0].value, _DECIMALS), None
    what = f"{q.measure} {q.unit}" if q.measure in {Measure.DOSE, Measure.DURATION, Measure.FREQUENCY} else ""
    return what, round(q.value, _DECIMALS), q.second


def _numbers(before: Facts, after: Facts, asked: Facts) -> Iterator[Finding]:
    old, new = _plainly(before), _plainly(after)
    for number, said in new.items():
        known = number in old or number in asked.numbers or number[1] in asked.values
        if not known and not _unmeasured(number, old):
            yield Finding(Harm.FALSE, f"number: {said} does not stand in the lines before")
    for number, said in old.items():
        if number not in new and not _unmeasured(number, new):
            yield Finding(Harm.LOST, f"number: {said} is left out")


def _bounds(tokens: Sequence[Token]) -> Iterator[str]:
    """'less than five', 'about twice a week', but not '142 over 88'."""
    ends = {n.end for n in read_numbers(tokens)}
    starts = {n.start for n in read_numbers(tokens)} | {n for n, t in enumerate(tokens) if t.text in _TIMES}
    for at in starts:
        for n in range(max(0, at - _BEFORE), at):
            if tokens[n].text in _BOUNDS | _ROUGH and n not in ends:
                yield tokens[n].text


def _bounded(before: Facts, after: Facts, asked: Facts) -> Iterator[Finding]:
    if not after.numbers and not after.values:
        return
    for word in sorted(after.bounds - before.bounds - asked.bounds):
        yield Finding(Harm.FALSE, f"number: {word} does not stand in the lines before")
    for word in sorted(before.bounds - after.bounds):
        harm = Harm.FALSE if word in _BOUNDS and not after.bounds & _BOUNDS else Harm.SLIGHT
        yield Finding(harm, f"number: {word} is left out")


def _dated(before: Facts, after: Facts, asked: Facts) -> Iterator[Finding]:
    for day in sorted(after.days - before.days - asked.days):
        yield Finding(Harm.FALSE, f"time: {day} does not stand in the lines before")
    for day in sorted(before.days - after.days):
        yield Finding(Harm.LOST, f"time: {day} is left out")


def _unmeasured(number: _Number, others: dict[_Number, str]) -> bool:
    """Whether the same number stands there with or without what it measures ('76/min', '76'); a dose needs its unit."""
    what, value, second = number
    return any((v, s) == (value, second) and (not what or not w) and "dose" not in f"{w}{what}" for w, v, s in others)


def _plainly(facts: Facts) -> dict[_Number, str]:
    """Measured numbers, and those that nothing measures by their value."""
    measured = {value for _, value, _ in facts.numbers}
    bare: dict[_Number, str] = {
        ("", v, None): f"{v:g}" for v in facts.values if v not in measured and _is_bare(v, facts)
    }
    return {**facts.numbers, **bare}


def _is_bare(value: float, facts: Facts) -> bool:
    """Durations are counted in days, pressures in pairs: their words are no numbers of their own."""
    if any(second == value for _, _, second in facts.numbers):
        return False
    return not any(f"{value:g}" in said or _worded(value, said) for said in facts.numbers.values())


def _worded(value: float, said: str) -> bool:
    return any(abs(n.value - value) < 1e-9 for n in read_numbers(tokenise(said)))


def _claims(before: Facts, after: Facts, asked: Facts) -> Iterator[Finding]:
    wanted = {c.name for c in asked.claims}
    for claim in after.claims:
        same = [c for c in before.claims if c.name in _akin(claim.name)]
        if not same:
            if claim.name not in wanted and not _stand_there(claim.said, before.stems | asked.stems):
                what = "medicine" if claim.drug else "addition"
                yield Finding(Harm.FALSE, f"{what}: {claim.said} does not stand in the lines before")
            continue
        yield from _turned(claim, same)
    kept = {name for c in after.claims for name in _akin(c.name)}
    for claim in before.claims:
        if claim.name not in kept:
            no = "no " if claim.negated else ""
            yield Finding(Harm.LOST, f"{'medicine' if claim.drug else 'left out'}: {no}{claim.said} is left out")


def _turned(claim: _Claim, same: Sequence[_Claim]) -> Iterator[Finding]:
    if claim.negated not in {c.negated for c in same}:
        no, was = ("no ", "") if claim.negated else ("", "no ")
        yield Finding(Harm.FALSE, f"negation: {no}{claim.said}, before it was {was}{same[0].said}")
    elif claim.led not in {c.led for c in same}:
        word = "comes before" if claim.led else "is gone from"
        yield Finding(Harm.FALSE, f"negation: a word of denial {word} {claim.said}")
    if bool(claim.relative) not in {bool(c.relative) for c in same}:
        yield Finding(Harm.FALSE, f"person: {claim.said} was said of {same[0].relative or 'the patient'}")
    if not claim.unsure and all(c.unsure for c in same):
        yield Finding(Harm.FALSE, f"certainty: {claim.said} was not certain in the lines before")


def _stand_there(said: str, stems: frozenset[str]) -> bool:
    """Whether the words of a concept stood there, also as the beginning of another ('smoking', 'smoker')."""
    return all(any(s.startswith(t.stem[:_PREFIX]) for s in stems) for t in tokenise(said) if not t.is_stop)


def _akin(name: str) -> frozenset[str]:
    """The concept, and those that are more or less exact words for it."""
    return frozenset((name, *narrower_than(name), *wider_than(name)))


def _sides(before: Facts, after: Facts, asked: Facts) -> Iterator[Finding]:
    wanted = {side for side, _ in asked.sides}
    old, new = {side for side, _ in before.sides}, {side for side, _ in after.sides}
    for side in sorted(new - old - wanted):
        yield Finding(Harm.FALSE, f"side: {side} does not stand in the lines before")
    for side in sorted(old - new):
        yield Finding(Harm.LOST, f"side: {side} is left out")
    swapped = {s for s in after.sides if s not in before.sides and s[0] in old and _other_side(s, before.sides)}
    for side, place in sorted(swapped):
        yield Finding(Harm.FALSE, f"side: {side} {place}, before it was the other side")


def _other_side(pair: tuple[str, str], pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether the place stood under another side, and not under this one."""
    side, place = pair
    return bool(place) and any(p == place and s != side for s, p in pairs)
