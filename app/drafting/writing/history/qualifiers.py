"""How often, how much and when, as the patient says it of a complaint: 'an occasional ringing'."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, denies_itself, merely_yes, names_in, said_names
from app.drafting.spoken.relatives import relatives_spoken_of
from app.drafting.spoken.stretches import plain_stems
from app.drafting.templates.template import Field
from app.drafting.writing.phrases import Phrase

_SHORT = 4
"""Words of a clause that tells nothing by itself."""
MOST = 2
"""Qualifiers behind one complaint."""

_CLAUSE = re.compile(
    r"[,;]\s*|\s+(?:but|because|although|though)\s+|\s+and\s+(?=(?:i|i'm|i've|it|it's|my|the|there|there's|then|now|also)\b)",
    re.IGNORECASE,
)
_COUNT = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d+|a few|a couple(?: of)?|several|many|some)"
_OFTEN = (
    r"sometimes|occasionally|occasional|rarely|once in a while|every (?:now and (?:again|then)|once in a while)"
    r"|now and (?:again|then)|at times|from time to time|on and off|off and on|a (?:few|couple of) times|once or twice"
    r"|comes? and goes?|intermittent(?:ly)?"
)
_MUCH = r"a (?:little|tiny)(?: bit)?|a (?:bit|tad)|slight(?:ly)?|mild(?:ly)?"
_WHEN = (
    rf"{_COUNT} (?:hour|day|week|month|year)s? (?:ago|back)"
    r"|last (?:night|week|month|year|summer|winter|spring|autumn|fall)"
    r"|yesterday|this (?:morning|afternoon|evening)|earlier today|as a (?:kid|child|teenager|baby)"
    r"|since (?:yesterday|this morning|last \w+|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mid-?day|lunch\w*|breakfast)"
)
_LIMIT = r"(?:only|just|mainly|mostly) (?:when|if|on|with|after|at night|in the|while|during)\b[^,.;]{0,50}"
_EFFORT = r"(?:with|on|during) (?:any |mild |heavy )?(?:exertion|exercise|activity|effort|movement)"
_QUALIFIER = re.compile(rf"\b(?:{_LIMIT}|{_EFFORT}|{_OFTEN}|{_MUCH}|{_WHEN})(?!\w)", re.IGNORECASE)
_HOW_OFTEN = re.compile(rf"\b(?:{_OFTEN})(?!\w)", re.IGNORECASE)
_SET_OFF = re.compile(rf"\b({_OFTEN}),\s+(?=(?:when|whenever|if|while)\b)", re.IGNORECASE)
_GOES_ON = re.compile(r"^(?:and |or )?(?:having|feeling|getting)\b", re.IGNORECASE)
_LEADS = re.compile(r"\b(?:when|whenever|if|while)\b", re.IGNORECASE)
_SUMS_UP = re.compile(r"\byou (?:also |just )?(?:have|had|get|got|feel|felt)\b", re.IGNORECASE)
_AGREES = re.compile(r"^\W*(?:yes|yeah|yep|correct|right|exactly|that's right)\b", re.IGNORECASE)
_THEN = re.compile(r"\bago\b|\bback\b|\blast (?!week|night)\w+|\bas a \w+", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:i|i'm|i've|my|me)\b", re.IGNORECASE)


def with_qualifiers(symptoms: Field, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases, complaints with what the patient's first clause about them says of how often, how much, when.

    A time long past is added only if he never speaks of the complaint otherwise.
    """
    clauses = list(_clauses(transcript))
    return [_qualified(p, clauses) if p.field is symptoms and _is_open(p) else p for p in phrases]


def _is_open(phrase: Phrase) -> bool:
    plain = not phrase.none and not phrase.is_quote and '"' not in phrase.text
    return plain and bool(names_in(phrase.text)) and not _QUALIFIER.search(phrase.text)


def _qualified(phrase: Phrase, clauses: Sequence[tuple[Utterance, str]]) -> Phrase:
    wanted, names = plain_stems(phrase.text), set(names_in(phrase.text))
    of_names = {s for _, said in said_names(phrase.text) for s in plain_stems(said)}
    detail = wanted - of_names  # 'it goes into my arm' need not name the pain again
    telling = [(u, c) for u, c in clauses if u.id in phrase.evidence and detail and detail <= plain_stems(c)]
    telling = telling or [(u, c) for u, c in clauses if names <= set(names_in(c)) or wanted <= plain_stems(c)]
    if not telling:
        return phrase
    utterance, clause = telling[0]
    always_then = all(_THEN.search(c) for _, c in telling)
    found = [m.group() for m in _QUALIFIER.finditer(clause)]
    found = [q for q in found if always_then or not _THEN.search(q)]
    new = [
        q for q in dict.fromkeys(found) if not content_stems(q) or not content_stems(q) <= content_stems(phrase.text)
    ]
    if not new:
        return phrase
    said = ", ".join(f'"{q.strip()}"' if _FIRST.search(q) else q.strip().lower() for q in new[:MOST])
    evidence = tuple(dict.fromkeys([*phrase.evidence, utterance.id]))
    return replace(phrase, text=f"{phrase.text} ({said})", evidence=evidence)


def _clauses(transcript: Transcript) -> Iterator[tuple[Utterance, str]]:
    """What the patient tells of himself, clause by clause, without what he denies or asks.

    'Sometimes, when I run,' belongs to the clause behind it.
    """
    relatives = relatives_spoken_of(transcript)
    utterances = transcript.utterances
    for n, utterance in enumerate(utterances):
        told = utterance.speaker is not Speaker.CLINICIAN or _is_confirmed(utterances[n : n + 2])
        if not told or utterance.id in relatives:
            continue
        for sentence in sentences_of(compact(utterance)):
            if is_question(tokenise(sentence)):
                continue
            before = ""
            clauses = [c.strip() for c in _CLAUSE.split(_SET_OFF.sub(r"\1 ", sentence)) if c.strip()]
            for k, clause in enumerate(clauses):
                if not denies_itself(clause):
                    yield utterance, f"{before}{clause}"
                before = _leading(clause, before, clauses[k + 1] if k + 1 < len(clauses) else "")


def _is_confirmed(pair: Sequence[Utterance]) -> bool:
    """Whether the clinician says what the patient has and he says yes: 'so you get that on exertion.' 'Correct.'"""
    following = pair[-1]
    said = bool(_SUMS_UP.search(pair[0].text)) and following.speaker is not Speaker.CLINICIAN
    return said and (merely_yes(following.text) or bool(_AGREES.match(following.text)))


def _leading(clause: str, before: str, following: str) -> str:
    """How often, of a clause that leads to the next one: 'sometimes, if it is hot, …', 'at times, having cramps'."""
    often = _HOW_OFTEN.search(clause)
    if often and not names_in(clause) and _GOES_ON.match(following):
        return f"{often.group()}, "
    if _GOES_ON.match(following) and _GOES_ON.match(clause):
        return before
    if not _LEADS.search(clause) and len(clause.split()) > _SHORT:
        return "" if names_in(clause) else before
    return f"{often.group()}, " if often else before
