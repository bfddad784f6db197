"""A finding or diagnosis of the model stands only where one statement of the clinician holds it, and not in passing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in
from app.drafting.spoken.heard_names import as_heard
from app.drafting.spoken.plan_clauses import plainly_spelt
from app.drafting.spoken.run_on import parted
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.assessment.stated_diagnoses import concludes
from app.drafting.writing.phrases import Phrase

_PASSING = re.compile(
    r"\b(?:screen(?:ing|ed|s)? (?:for|of)|(?:look|check|test|assess|watch)(?:ing|ed)? for|rul(?:e|ing) out"
    r"|exclud(?:e|ing)"
    r"|(?:often|usually|sometimes|typically|normally)(?: when)?,? (?:we|people|patients|this|these|it)"
    r"|when(?:ever)? (?:we|i) (?:\w+ )?see|(?:we|i) (?:always |usually )?worry about|(?:people|patients)"
    r"|potential (?:causes?|sources?|reasons?)|possible (?:causes?|reasons?)|can be (?:affected|caused|associated)"
    r"|reported in|risks? (?:of|for|include)|were (?:referred|sent)|sent you|referred you|higher risk|in case)\b",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"\b(?:mri|ct(?: scan)?|x-?rays?|ultrasound|echocardiogram|echo|ecg|ekg|blood work|labs|biopsy|endoscopy"
    r"|colonoscopy)\b",
    re.IGNORECASE,
)
_NO_PROBLEM = frozenset({"test", "procedure", "therapy", "drug", "specialist", "plan"})
_LEAST, _LEAST_NAMED = 0.75, 0.6
"""Share of a phrase's words with content that one statement must hold, and if it names all of its clinical names."""


def with_grounded_findings(section: SectionTemplate, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return an examination or assessment without the lines of the model that no single statement holds.

    What is only screened for, feared or said of people in general is dropped, too, and so is a test among the
    diagnoses; what a test showed goes to the results. Other sections are returned as they are.
    """
    exam = next((f for f in section.fields if "finding" in f.kinds and not f.said), None)
    if section.said_by is not Speaker.CLINICIAN or not (exam or concludes(section)):
        return list(phrases)
    return [settled for p in phrases if (settled := _settled(p, section, exam, transcript)) is not None]


def _settled(phrase: Phrase, section: SectionTemplate, exam: Field | None, transcript: Transcript) -> Phrase | None:
    judged = phrase.field is exam or (exam is None and not phrase.field.said)
    if not judged or phrase.none or phrase.stated or phrase.is_quote:
        return phrase
    kinds = kinds_in(phrase.text)
    if exam is None and kinds and kinds <= _NO_PROBLEM:
        return None
    holding = _holding(phrase, transcript)
    if not holding or all(_PASSING.search(s) for s in holding):
        return None
    result = section.field_with("result")
    test = _TEST.search(holding[0])
    if exam is None or result is None or test is None or _TEST.search(phrase.text):
        return phrase
    return replace(phrase, field=result, text=f"{test.group()}: {phrase.text}")


def _holding(phrase: Phrase, transcript: Transcript) -> list[str]:
    """The statements of the evidence that hold most of a phrase's words; a little fewer with all its clinical names."""
    text = as_heard(phrase.text)
    stems, names = content_stems(text), set(names_in(text))

    def holds(said: str) -> bool:
        least = _LEAST_NAMED if names and names <= set(names_in(said)) else _LEAST
        return len(stems & content_stems(said)) >= least * len(stems)

    return [said for said in _statements(phrase, transcript) if holds(said)]


def _statements(phrase: Phrase, transcript: Transcript) -> Iterator[str]:
    for utterance in transcript.utterances:
        if utterance.id in phrase.evidence and utterance.speaker is not Speaker.PATIENT:
            for sentence in sentences_of(utterance.text):
                yield from parted(plainly_spelt(sentence))
