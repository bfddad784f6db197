"""From transcript to draft: one question per section on a shared prefix, then our own sorting and evidence."""

from collections.abc import Callable, Sequence

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, Progress, no_progress
from app.drafting.answer_form import Claim
from app.drafting.asking import Asking
from app.drafting.exchanges import Exchanges, content_stems, names_in
from app.drafting.language_model import LanguageModel
from app.drafting.phrases import Phrase, Sorter, affirmed_not_yet_said, denials_not_yet_said
from app.drafting.prompt_lines import prompt_lines
from app.drafting.quoting import quotes
from app.drafting.spoken_answers import asked_and_answered, left_unsaid, vital_signs
from app.drafting.templates import SectionTemplate, Template

NO_SPEECH = "There is nothing to draft: no speech was recognised."
NO_CONTENT = "There is nothing to draft: no clinical content was found in the transcript."
NOT_CHECKED = "not checked against the transcript yet"
NOT_SAID = "nobody said so, or not as a finding, a diagnosis or a plan"
NO_EVIDENCE = "nothing in the transcript supports it"

OnSection = Callable[[Section], None]


class Drafter:
    """Drafts notes with a language model. The model may be given as a function that loads it, called only if needed."""

    def __init__(self, model: LanguageModel | Callable[[], LanguageModel]) -> None:
        self._given = model
        self._model: LanguageModel | None = None

    def draft(
        self,
        transcript: Transcript,
        template: Template,
        *,
        progress: Progress = no_progress,
        cancel: CancelToken | None = None,
        on_section: OnSection | None = None,
    ) -> Note:
        """Return the first draft. Every statement is UNSUPPORTED until the checking stage has marked it.

        Args:
            progress: hears the fraction done; reading the transcript is more than half of the work.
            on_section: hears each section as soon as it is complete.

        Raises:
            WorkCancelledError: promptly after `cancel` was set.
            EngineError, ModelMissingError: the model cannot be used.
        """
        lines = prompt_lines(transcript)
        if not lines:
            return Note(template.type, tuple(Section(s.key, s.title) for s in template.sections), (NO_SPEECH,))
        asking = Asking(self._load(), template, progress, cancel or CancelToken())
        parts = asking.parts(lines)
        writer = _Writer(transcript)
        sections: list[Section] = []
        for section, claims, failures in asking.answers(parts):
            sections.append(writer.section(section, claims, failures))
            if on_section is not None:
                on_section(sections[-1])
        progress(1.0, "drafted")
        notices = [*_about_parts(len(parts)), *writer.notices()]
        if not any(section.statements for section in sections):
            notices.append(NO_CONTENT)
        return Note(template.type, tuple(sections), tuple(notices))

    def _load(self) -> LanguageModel:
        if self._model is None:
            self._model = self._given() if callable(self._given) else self._given
        return self._model


class _Writer:
    """Turns claims into the statements of one note."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._exchanges = Exchanges(transcript)
        self._sorter = Sorter(transcript, self._exchanges)
        self._quoted: list[str] = []
        self._count = 0

    def section(self, section: SectionTemplate, claims: Sequence[Claim], failures: int) -> Section:
        """Return the section's statements: the sorted claims, then what was denied and is missing, then quotes."""
        phrases = self._completed(section, self._sorter.sort(section, claims), failed=bool(failures))
        statements = [self._statement(*joined) for joined in _joined(phrases)]
        if failures:
            self._quoted.append(section.title)
            statements += [self._statement(text, (u.id,)) for text, u in quotes(self._transcript, section)]
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
        if section.complete and not failed:
            unsaid = list(left_unsaid(self._transcript, self._exchanges, section, phrases))
            phrases = [*(p for p in phrases if not any(_is_within(p, quote) for quote in unsaid)), *unsaid]
        return _in_field_order(section, phrases)

    def notices(self) -> list[str]:
        """Sentences on what a reader must know about this draft."""
        found = []
        if self._quoted:
            found.append(f"The language model gave no usable answer for: {', '.join(self._quoted)}. Lines are quoted.")
        if number := self._sorter.unheard_numbers:
            found.append(f"{number} phrase{'s' * (number > 1)} with numbers that nobody said {_were(number)} left out.")
        if number := self._sorter.left_out:
            found.append(f"{number} phrase{'s' * (number > 1)} {_were(number)} left out: {NOT_SAID}.")
        speakers = {u.speaker for u in self._transcript.utterances}
        if Speaker.CLINICIAN not in speakers or Speaker.PATIENT not in speakers:
            found.append("It is not known who spoke: findings and plans may be mixed with what the patient told.")
        return found

    def _statement(self, text: str, evidence: tuple[str, ...]) -> Statement:
        self._count += 1
        reason = NOT_CHECKED if evidence else NO_EVIDENCE
        return Statement(f"s{self._count}", text, evidence, Support.UNSUPPORTED, (reason,))


def _is_within(phrase: Phrase, quote: Phrase) -> bool:
    """Whether a quote says all that a phrase of the same field says."""
    same = phrase.field is quote.field and set(phrase.evidence) <= set(quote.evidence)
    return same and bool(phrase.evidence) and content_stems(phrase.text) <= content_stems(quote.text)


def _joined(phrases: Sequence[Phrase]) -> list[tuple[str, tuple[str, ...]]]:
    """Join the phrases of one field that rest on the same evidence into one sentence."""
    groups: dict[tuple[object, ...], list[Phrase]] = {}
    for number, phrase in enumerate(phrases):
        alone = phrase.none or phrase.is_quote or not phrase.evidence
        groups.setdefault((phrase.field, phrase.evidence, number if alone else None), []).append(phrase)
    found = []
    for members in groups.values():
        first = members[0]
        text = first.text if first.none else ", ".join(p.text for p in members)
        found.append((Phrase(first.field, text, first.evidence, first.none).sentence, first.evidence))
    return found


def _in_field_order(section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
    return [p for field in section.fields for p in phrases if p.field is field]


def _about_parts(number: int) -> list[str]:
    if number == 1:
        return []
    return [f"The visit is longer than the model's context: it was read in {number} parts. Check for repeats."]


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
