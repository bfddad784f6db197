"""What was only planned must not stand as done, what was done not as an order, 'ago' not as 'for'."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.hearing.heard import Heard, HeardQuantity
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.rules.durations import same_time
from app.drafting.checking.rules.results import results_in
from app.drafting.checking.rules.spoken_as import Spoken, places_of, stems_of, tags_are_known, things_of, words_of
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.checking.unnoted.tables import has_cue
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.given_medicines import MEDICINE_CLASSES

_AHEAD = re.compile(
    r"\b(?:would|will|could|can|should|going to|recommend|suggest|discuss|option"
    r"|schedule|let us|let|refer|plan to|get)\b"
)
_BEFORE_NOW = re.compile(
    r"\b(?:had|have had|was|were|did|done already|performed|underwent|history|previous\w*|prior|ago|last|past|since)\b"
)
_DONE = re.compile(r"\b(?:done|performed|completed|obtained)\b", re.IGNORECASE)
_OVER = re.compile(r"\b(?:stopped|went away|gone|resolved|any since|none since|has not had)\b", re.IGNORECASE)
_SHOWN = re.compile(r"\b(?:revealed|showed|shows|was|were|came back|read)\b")
_RESULT_REACH = 8
_MEDICINES = MEDICINE_CLASSES | {"contraception"}
_BACK = 3
"""Utterances looked back for what a time was asked of."""
_TIMES = ("onset", "duration")
_TESTS = ("tests", "tests ordered", "test")


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about times that the visit gave otherwise."""
    if not tags_are_known(case.heard):
        return
    yield from _done(case)
    yield from _ordered(case)
    yield from _ago(case)
    if case.heading in _TIMES:
        yield from _of_medicine(case)


def _done(case: Case) -> Iterator[Doubt]:
    for thing in things_of(case):
        words = words_of(thing)
        stems = stems_of(thing) - stems_of(t for t in thing if _DONE.fullmatch(t.text))
        if not stems or "today" in words or not (case.label == "surgery" or _DONE.search(words)):
            continue
        places = places_of(case.heard, stems)
        ahead = [p for p in places if _is_ahead(p)]
        over = any(p.told or _BEFORE_NOW.search(_around(p)) for p in places)
        if ahead and not over and (len(ahead) == len(places) or case.label != "surgery"):
            yield Doubt(Support.PARTIAL, f"time: {words} was spoken of as planned, not as done")


def _is_ahead(place: Spoken) -> bool:
    return not place.told and bool(_AHEAD.search(_around(place)))


def _around(place: Spoken) -> str:
    return f"{place.before} {place.within} {' '.join(place.after.split()[:4])}"


def _ordered(case: Case) -> Iterator[Doubt]:
    """A test under the plan that was only told with its result."""
    if "plan" not in case.section or case.heading not in _TESTS:
        return
    for thing in things_of(case):
        places = places_of(case.heard, stems) if (stems := stems_of(thing)) else []
        if places and all(_is_result(p) for p in places):
            yield Doubt(Support.PARTIAL, f"plan: {words_of(thing)} was told with its result, nobody ordered it")


def _is_result(place: Spoken) -> bool:
    before = " ".join(place.before.split()[-_RESULT_REACH:])
    near = f"{before} {place.within} {' '.join(place.after.split()[:_RESULT_REACH])}"
    given = bool(results_in(tokenise(near)) or _SHOWN.search(before))
    return given and not place.told and not has_cue("plan", place.before)


def _ago(case: Case) -> Iterator[Doubt]:
    """'For three months' where only 'three months ago' was said, of what is over or is to come."""
    if "plan" not in case.section and not _OVER.search(case.text):
        return
    for clause in case.clauses:
        for note in clause.quantities:
            if note.measure is not Measure.DURATION or not _is_length(clause, note):
                continue
            heard = [q for q in case.heard.quantities if _is_time(q) and same_time(note, q.quantity)]
            ago = {q.utterance for q in heard if _is_ago(case.heard, q)}
            if ago and ago == {q.utterance for q in heard}:
                yield Doubt(Support.PARTIAL, f"time: “{note.said} ago” was said, not a length of {note.said}")


def _is_length(clause: Clause, quantity: Quantity) -> bool:
    before = clause.tokens[max(0, quantity.start - 1) : quantity.start + 1]
    return any(t.text == "for" for t in before)


def _is_time(heard: HeardQuantity) -> bool:
    return heard.quantity.measure is Measure.DURATION


def _is_ago(heard: Heard, quantity: HeardQuantity) -> bool:
    tokens = heard.clauses[quantity.clause][1].tokens
    return any(t.text == "ago" for t in tokens[quantity.quantity.start : quantity.quantity.end + 1])


def _of_medicine(case: Case) -> Iterator[Doubt]:
    """'When did you start that one?' 'Six years ago.': a time of the medicine named before, not of the complaint."""
    times = [q for c in case.clauses for q in c.quantities if q.measure is Measure.DURATION]
    named = [
        m for c in case.clauses for m in (*c.concepts(), *c.drugs()) if kind_of(m.name) in ("symptom", "condition", "")
    ]
    if not times or named:
        return
    places = {q.utterance for q in case.heard.quantities for t in times if _is_time(q) and same_time(t, q.quantity)}
    drugs = [_last_named(case.heard, n) for n in places & case.near]
    if drugs and all(drugs):
        yield Doubt(Support.PARTIAL, f"time: this was said of {drugs[0]}, not of the complaint")


def _last_named(heard: Heard, place: int) -> str:
    """The medicine, if one was named last before the time and no complaint since; else ''."""
    for n in range(place, max(place - _BACK, 0) - 1, -1):
        for clause in reversed(heard.clauses_of[n]):
            kinds = {kind_of(m.name) for m in clause.concepts()}
            if kinds & {"symptom", "condition"}:
                return ""
            if medicines := [*clause.drugs(), *(m for m in clause.concepts() if m.name in _MEDICINES)]:
                return medicines[-1].said
    return ""
