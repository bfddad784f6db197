"""Illnesses that a patient only fears: 'what if it is a tumour?' tells a worry and no past illness."""

import re

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems, denies_itself, said_names
from app.drafting.spoken.relatives import named_relative

_FEARS = re.compile(
    r"\b(?:worr\w+|afraid|scared|fear\w*|frightened|terrified|panick\w*|paranoid|concern(?:ed|ing|s)?|anxious|what if"
    r"|could (?:it|this|that) be|(?:it|this|that) (?:could|might|may) be|sign of|wonder\w*|googl\w+"
    r"|i(?:'ve| have)? read|looked (?:it )?up)\b",
    re.IGNORECASE,
)
_HAS = re.compile(r"\b(?:have|had|has|got|get|diagnosed|suffer\w*|with|my)\b|\bi've\b", re.IGNORECASE)
_BEFORE = 1  # utterances before, whose worry a short answer may name
_SHORT = 3  # words with content


def only_feared(transcript: Transcript) -> frozenset[str]:
    """Names of conditions that the patient names, each time in words of worry or of somebody else."""
    feared, had = set[str](), set[str]()
    utterances = transcript.utterances
    for n, utterance in enumerate(utterances):
        if utterance.speaker is not Speaker.PATIENT:
            continue
        before = " ".join(u.text for u in utterances[max(0, n - _BEFORE) : n])
        for sentence in sentences_of(utterance.text):
            named = {name for name, _ in said_names(sentence) if kind_of(name) == "condition"}
            answers = len(content_stems(utterance.text)) <= _SHORT and _FEARS.search(before)
            if _FEARS.search(sentence) or answers:
                feared |= named
            elif not named_relative(tokenise(sentence)):
                had |= named
    return frozenset(feared - had)


def had_by_patient(transcript: Transcript) -> frozenset[str]:
    """Names of conditions that the patient says he has or had: 'I have asthma', not 'I never had it'."""
    return frozenset(
        name
        for utterance in transcript.utterances
        if utterance.speaker is Speaker.PATIENT
        for sentence in sentences_of(utterance.text)
        if _HAS.search(sentence) and not _FEARS.search(sentence) and not denies_itself(sentence)
        if not named_relative(tokenise(sentence))
        for name, _ in said_names(sentence)
        if kind_of(name) == "condition"
    )
