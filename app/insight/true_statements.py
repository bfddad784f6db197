"""Statements that a visit truly supports, made from what was said and from the clinician's own note."""

import re
from collections.abc import Iterator, Sequence

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.plain_text import statements_from_text
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise
from app.drafting.spoken.evidence import is_question
from app.insight.labelled_visits import LabelledVisit

_THIRD_PERSON = (
    (r"\bi['’]m\b|\bi am\b", "the patient is"),
    (r"\bi['’]ve\b|\bi have\b", "the patient has"),
    (r"\bi was\b", "the patient was"),
    (r"\bi do n['’]t\b|\bi don['’]t\b", "the patient does not"),
    (r"\bi\b", "the patient"),
    (r"\bmy\b", "the patient's"),
    (r"\bme\b", "the patient"),
)
_UNIT_WORDS = frozenset(["mg", "mcg", "g", "ml", "mgs", "daily", "bid", "tid"])
_GUESSING = words("guessing")
_ADDRESSED = frozenset({"you", "your", "yours", "let", "please"})
_RATES = {"a day": "daily", "daily": "daily", "once a day": "once daily", "twice a day": "twice daily"}
_MEDICINE = re.compile(
    r"\b(?P<drug>[a-z]{5,}) (?:at |of |the |to )?(?P<n>\d+(?:\.\d+)?) (?P<unit>mg|milligrams?|micrograms?)"
    r"(?: (?P<rate>a day|daily|once a day|twice a day))?"
)
_TALK = re.compile(r"\b(?:um|uh|yeah|you know|mm-hmm|okay|i mean|like|so)\b\s*,?\s*", re.I)
_MOST_SPOKEN = 8


def true_statements(visit: LabelledVisit) -> list[tuple[str, str, str]]:
    """Return (source, section key, text) of statements that the visit supports.

    `true.spoken`: built from what a patient said, at most eight a visit. `true.medicine`: drug, dose and frequency as
    somebody said them. `true.reference`: sentences of the clinician's note all of whose content words, numbers, drugs
    and concepts were said.
    """
    spoken = list(_spoken(visit.transcript))
    some = spoken[:: -(-len(spoken) // _MOST_SPOKEN)] if spoken else []
    return [*some, *_medicines(visit.transcript), *_reference(visit)]


def _medicines(transcript: Transcript) -> Iterator[tuple[str, str, str]]:
    """'lisinopril 20 milligrams a day' as said becomes 'Lisinopril 20 mg daily.'"""
    for utterance in transcript.utterances:
        for match in _MEDICINE.finditer(utterance.text.lower()):
            if find_drugs(tokenise(match["drug"])):
                rate = f" {_RATES.get(match['rate'] or '', '')}".rstrip()
                unit = "mcg" if match["unit"].startswith("mic") else "mg"
                yield "true.medicine", "plan", f"{match['drug'].capitalize()} {match['n']} {unit}{rate}."


def _spoken(transcript: Transcript) -> Iterator[tuple[str, str, str]]:
    for utterance in transcript.utterances:
        if utterance.speaker is not Speaker.PATIENT:
            continue
        for sentence in re.split(r"(?<=[.?!])\s+", utterance.text):
            text = third_person(sentence)
            if 5 <= len(text.split()) <= 25 and "?" not in sentence and _tells(sentence, text):
                yield "true.spoken", "subjective", text


def _tells(sentence: str, text: str) -> bool:
    """The sentence states a symptom, condition or drug, without guessing, asking or speaking to the clinician."""
    tokens = tokenise(text)
    said = {t.text for t in tokenise(sentence)}
    if said & (_GUESSING | _ADDRESSED) or is_question(tokenise(sentence)):
        return False
    named = {kind_of(h.name) for h in find_concepts(tokens)} & {"symptom", "condition", "social", "procedure"}
    return bool(named or find_drugs(tokens))


def third_person(sentence: str) -> str:
    """Turn a patient's sentence into a note's: 'I have a cough' becomes 'the patient has a cough'."""
    text = _TALK.sub("", re.sub(r"\s+n['’]t\b", "n't", sentence)).strip(" ,.-")
    for pattern, put in _THIRD_PERSON:
        text = re.sub(pattern, put, text, flags=re.I)
    return text[:1].upper() + text[1:] + "." if text else ""


def _reference(visit: LabelledVisit) -> Iterator[tuple[str, str, str]]:
    spoken = [t for u in visit.transcript.utterances for t in tokenise(u.text + " .")]
    stems, named = {t.stem for t in spoken}, _named(spoken)
    for section in statements_from_text(visit.note).sections:
        for statement in section.statements:
            text = statement.text.rpartition(": ")[2]
            tokens = tokenise(text)
            content = [t for t in tokens if not t.is_stop and t.text not in _UNIT_WORDS and t.text[0].isalnum()]
            if len(content) >= 3 and all(t.stem in stems or _in_named(t, tokens, named) for t in content):
                yield "true.reference", section.key, text


def _named(tokens: Sequence[Token]) -> set[str]:
    return {h.name for h in find_concepts(tokens)} | {h.name for h in find_drugs(tokens)}


def _in_named(token: Token, tokens: Sequence[Token], named: set[str]) -> bool:
    """The word is part of a concept or drug that was said in other words."""
    hits = [*find_concepts(tokens), *find_drugs(tokens)]
    return any(h.name in named and token in tokens[h.start : h.end] for h in hits)
