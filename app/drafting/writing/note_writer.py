"""Turns what was answered about the passages of a visit into the sections of one note, by rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.note import Section, Statement, Support
from app.domain.passages import AnsweredPassage
from app.domain.style import Length, Style
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.rules.then_and_now import changes_in
from app.drafting.reading.answer_form import Claim
from app.drafting.reading.passages import Passage
from app.drafting.spoken.directed import is_directed
from app.drafting.spoken.exchanges import Exchanges, content_stems, names_in
from app.drafting.spoken.findings import stated_findings
from app.drafting.spoken.given_medicines import is_continued, is_new_dose, is_newly_given
from app.drafting.spoken.orders import without_orders
from app.drafting.spoken.talk import Talk
from app.drafting.style.brevity import Brevity
from app.drafting.templates.template import Field, SectionTemplate, Template
from app.drafting.writing.assessment.grounded_findings import with_grounded_findings
from app.drafting.writing.assessment.objective_lines import as_found, with_stated_findings, without_measured_twice
from app.drafting.writing.assessment.stated_diagnoses import with_stated_diagnoses
from app.drafting.writing.corrections import corrections_in, without_corrected
from app.drafting.writing.cued import with_cued
from app.drafting.writing.grounds import Grounds, grounded
from app.drafting.writing.history.changed_complaints import dated_denials, with_changes
from app.drafting.writing.history.course_answers import course_answers
from app.drafting.writing.history.limited_answers import with_limits
from app.drafting.writing.history.patients_lines import PatientsLines
from app.drafting.writing.history.plain_answers import plain_answers, with_plain_answers
from app.drafting.writing.merging import merged, overlaps, same_words
from app.drafting.writing.misplaced import Whose, is_no_medicine
from app.drafting.writing.phrases import Phrase, Sorter, affirmed_not_yet_said, denials_not_yet_said
from app.drafting.writing.plan.grounded_plans import orders_of, with_grounded_plans
from app.drafting.writing.plan.plan_lines import settled_plan
from app.drafting.writing.plan.plan_phrases import with_stated_plans, without_repeats
from app.drafting.writing.plan.stated_plans import stated_plans
from app.drafting.writing.quoting import quotes
from app.drafting.writing.spoken_answers import asked_and_answered, left_unsaid, vital_signs

NOT_CHECKED = "not checked against the transcript yet"
NOT_SAID = "nobody said so, or not as a finding, a diagnosis or a plan"
ORDERS = "Somebody gave orders to the program that writes the note; they were taken as talk."
NO_EVIDENCE = "nothing in the transcript supports it"


@dataclass(frozen=True, slots=True)
class _Answered:
    """A passage's answers with the talk that they are about."""

    passage: AnsweredPassage
    said: Talk

    def claims(self, section: SectionTemplate, template: Template, stated: Sequence[str] = ()) -> list[Claim]:
        """The section's claims without those that belong to another field in which they stand as well.

        What only the clinician says and what is a finding, a diagnosis or a plan, too, is not what the patient told;
        what stands in a later field with a kind of its own is an operation, say, and no illness. `stated` are the
        findings and plans that rules read.
        """
        found: list[Claim] = []
        clinicians = [t for s in template.sections if s.said_by for f in s.form for t in self._phrases(s, f)]
        clinicians += stated
        for number, field in enumerate(section.form):
            later = [
                t for f in section.form[number + 1 :] if f.kinds and not f.strict for t in self._phrases(section, f)
            ]
            for text in self._phrases(section, field):
                if not field.first and any(same_words(text, other) for other in later):
                    continue
                if not section.said_by and not self.said.is_told(text) and any(overlaps(text, c) for c in clinicians):
                    continue
                found.append(Claim(field.name, text))
        return found

    def planned(self, section: SectionTemplate, template: Template, whose: Whose) -> list[Claim]:
        """What the model wrote as the patient's own, and what the clinician only advises: medicines, orders."""
        into = next((f for f in section.form if "drug" in f.kinds), None)
        if into is None or section.said_by is not Speaker.CLINICIAN:
            return []
        own = [
            t
            for s in template.sections
            if not s.said_by
            for f in s.form
            if "drug" in f.kinds
            for t in self._phrases(s, f)
        ]
        advised = [
            t
            for t in own
            if is_newly_given(t, whose.given)
            or is_new_dose(t, self.said.transcript)
            or (is_no_medicine(t) and self.said.states(t) and not self.said.is_told(t))
        ]
        advised += [f"continue {t}" for t in own if is_continued(t, self.said.transcript) and t not in advised]
        rest = section.field_with("rest")
        told = [
            t
            for s in template.sections
            if not s.said_by
            for f in s.form
            if not (f.kinds or f.role)
            for t in self._phrases(s, f)
        ]
        ordered = [t for t in told if rest is not None and is_directed(t, self.said)]
        return [*(Claim(into.name, t) for t in advised), *(Claim(rest.name, t) for t in ordered if rest is not None)]

    def _phrases(self, section: SectionTemplate, field: Field) -> tuple[str, ...]:
        return self.passage.answers.get(f"{section.key}.{field.name}", ())


