"""Who said it: an examination finding must come from the clinician, a patient's report from the patient."""

from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import said_by
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words

_EXAM_WORDS = words("exam-voice")
_REPORT_WORDS = words("patient-voice")
_EXCHANGE = '" – "'
"""Between a quoted question and its quoted answer: who said what is plain to see."""


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about findings that only the patient named, and reports that only the clinician named."""
    yield from _label(case)
    if _EXCHANGE in case.text:
        return
    for clause in case.clauses:
        texts = {t.text for t in clause.tokens}
        exam = bool(texts & _EXAM_WORDS) or "objective" in case.section
        report = bool(texts & _REPORT_WORDS)
        for mention in clause.concepts():
            if exam and not report:
                yield from _finding(case, mention)
            elif report:
                yield from _report(case, clause, mention)


def _label(case: Case) -> Iterator[Doubt]:
    """What rests on an utterance that does not fit its speaker's label needs a look, whoever is taken for him."""
    resting = case.evidence if _EXCHANGE in case.text else case.evidence[:1]
    if any(case.heard.transcript.utterances[n].id in case.heard.doubtful for n in resting):
        yield Doubt(Support.PARTIAL, "who: what is said there does not fit the label of the speaker")


def _finding(case: Case, note: Mention) -> Iterator[Doubt]:
    heard = case.heard.concepts.get(note.name, [])
    if kind_of(note.name) not in ("symptom", "finding") or not heard:
        return
    if {m.speaker for m in heard} == {Speaker.PATIENT}:
        yield Doubt(Support.UNSUPPORTED, f"who: {note.said} was said by the patient, not found by the clinician")
    elif (
        kind_of(note.name) == "symptom"
        and not note.context.negated
        and all(m.speaker is Speaker.PATIENT or case.heard.clauses[m.clause][1].question for m in heard)
    ):
        yield Doubt(Support.PARTIAL, f"who: {note.said} was reported by the patient, not found by the clinician")


def _report(case: Case, clause: Clause, note: Mention) -> Iterator[Doubt]:
    heard = case.heard.concepts.get(note.name, [])
    if kind_of(note.name) != "finding" or not heard or len(clause.concepts()) > 3:
        return
    if said_by(heard) == {Speaker.CLINICIAN} and not any(case.heard.agreed(m) for m in heard):
        yield Doubt(Support.PARTIAL, f"who: {note.said} was said by the clinician, not by the patient")
