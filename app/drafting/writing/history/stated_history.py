"""What the clinician says of the patient as known: why he comes, his illnesses and operations, what he is on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import is_plain_no, names_in, said_names
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.heard_names import heard_names
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.merging import covers
from app.drafting.writing.phrases import Phrase

BEGINNING = 12
"""Utterances in which a clinician says why the patient comes."""

_COMES = re.compile(
    r"\b(?:presents?|presenting|comes? in|coming in|is here|here)\s*,?\s*(?:(?:to us )?today\s*,?\s*)?"
    r"(?:for|with|because of|complaining of|to be seen for)\s+(?P<what>[^.?!]{3,90})",
    re.IGNORECASE,
)
_OWNER = re.compile(r"\b(?:his|her|their|your|some|an?|the)\s+", re.IGNORECASE)
_STOPS = re.compile(
    r"\s*,?\s*\b(?:so|and (?:so|then|he|she|you|i)|who|which|today|since|after|okay|right"
    r"|(?:he|she|they|patient) (?:is|was|were|has|had|have|does|did|been))\b.*$",
    re.IGNORECASE,
)
_VISIT = re.compile(r"\b(?:exam\w*|check-?up|physical|follow[- ]?up|visit|evaluation|review)\b", re.IGNORECASE)
_HISTORY = re.compile(
    r"\bhistory\s*,?\s*(?:(?:is )?significant for|notable for|positive for|that includes|includes|including|of)\s+"
    r"(?P<what>[^.?!]{3,200}?)(?=\s*,?\s*\b(?:who|presents?|presenting|comes?|is here|here|he|she)\b|[.?!]|$)",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:family|no|any|your (?:mother|father|mom|dad))\b[^.?!]{0,30}$", re.IGNORECASE)
_ON = re.compile(
    r"\b(?:we(?:'ve| have| had)? (?:have |had |put |got |started )?you(?: back)? on"
    r"|you(?:'re| are)(?: still)? (?:on|taking)"
    r"|you(?:'ve| have) been (?:on|taking))\b(?P<what>[^.?!]{2,80})",
    re.IGNORECASE,
)
_CHANGES = re.compile(r"\b(?:will|'ll|going to|gon na|like to|want to|let's|if|should|could|would|stop\w*)\b", re.I)


def with_stated_history(section: SectionTemplate, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases with what the clinician states of the patient and no phrase of its field says."""
    found = list(phrases)
    complaint = next((f for f in section.fields if f.first), None)
    if complaint is not None and (stated := _reason(complaint, transcript)) is not None:
        found = [p for p in found if p.field is not complaint or covers(p.text, stated.text)]
        found = found if any(p.field is complaint for p in found) else [stated, *found]
    for new in (*_history(section, transcript), *_medicines(section, transcript)):
        names = set(names_in(new.text)) | medicines_in(new.text)
        told = {n for p in found if p.field is new.field for n in (*names_in(p.text), *medicines_in(p.text))}
        if not names <= told:
            found = [*(p for p in found if not (p.none and p.field is new.field)), new]
    return found


def _reason(field: Field, transcript: Transcript) -> Phrase | None:
    for utterance, text in _clinicians(transcript.utterances[:BEGINNING]):
        for sentence in sentences_of(text):
            if is_question(tokenise(sentence)) or not (said := _COMES.search(sentence)):
                continue
            what = _OWNER.sub("", _STOPS.sub("", said["what"])).strip(" ,")
            if what and (names_in(what) or _VISIT.search(what)):
                return Phrase(field, what, (utterance.id,))
    return None


def _history(section: SectionTemplate, transcript: Transcript) -> Iterator[Phrase]:
    """Illnesses and operations behind 'a history of'."""
    illnesses = next((f for f in section.fields if "condition" in f.kinds), None)
    operations = next((f for f in section.fields if "procedure" in f.kinds), None)
    for utterance, text in _clinicians(transcript.utterances):
        for sentence in sentences_of(text):
            said = _HISTORY.search(sentence)
            if not said or _OTHERS.search(sentence[: said.start()]) or is_question(tokenise(sentence)):
                continue
            for name, words in said_names(said["what"]):
                field = operations if kind_of(name) == "procedure" else illnesses
                if field is not None and kind_of(name) in ("condition", "symptom", "procedure"):
                    yield Phrase(field, words, (utterance.id,))


def _medicines(section: SectionTemplate, transcript: Transcript) -> Iterator[Phrase]:
    """Medicines that the clinician says the patient is on, unless the answer denies it."""
    field = next((f for f in section.fields if "drug" in f.kinds), None)
    utterances = transcript.utterances
    for n, utterance in enumerate(utterances):
        if field is None or utterance.speaker is not Speaker.CLINICIAN:
            continue
        following = utterances[n + 1] if n + 1 < len(utterances) else None
        if following is not None and following.speaker is not Speaker.CLINICIAN and is_plain_no(following.text):
            continue
        for sentence in sentences_of(compact(utterance)):
            said = _ON.search(sentence)
            if said and not _CHANGES.search(sentence[: said.end("what")]) and not is_question(tokenise(sentence)):
                for medicine in _named(said["what"]):
                    yield Phrase(field, medicine, (utterance.id,))


def _named(text: str) -> list[str]:
    """The names of the medicines in a text as they were said, misheard ones marked."""
    written = heard_names(text)
    found = []
    for name in sorted(medicines_in(written)):
        said = next((words for n, words in said_names(written) if n == name), name)
        marked = re.search(rf"\b{re.escape(said)}\b(?: \(heard as [^)]*\))?", written, re.IGNORECASE)
        found.append(marked[0] if marked else said)
    return found


def _clinicians(utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, str]]:
    for utterance in utterances:
        if utterance.speaker is Speaker.CLINICIAN:
            yield utterance, compact(replace(utterance, text=re.sub(r"\s+([,.?!])", r"\1", utterance.text)))
