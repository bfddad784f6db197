"""Complaints that were there and are over, or are not there now but were: the note must say which."""

import re
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.note import Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.relatives import relatives_spoken_of

_CLAUSE = re.compile(r"[\s,]+(?:but|although|though|however|whereas)\b\s*|,?\s+and\s+(?=now\b)", re.IGNORECASE)
_THEN = re.compile(
    r"\bat (?:the )?(?:very )?(?:start|beginning|first|onset)\b|\b(?:initially|originally|earlier|yesterday)\b"
    r"|\bin the beginning\b|\bto (?:begin|start) with\b|\blast (?:night|week|month)\b"
    r"|\b(?:days?|weeks?|months?|hours?) ago\b"
    r"|\bwhen (?:it|this|that|they|things|the \w+|my \w+) (?:all |first )*(?:started|began|came on)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"(?<!n't )(?<!not )(?<!never )\b"
    r"(?:(?<!\bi )(?<!i've )(?<!we )(?<!i have )"
    r"stopped(?! (?:taking|using|smoking|drinking|eating|going|doing|the|my|it)\b)"
    r"|stopped (?:being|feeling|having|vomiting|bleeding|coughing|shaking|sweating|wheezing|throwing|itching|aching)"
    r"|gone(?! (?:to|into|from|on|down|up|out|through|for|back|by|home|about)\b)|went away|settled(?! (?:on|for|in)\b)"
    r"|resolved|cleared up|disappeared|wore off|worn off)\b|\bno longer\b"
    r"|n't (?:really )?(?:have|had|get(?! up)|getting|feel|hurt|bother|happen|there)\b[^.?!]{0,40}\bany ?more\b",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"(?:n't|\bnot|\bno)\b[^.?!]{0,40}\b(?:at the moment|at present|right now|now|today|currently|these days)\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"\b(?:still|again|c[ao]mes? back|returned|keeps?|on and off|comes and goes|usually|normally"
    r"|sometimes|whenever|if|younger|(?:a )(?:kid|child))\b",
    re.IGNORECASE,
)
_TIMED = re.compile(
    r"\b(?:now|start|beginning|first|initially|originally|earlier|ago|last|stopped|gone|resolved|settled|previous(?:ly)?"
    r"|ended|until|no longer|was|were|had|past|since|yesterday|transient|intermittent|moment|currently|today)\b",
    re.IGNORECASE,
)
_TOO_WIDE = frozenset({"pain"})
"""Names under which the visit may speak of several complaints."""
_TEMPERATURE = re.compile(r"\b(?:a|high|the|any) temperatures?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """A complaint that its speaker tells to be over: the concept, the utterance, and his sentence."""

    name: str
    utterance: Utterance
    sentence: str


def changes_in(transcript: Transcript) -> dict[str, Change]:
    """Return the complaints that the patient tells to have been and to be over, by concept; the last word counts."""
    relatives, found = relatives_spoken_of(transcript), dict[str, Change]()
    for utterance in transcript.utterances:
        if utterance.speaker is Speaker.CLINICIAN or utterance.id in relatives:
            continue
        for sentence in _told_together(utterance.text):
            for name in _over(sentence):
                found[name] = Change(name, utterance, sentence)
    return found


def is_timed(text: str) -> bool:
    """Whether a text says when: 'vomiting at the start, now stopped'."""
    return bool(_TIMED.search(text))


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each complaint that is over, or was, and stands in the note without its time."""
    if "objective" in case.section or "plan" in case.section or case.label == "family" or is_timed(case.text):
        return
    changes = _changes_of(case.heard)
    for mention in case.concepts():
        if mention.name in changes and not mention.context.hypothetical:
            over = "was there before" if mention.context.negated else "is over, says the patient"
            yield Doubt(Support.PARTIAL, f"time: {mention.said} {over}; the note does not say when")


def _told_together(text: str) -> list[str]:
    """Sentences, each with the one after it that only says how it went on: 'I had a rash. It's gone now.'"""
    found: list[str] = []
    for sentence in sentences_of(text.strip()):
        if found and not _names(sentence) and (_ENDED.search(sentence) or _NOT_NOW.search(sentence)):
            found[-1] = f"{found[-1]} {sentence}"
        else:
            found.append(sentence)
    return found


def _over(sentence: str) -> set[str]:
    """Complaints that were, and are over: ended in so many words, or not now and then."""
    if sentence.rstrip().endswith("?") or not (_ENDED.search(sentence) or _NOT_NOW.search(sentence)):
        return set()
    said: dict[str, str] = {}
    last: set[str] = set()
    for clause in _CLAUSE.split(sentence.replace("’", "'")):
        last = _names(clause) or last
        for name in last:
            said[name] = f"{said.get(name, '')} . {clause}"
    return {
        name
        for name, text in said.items()
        if not _STILL.search(text) and (_ENDED.search(text) or (_NOT_NOW.search(text) and _THEN.search(text)))
    }


def _names(text: str) -> set[str]:
    names = {hit.name for hit in find_concepts(tokenise(text)) if kind_of(hit.name) == "symptom"} - _TOO_WIDE
    return names | ({"fever"} if _TEMPERATURE.search(text) else set())


_known: weakref.WeakKeyDictionary[Heard, Mapping[str, Change]] = weakref.WeakKeyDictionary()


def _changes_of(heard: Heard) -> Mapping[str, Change]:
    if heard not in _known:
        _known[heard] = changes_in(heard.transcript)
    return _known[heard]