class NoteWriter:
    """Writes one note. `unread` are utterances for which the model gave no usable answer; they are quoted."""

    def __init__(
        self,
        transcript: Transcript,
        answered: Sequence[tuple[AnsweredPassage, Passage]],
        unread: Sequence[Utterance] = (),
        style: Style | None = None,
    ) -> None:
        self._transcript = _part(transcript, transcript.utterances)
        length = (style or Style()).length
        self._full = length is Length.FULL
        self._brevity = Brevity() if length is Length.BRIEF else None
        self._unread = _part(transcript, unread)
        place = {u.id: n for n, u in enumerate(transcript.utterances)}
        in_order = sorted(answered, key=lambda pair: (place[pair[1].utterances[0].id], pair[0].start))
        self._answered = [
            _Answered(answers, Talk(_part(transcript, (*passage.context, *passage.utterances))))
            for answers, passage in in_order
        ]
        self._exchanges = Exchanges(self._transcript)
        self._sorter = Sorter(self._transcript, self._exchanges)
        self._grounds = Grounds(self._transcript, self._exchanges)
        self._patients = PatientsLines(self._transcript)
        self._changes = changes_in(self._transcript)
        self._plain_answers = plain_answers(self._transcript, self._exchanges)
        self._corrections = corrections_in(self._transcript)
        self._plans = stated_plans(self._transcript)
        self._orders = orders_of(self._transcript)
        self._findings = stated_findings(self._transcript)
        self._ordered = self._transcript.utterances != transcript.utterances
        self._quoted: list[str] = []
        self._count = 0
        self.fields: dict[str, Field | None] = {}
        """Which field each statement (by its id) was found for; None for lines that are quoted without one."""

    def sections(self, template: Template) -> tuple[Section, ...]:
        """Return the sections in the order of the template."""
        return tuple(self._section(section, template) for section in template.sections)

    def notices(self) -> list[str]:
        """Sentences on what a reader must know about this draft; after `sections`."""
        found = []
        if self._quoted:
            found.append(f"The language model gave no usable answer for: {', '.join(self._quoted)}. Lines are quoted.")
        if number := self._sorter.unheard_numbers:
            found.append(f"{number} phrase{'s' * (number > 1)} with numbers that nobody said {_were(number)} left out.")
        if number := self._sorter.left_out:
            found.append(f"Kept out of the note: {number} phrase{'s' * (number > 1)} of the model; {NOT_SAID}.")
        if self._brevity is not None:
            found += self._brevity.notices()
        if self._ordered:
            found.append(ORDERS)
        speakers = {u.speaker for u in self._transcript.utterances}
        if Speaker.CLINICIAN not in speakers or Speaker.PATIENT not in speakers:
            found.append("It is not known who spoke: findings and plans may be mixed with what the patient told.")
        return found

    def _section(self, section: SectionTemplate, template: Template) -> Section:
        """The sorted claims, then what was asked, denied or said aloud and is missing, then quotes."""
        whose = self._sorter.whose
        stated = [*(plan.text for plan in self._plans), *(finding.text for finding in self._findings)]
        claims = [[*a.claims(section, template, stated), *a.planned(section, template, whose)] for a in self._answered]
        sorted_claims = [self._sorter.sort(section, c, a.said) for c, a in zip(claims, self._answered, strict=True)]
        phrases = without_corrected(merged(section, sorted_claims), self._corrections)
        stand = self._patients.settled(section, grounded(section, phrases, self._grounds))
        self._sorter.left_out += len(phrases) - len(stand)
        stand = with_grounded_plans(section, stand, self._orders)
        stand = with_grounded_findings(section, stand, self._transcript)
        stand = with_stated_plans(section, with_stated_findings(section, stand, self._findings), self._plans)
        stand = without_corrected(as_found(section, stand, self._transcript), self._corrections)
        completed = self._completed(section, stand, failed=bool(self._unread.utterances))
        phrases = self._patients.finished(section, completed, whose)
        phrases = settled_plan(section, with_stated_diagnoses(section, phrases, self._transcript), self._transcript)
        phrases = without_measured_twice(section, without_repeats(phrases))
        if self._brevity is not None:
            phrases = self._brevity.shortened(section, phrases)
        statements = [self._statement(text, evidence, field) for field, text, evidence in _joined(phrases)]
        if self._unread.utterances:
            self._quoted.append(section.title)
            statements += [self._statement(text, (u.id,), None) for text, u in quotes(self._unread, section)]
        return Section(section.key, section.title, tuple(statements))

    def _completed(self, section: SectionTemplate, phrases: list[Phrase], *, failed: bool) -> list[Phrase]:
        """Add what rules read from the talk itself and the model left out."""
        vital = section.field_with("vital")
        if vital is not None:
            phrases = [*phrases, *vital_signs(self._transcript, vital)]
        filled = {p.field for p in phrases}
        known = {name for p in phrases if p.field.role == "denied" for name in names_in(p.text)}
        answers = asked_and_answered(self._transcript, self._exchanges, section, filled)
        phrases = [*phrases, *(p for p in answers if not (p.none and set(names_in(p.field.none)) & known))]
        symptoms, denied = section.field_with("symptoms"), section.field_with("denied")
        if symptoms is not None:
            phrases = [*phrases, *affirmed_not_yet_said(self._exchanges, symptoms, phrases)]
        if denied is not None:
            said = [p.text or p.sentence for p in phrases]
            phrases = [*phrases, *denials_not_yet_said(self._exchanges, denied, said)]
        if symptoms is not None or denied is not None:
            phrases = with_plain_answers(self._plain_answers, symptoms, denied, phrases)
        if symptoms is not None:
            phrases = with_changes(symptoms, denied, phrases, self._changes)
            phrases = with_limits(symptoms, phrases, self._transcript)
        if denied is not None:
            phrases = dated_denials(denied, phrases, self._exchanges)
        phrases = [*phrases, *course_answers(self._transcript, self._exchanges, section, phrases)]
        phrases = with_cued(self._transcript, section, phrases, uncut=self._full)
        if section.complete and not failed:
            unsaid = list(left_unsaid(self._transcript, self._exchanges, section, phrases, uncut=self._full))
            phrases = [*(p for p in phrases if not any(_is_within(p, quote) for quote in unsaid)), *unsaid]
        return [p for field in section.fields for p in phrases if p.field is field]

    def _statement(self, text: str, evidence: tuple[str, ...], field: Field | None) -> Statement:
        self._count += 1
        self.fields[f"s{self._count}"] = field
        reason = NOT_CHECKED if evidence else NO_EVIDENCE
        return Statement(f"s{self._count}", text, evidence, Support.UNSUPPORTED, (reason,))


def _part(transcript: Transcript, utterances: Sequence[Utterance]) -> Transcript:
    return Transcript(transcript.duration, transcript.language, transcript.model, without_orders(utterances))


def _is_within(phrase: Phrase, quote: Phrase) -> bool:
    """Whether a quote says all that a phrase of the same field says."""
    same = phrase.field is quote.field and not phrase.stated and set(phrase.evidence) <= set(quote.evidence)
    return same and bool(phrase.evidence) and content_stems(phrase.text) <= content_stems(quote.text)


def _joined(phrases: Sequence[Phrase]) -> list[tuple[Field, str, tuple[str, ...]]]:
    """Join the phrases of one field that rest on the same evidence into one sentence of the field."""
    groups: dict[tuple[object, ...], list[Phrase]] = {}
    for number, phrase in enumerate(phrases):
        alone = phrase.none or phrase.is_quote or phrase.stated or not phrase.evidence
        groups.setdefault((phrase.field, phrase.evidence, number if alone else None), []).append(phrase)
    found = []
    for members in groups.values():
        first = members[0]
        text = first.text if first.none else ", ".join(p.text for p in members)
        sentence = Phrase(first.field, text, first.evidence, first.none).sentence
        found.append((first.field, sentence, first.evidence))
    return found


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
