"""What a model puts under a key only because the key was asked: known by its words and by how they were said.

A model that is asked for illnesses of the family answers with the family, and for findings with complaints.
"""

import re

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.unnoted_tables import has_cue
from app.drafting.exchanges import content_stems, kinds_in, names_in
from app.drafting.lexicon.drugs import find_drugs, guess_drugs
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.prompts import EXAMPLE_ANSWER
from app.drafting.talk import statements_of
from app.drafting.templates import Field, SectionTemplate

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_HOUSEHOLD = frozenset(stem(w) for w in words("household") | words("kin") | {"and"})
_MECHANISM = frozenset(stem(w) for w in words("mechanism"))
_REPEATED = frozenset({"history", "falls", "trips"})
_GIVES = re.compile(
    r"\b(?:start(?:ing)?|prescrib\w*|give you|get you|put you on|try|add|recommend|suggest|write you|send (?:in|over)"
    r"|(?:like|want) you to (?:take|use)|you (?:can|could|should|may) (?:also )?(?:take|use|try))\b",
    re.IGNORECASE,
)
_HAS_ALREADY = re.compile(
    r"\b(?:continue|keep|still|already|currently|same|stop|increase|decrease|raise|lower|stay|refill|your|been|again"
    r"|back on)\b",
    re.IGNORECASE,
)
_RETELLS = re.compile(
    r"\byou(?:'ve| have|'re| are)?\s+(?:just\s+|also\s+)?(?:said|mentioned|told|say|been|having|had)\b"
    r"|\bi (?:hear|see|understand) (?:that )?you\b|\byou (?:have|had|get|feel|are)\b|\byou(?:'ve|'re)\b",
    re.IGNORECASE,
)
_EXAMINES = re.compile(
    r"\b(?:on (?:the |your )?exam|examination|press|pressing|push|palpation|palpate|touch)\b", re.IGNORECASE
)
_EXAMPLE = frozenset(frozenset(content_stems(phrase)) for phrases in EXAMPLE_ANSWER.values() for phrase in phrases)


def right_field(
    section: SectionTemplate, into: Field, text: str, stated: Transcript, given: frozenset[str]
) -> Field | None:
    """Return the field of a section that a phrase may stand in: mostly the model's own; None if it is none of them.

    Args:
        stated: what the clinician states in the passage.
        given: medicines that were only given in this visit, a plan and none of the patient's own.
    """
    if section.said_by:
        kinds = kinds_in(text)
        complains = "finding" in into.kinds and bool(kinds) and kinds <= {"symptom", "condition"}
        return None if complains and not was_examined(text, stated) else into
    if into.role == "family" and is_household(text):
        return next((f for f in section.fields if "wife" in f.when), None)
    if "condition" in into.kinds and is_mechanism(text):
        tells = len(content_stems(text)) > 1 and "condition" not in kinds_in(text)
        return section.field_with("symptoms") if tells else None
    return None if "drug" in into.kinds and is_newly_given(text, given) else into


def is_household(text: str) -> bool:
    """Whether a text names people and nothing else: 'wife, two kids' is no family history; 'father: gout' is one."""
    stems = content_stems(text)
    return bool(stems) and kinds_in(text) <= {"social"} and stems <= _HOUSEHOLD


def is_mechanism(text: str) -> bool:
    """Whether a text says only how an injury happened: 'twisting', 'fell on the ice'; a history of falls is one."""
    tokens = [t for t in tokenise(text) if not t.is_stop and t.text.isalpha()]
    if not tokens or tokens[0].stem not in _MECHANISM or _REPEATED & {t.text for t in tokenise(text)}:
        return False
    named = frozenset[str]().union(*(kinds_in(t.text) for t in tokens if t.stem not in _MECHANISM))
    return not named & {"condition", "symptom", "finding", "procedure"}


def copies_example(text: str) -> bool:
    """Whether a phrase is one of the example that the model was shown."""
    return frozenset(content_stems(text)) in _EXAMPLE


def newly_given(transcript: Transcript) -> frozenset[str]:
    """Medicines of which the visit first hears when the clinician gives or advises them: none of the patient's own."""
    found, known = set[str](), set[str]()
    for utterance in transcript.utterances:
        for sentence in _SENTENCE.split(utterance.text):
            tokens = tokenise(sentence)
            named = {hit.name for hit in (*find_drugs(tokens), *guess_drugs(tokens))} - known
            gives = utterance.speaker is Speaker.CLINICIAN and _GIVES.search(sentence) and statements_of(sentence)
            if gives and not _HAS_ALREADY.search(sentence):
                found |= named
            known |= named
    return frozenset(found)


def is_newly_given(text: str, given: frozenset[str]) -> bool:
    """Whether all medicines of a text (at least one) were only given in this visit."""
    tokens = tokenise(text)
    named = {hit.name for hit in (*find_drugs(tokens), *guess_drugs(tokens))}
    return bool(named) and named <= given


def was_examined(text: str, stated: Transcript) -> bool:
    """Whether a complaint was found, too: the clinician says it in words of an examination, not as the patient's."""
    named = set(names_in(text))
    for utterance in stated.utterances:
        for sentence in _SENTENCE.split(utterance.text):
            if not named & set(names_in(sentence)):
                continue
            if _EXAMINES.search(sentence) or (has_cue("exam", sentence) and not _RETELLS.search(sentence)):
                return True
    return False
