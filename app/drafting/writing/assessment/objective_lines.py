"""Findings and results as the clinician stated them, in place of what a model made of the same; no number twice."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.hearing.heard import Heard, Status
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in
from app.drafting.spoken.findings import Finding
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.phrases import Phrase

_NEGATED = re.compile(r"\b(?:no|not|without|never|normal|negative|non|absent)\b|n't\b", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"\b(?:might|may|could|if|exclude|rule out|someone|somebody|people|patients|possibl\w+|would be)\b", re.IGNORECASE
)


def with_stated_findings(
    section: SectionTemplate, phrases: Sequence[Phrase], findings: Sequence[Finding]
) -> list[Phrase]:
    """Return an objective section with the clinician's own findings; phrases of the model on the same give way.

    Other sections are returned as they are.
    """
    exam = next((f for f in section.fields if "finding" in f.kinds and not f.said), None)
    if exam is None or section.said_by is not Speaker.CLINICIAN:
        return list(phrases)
    result = section.field_with("result") or exam
    ruled = [_phrase(finding, exam, result) for finding in findings]
    if section.field_with("vital") is not None:
        ruled = [r for r in ruled if not (_numbers(r.text) and _is_vital(r.text))]
    kept = [p for p in phrases if p.none or p.field not in (exam, result) or not any(_same(p, r) for r in ruled)]
    return [*kept, *ruled]


def _phrase(finding: Finding, exam: Field, result: Field) -> Phrase:
    tested = bool(finding.test) or kinds_in(finding.text) & {"test", "finding"} == {"test"}
    text = f"{finding.test}: {finding.text}" if finding.test else finding.text
    return Phrase(result if tested else exam, text, finding.ids, stated=True)


def _is_vital(text: str) -> bool:
    """Whether a text measures and finds nothing besides: it is read among the vital signs."""
    return "measure" in kinds_in(text) and not {kind_of(n) for n in names_in(text)} & {"symptom", "test"}


def _same(phrase: Phrase, stated: Phrase) -> bool:
    """Whether a phrase tells of nothing but what a stated line tells, rightly or wrongly."""
    names = {n for n in names_in(phrase.text) if kind_of(n) in ("finding", "symptom", "measure", "test", "condition")}
    shared = bool(set(phrase.evidence) & set(stated.evidence))
    if content_stems(phrase.text) <= content_stems(stated.text) and (shared or names):
        return True
    return shared and bool(names) and names <= set(names_in(stated.text))


def without_measured_twice(section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases without those that only measure and whose numbers all stand among the vital signs."""
    vital = section.field_with("vital")
    known = {n for p in phrases if p.field is vital for n in _numbers(p.text)}
    if vital is None or not known:
        return list(phrases)
    return [p for p in phrases if p.field is vital or p.is_quote or not _only_measures(p.text, known)]


def _only_measures(text: str, known: set[float]) -> bool:
    numbers, kinds = _numbers(text), kinds_in(text)
    return bool(numbers) and numbers <= known and kinds <= {"measure"}


def _numbers(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}


def as_found(section: SectionTemplate, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the findings of the model with a 'no' where all that they name was only said not to be there."""
    exam = next((f for f in section.fields if "finding" in f.kinds and not f.said), None)
    told = [p for p in phrases if p.field is exam and not (p.stated or p.is_quote or _NEGATED.search(p.text))]
    if exam is None or not told:
        return list(phrases)
    heard = Heard(transcript)
    supposed = {id(p) for p in told if _only_supposed(p, transcript)}
    phrases = [p for p in phrases if id(p) not in supposed]
    return [replace(p, text=f"no {p.text}") if p in told and _was_negated(p, heard) else p for p in phrases]


def _only_supposed(phrase: Phrase, transcript: Transcript) -> bool:
    """Whether every sentence of the evidence that names a finding only supposes it: 'somebody might have wax'."""
    names = set(names_in(phrase.text))
    said = [s for u in transcript.utterances if u.id in phrase.evidence for s in sentences_of(u.text)]
    holding = [s for s in said if names & set(names_in(s))]
    return bool(names and holding) and all(_SUPPOSES.search(s) for s in holding)


def _was_negated(phrase: Phrase, heard: Heard) -> bool:
    names = [n for n in names_in(phrase.text) if kind_of(n) in ("finding", "symptom")]
    said = [{m.status for m in heard.concepts.get(n, []) if not m.conditional} for n in names]
    return bool(names) and all(Status.NEGATED in s and s <= {Status.NEGATED, Status.ASKED} for s in said)
