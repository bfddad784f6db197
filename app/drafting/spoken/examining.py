"""What is said while examining: 'does it hurt here?' 'Yes.' is a finding and no history, 'bend your knee' no advice.

The checks have a reading of their own (`checking/rules/at_examination.py`), so that a slip here is not theirs as well.
"""

import re
from collections.abc import Sequence

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.plan_clauses import Clause

_TOUCHES = r"\bwhen i (?:\w+ )?(?:press|push|touch|tap|move|squeeze|bend|lift|feel|palpate|turn|pull|rotate)\w*\b"
_BEGINS = re.compile(
    r"\b(?:let me|let's|lem me|i'll|i will|i(?:'m| am)(?: just)? (?:going to|gonna)|i(?:'d| would) like to|(?:i"
    r"|we) (?:just )?want to"
    r"|can i|may i|we'll|we will)\b(?:\W+\w+){0,8}?\W+"
    r"(?:examin\w+|(?:physical )?exam|listen\w*|press\w*|palpat\w*|feel (?:your|her|his|the|on|along|around)"
    r"|(?:take|have) a (?:good |quick |little )?look (?:at|in) (?:you|your|her|his|him|the (?!notes?|chart"
    r"|results?))\w*"
    r"|(?:take|have) a (?:quick )?listen|look (?:at|in) (?:your|her|his))\b"
    rf"|{_TOUCHES}",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:assessment|diagnos\w+|(?:my|the|our) plan|i think|i suspect|i believe|makes me think|sounds like"
    r"|consistent with"
    r"|let's talk|talk (?:a (?:little )?bit )?about|go over|in (?:terms|view) of|for (?:your|the|that|this)\b(?! exam)"
    r"|what (?:i|we)(?:'ll|'d|'re| will| would| can| could| want| need| call)|i(?:'d| would)? (?:recommend|suggest"
    r"|advise)"
    r"|prescrib\w+|refer (?:you|him|her)|order (?:an?|some|the)|get dressed|based on|(?:good|bad) news"
    r"|the (?:reason|problem|issue) is|all done|that's (?:it|all))\b",
    re.IGNORECASE,
)
_REACH = 25
"""Sentences after which an examination that nobody ended is over."""
_EXAMINES = re.compile(
    rf"{_TOUCHES}"
    r"|\b(?:press|push|tap|squeez|palpat)ing\b|\bfeel me (?:touch|press)\w*\b"
    r"|\b(?:i'm|i am|i'll|let me|i will|we're) (?:just )?(?:going to |gonna |gon na |go ahead and )*"
    r"(?:press|push|feel (?:on|your|around)|touch|examine|palpate|bend|move your|lift your"
    r"|have you (?:bend|flex|lift|move|extend))\b"
    r"|\b(?:hurts?|painful|pain|tender(?:ness)?|sore)(?: \w+){0,4} (?:right |over |up |down )?here\b"
    r"|\b(?:get|have|ask) you to,? (?:\w+\W+){0,5}?(?:palpate|press|push|flex|extend|bend|lift|raise|straighten|squeeze"
    r"|point your|turn your|move your|stand on|touch your)\b"
    r"|\btake a (?:\w+ )?look at (?:both|your|the|those) (?:\w+ ){0,2}?"
    r"(?:hips?|knees?|legs?|arms?|feet|foot|hands?|skin)\b"
    r"|\bhow(?: about|'bout) (?:right |over |up |down )?(?:here|there)\b|\b(?:do|start) your (?:physical )?exam\w*\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\b(?:here|there|this|that|bend|extend|flex|straighten|turn|lift|raise|wiggle|push|pull|squeeze|fist|touch|lateral"
    r"|deviation|rotation|side(?:ways)?|and now|how about|what about)\b",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(
    r"^\W*(?:(?:okay|ok|alright|all right|right|yeah|no|and|so)\b\W*)*so,? (?:just )?"
    r"(?:some|an?|no|mild|slight|moderate|severe|limited|decreased|reduced|full)\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"\b(?:since|ago|before|ever|history|medic\w+|at home|how long|when did|what happened|usually|lately|take|taking"
    r"|family|work|ease|resolved)\b",
    re.IGNORECASE,
)
_LONGEST = 35
"""Words of a question that goes on with an examination without saying so."""


def said_while_examining(clauses: Sequence[Clause]) -> frozenset[int]:
    """Return the places of the clauses between the start of an examination and the next conclusion or explanation."""
    found: set[int] = set()
    since: int | None = None
    for place, clause in enumerate(clauses):
        begun = None if clause.to_program else _BEGINS.search(clause.text)
        ended = [m.start() for m in _ENDS.finditer(clause.text)]
        if begun is not None and not any(at > begun.end() for at in ended):
            since = clause.number
        elif ended or (since is not None and clause.number - since > _REACH):
            since = None
        if since is not None:
            found.add(place)
    return frozenset(found)


def examined(transcript: Transcript) -> frozenset[str]:
    """Return the ids of the questions asked while examining and of their answers."""
    utterances, found, on = transcript.utterances, set[str](), False
    for n, utterance in enumerate(utterances):
        if utterance.speaker is not Speaker.CLINICIAN or not utterance.text.strip():
            continue
        if _is_nod(utterance):
            continue
        if on and _sums_up(utterance):
            found.add(utterance.id)
            continue
        on = _examines(utterance, on)
        if on:
            found.add(utterance.id)
            found.update(u.id for u in _reply(utterances, n))
    return frozenset(found)


def _examines(utterance: Utterance, on: bool) -> bool:
    asked = utterance.text
    if _EXAMINES.search(asked):
        return True
    short = len(asked.split()) <= _LONGEST and is_question(tokenise(asked))
    return on and short and bool(_GOES_ON.search(asked)) and not _HISTORY.search(asked)


def _sums_up(utterance: Utterance) -> bool:
    """'Okay, so some stiffness on extension': the finding, before the examination goes on."""
    said = utterance.text
    return bool(_SUMS_UP.match(said)) and len(said.split()) <= _LONGEST and not is_question(tokenise(said))


def _is_nod(utterance: Utterance) -> bool:
    return all(t.is_stop for t in tokenise(utterance.text)) and not _GOES_ON.search(utterance.text)


def _reply(utterances: Sequence[Utterance], n: int) -> list[Utterance]:
    found: list[Utterance] = []
    for utterance in utterances[n + 1 :]:
        if utterance.speaker is Speaker.PATIENT:
            found.append(utterance)
        elif not _is_nod(utterance):
            break
    return found
