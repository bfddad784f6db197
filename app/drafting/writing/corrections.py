"""What a speaker takes back: "three days, no, actually two weeks" leaves the two weeks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.transcript import Transcript, Utterance
from app.drafting.checking.hearing.quantities import Measure, Quantity, read_quantities
from app.drafting.checking.hearing.sides import read_sides
from app.drafting.lexicon.tokens import tokenise
from app.drafting.writing.phrases import Phrase

REACH = 8
"""Utterances back in which what is corrected may lie."""
NEAR = 40
"""Characters after the words that take something back, within which what is meant must begin."""

_MARK = re.compile(
    r"\b(?:sorry,? (?:i mean(?:t)?|no|it'?s|that'?s|not)|i meant|i misspoke|no,? wait|wait,? no|correction"
    r"|let me correct|(?:no|oh|wait),? (?:sorry|actually)|actually,? (?:no|it(?:'s| is| was)|more like)"
    r"|make that)\b",
    re.IGNORECASE,
)
_NOT_THIS_SIDE = re.compile(
    r"\bnot (?:in |on )?(?:the|my|your) (?P<before>left|right)\b(?: \w+){0,2}[\s,.]+(?:no[\s,]+)?"
    r"(?:it'?s|it is|but|it was)[\s,]+(?:in |on )?(?:the|my|your) (?P<after>left|right)\b"
    r"|\b(?:it'?s|it is|it was)[\s,]+(?:actually )?(?:in |on )?(?:the|my|your) (?P<own>left|right)\b(?: \w+){0,2}"
    r"[\s,.]+(?:and )?not (?:in |on )?(?:the|my|your) (?P<wrong>left|right)\b",
    re.IGNORECASE,
)
"""'It's not the right knee, it's the left knee', said to what somebody else took for the side."""
_ANSWERED_WITHIN = 2
_MEASURES = (Measure.DURATION, Measure.DOSE, Measure.FREQUENCY, Measure.AGE)


@dataclass(frozen=True, slots=True)
class Correction:
    """In utterance `by` a speaker replaced `before`, said in utterance `of`, by `after`; both are words as spoken."""

    of: str
    by: str
    before: str
    after: str


def corrections_in(transcript: Transcript) -> tuple[Correction, ...]:
    """Return the quantities and sides that their own speaker corrected, in spoken order."""
    found: list[Correction] = []
    for n, utterance in enumerate(transcript.utterances):
        mark = _MARK.search(utterance.text)
        if mark is not None:
            found.extend(_of_one(transcript.utterances[max(0, n - REACH) : n], utterance, mark.start()))
        found.extend(_other_side(transcript.utterances[max(0, n - _ANSWERED_WITHIN) : n], utterance))
    return tuple(found)


def without_corrected(phrases: Sequence[Phrase], corrections: Sequence[Correction]) -> list[Phrase]:
    """Put what was meant into the phrases that rest on what was taken back, and name the correction as evidence."""
    found = []
    for phrase in phrases:
        changed = phrase
        for correction in corrections:
            rests = correction.of in phrase.evidence and not phrase.is_quote
            if rests and _says(changed.text, correction.before) and not _says(changed.text, correction.after):
                text = _replaced(changed.text, correction)
                evidence = tuple(dict.fromkeys([correction.by, *changed.evidence]))
                changed = replace(changed, text=text, evidence=evidence)
        found.append(changed)
    return found


def _of_one(before: Sequence[Utterance], utterance: Utterance, at: int) -> Iterator[Correction]:
    own = [u for u in before if u.speaker is utterance.speaker]
    said_first, instead = utterance.text[:at], utterance.text[at : at + NEAR]
    sources = [(utterance.id, said_first), *((u.id, u.text) for u in reversed(own))]
    for new in _quantities(instead):
        for of, text in sources:
            old = next((q for q in reversed(_quantities(text)) if q.measure is new.measure), None)
            if old is None:
                continue
            if old.value != new.value:
                yield Correction(of, utterance.id, old.said, new.said)
            break
    sides = {m.side for m in read_sides(tokenise(instead))}
    if len(sides) == 1:
        new_side = sides.pop()
        for of, text in sources:
            old_sides = {m.side for m in read_sides(tokenise(text))}
            if len(old_sides) == 1:
                old_side = old_sides.pop()
                if old_side != new_side:
                    yield Correction(of, utterance.id, old_side, new_side)
                break


def _other_side(before: Sequence[Utterance], utterance: Utterance) -> Iterator[Correction]:
    """What a speaker says of the side that another one named right before."""
    said = _NOT_THIS_SIDE.search(utterance.text)
    if said is None:
        return
    wrong, right = (said["before"] or said["wrong"]).lower(), (said["after"] or said["own"]).lower()
    for of in before:
        if (
            wrong != right
            and of.speaker is not utterance.speaker
            and _says(of.text, wrong)
            and not _says(of.text, right)
        ):
            yield Correction(of.id, utterance.id, wrong, right)


def _quantities(text: str) -> list[Quantity]:
    return [q for q in read_quantities(tokenise(text), set()) if q.measure in _MEASURES and not q.vague]


def _says(text: str, said: str) -> bool:
    """Whether a text has these words, or the same quantity in other words."""
    if re.search(rf"\b{re.escape(said)}\b", text, re.IGNORECASE):
        return True
    wanted = {(q.measure, round(q.value, 3)) for q in _quantities(said)}
    return bool(wanted) and wanted <= {(q.measure, round(q.value, 3)) for q in _quantities(text)}


def _replaced(text: str, correction: Correction) -> str:
    pattern = rf"\b{re.escape(correction.before)}\b"
    if re.search(pattern, text, re.IGNORECASE):
        return re.sub(pattern, correction.after, text, flags=re.IGNORECASE)
    wanted = {(q.measure, round(q.value, 3)) for q in _quantities(correction.before)}
    same = next(q for q in _quantities(text) if (q.measure, round(q.value, 3)) in wanted)
    return re.sub(rf"\b{re.escape(same.said)}\b", correction.after, text, flags=re.IGNORECASE)
