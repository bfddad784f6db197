"""Answers given while the patient is being examined: 'does it hurt here?' 'Yes.' is a finding and no history."""

import re
from collections.abc import Sequence

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question

_EXAMINES = re.compile(
    r"\bwhen i (?:\w+ )?(?:press|push|touch|tap|move|squeeze|bend|lift|feel|palpate|turn|pull|rotate)\w*\b"
    r"|\b(?:press|push|tap|squeez|palpat)ing\b|\bfeel me (?:touch|press)\w*\b"
    r"|\b(?:i'm|i am|i'll|let me|i will|we're) (?:just )?(?:going to |gonna |gon na |go ahead and )*"
    r"(?:press|push|feel (?:on|your|around)|touch|examine|palpate|bend|move your|lift your"
    r"|have you (?:bend|flex|lift|move|extend))\b"
    r"|\b(?:hurts?|painful|pain|tender(?:ness)?|sore)(?: \w+){0,4} (?:right |over |up |down )?here\b"
    r"|\bhow(?: about|'bout) (?:right |over |up |down )?(?:here|there)\b|\b(?:do|start) your (?:physical )?exam\w*\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\b(?:here|there|this|that|bend|extend|flex|straighten|turn|lift|raise|wiggle|push|pull|squeeze|fist|touch|lateral"
    r"|deviation|rotation|side(?:ways)?|and now|how about|what about)\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"\b(?:since|ago|before|ever|history|medic\w+|at home|how long|when did|what happened|usually|lately|take|taking"
    r"|family|work|ease|resolved)\b",
    re.IGNORECASE,
)
_LONGEST = 35
"""Words of a question that goes on with an examination without saying so."""


def examined(transcript: Transcript) -> frozenset[str]:
    """Return the ids of the questions asked while examining and of their answers."""
    utterances, found, on = transcript.utterances, set[str](), False
    for n, utterance in enumerate(utterances):
        if utterance.speaker is not Speaker.CLINICIAN or not utterance.text.strip():
            continue
        if _is_nod(utterance):
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
