"""Medicines that the patient no longer takes: 'I was on it, not any more.'"""

import re

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.given_medicines import medicines_in

_STOPPED = re.compile(
    r"\b(?:not any ?more|no longer|i(?:'ve| have)? (?:just |already |since )?(?:stopped|quit)"
    r"|came off|come off|ran out|run out|gave (?:it|them) up"
    r"|(?:don't|do not|didn't|haven't|have not|not) (?:been )?(?:take|taking|taken|use|using|used)"
    r" (?:it|them|that|any of)\b"
    r"|used to (?:take|use|be on))\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:again|restarted|back on|today|this morning|now i(?:'m| am)? (?:take|taking))\b", re.IGNORECASE
)
_REACH = 4
"""Utterances after a medicine was named in which 'not any more' still is said of it."""


def stopped_medicines(transcript: Transcript) -> frozenset[str]:
    """Names of the medicines of which the patient says that they are not taken any more."""
    found, last, age = set[str](), frozenset[str](), 0
    for utterance in transcript.utterances:
        age += 1
        for sentence in sentences_of(utterance.text):
            if named := medicines_in(sentence):
                last, age = named, 0
            told = utterance.speaker is Speaker.PATIENT and age <= _REACH and len(last) == 1
            if told and _STOPPED.search(sentence) and not _AGAIN.search(sentence):
                found |= last
    return frozenset(found)
