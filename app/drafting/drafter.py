"""From transcript to draft: one question per passage, as far as they were not answered during the visit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.note import Note, Section
from app.domain.passages import AnsweredPassage
from app.domain.style import Style
from app.domain.transcript import Transcript, Utterance
from app.domain.work import CancelToken, Progress, no_progress
from app.drafting.engines.language_model import LanguageModel
from app.drafting.lexicon.remembered import readings_remembered
from app.drafting.reading.passage_reader import PassageReader
from app.drafting.reading.passages import Passage, located, unanswered
from app.drafting.reading.prompt_lines import prompt_lines
from app.drafting.spoken.doubtful_speakers import LikelySpeakers, likely_speakers
from app.drafting.spoken.single_spaces import with_single_spaces
from app.drafting.style.wording import worded, worded_section
from app.drafting.templates.template import Template
from app.drafting.writing.layout import Layout
from app.drafting.writing.note_writer import NoteWriter
from app.drafting.writing.telling.reported_speech import in_reported_speech, reported_sections
from app.drafting.writing.telling.with_questions import with_questions
from app.drafting.writing.told_besides import with_told_besides

NO_SPEECH = "There is nothing to draft: no speech was recognised."
NO_CONTENT = "There is nothing to draft: no clinical content was found in the transcript."

SHARE_FOR_PREVIEWS = 0.05
"""Share of the time that may go into sections made before all passages are answered."""

OnSection = Callable[[Section], None]
OnPassage = Callable[[AnsweredPassage], None]


class Drafter:
    """Drafts notes with a language model. The model may be given as a function that loads it, called only if needed."""

    def __init__(self, model: LanguageModel | Callable[[], LanguageModel]) -> None:
        self._given = model
        self._model: LanguageModel | None = None

    @readings_remembered()
    def draft(
        self,
        transcript: Transcript,
        template: Template,
        *,
        earlier: Sequence[AnsweredPassage] = (),
        style: Style | None = None,
        progress: Progress = no_progress,
        cancel: CancelToken | None = None,
        on_section: OnSection | None = None,
        on_passage: OnPassage | None = None,
    ) -> Note:
        """Return the first draft. Every statement is UNSUPPORTED until the checking stage has marked it.

        Args:
            earlier: passages answered before; those whose words still stand in the transcript are not asked again.
            style: how the note is written; nothing of it goes into a question, so answers serve every style.
            progress: hears the fraction done.
            on_section: hears sections as they grow; the newest of a key counts, the last ones are the note's.
            on_passage: hears each passage that was asked here.

        Raises:
            WorkCancelledError: promptly after `cancel` was set.
            EngineError, ModelMissingError: the model cannot be used.
        """
        transcript = with_single_spaces(transcript)
        if not prompt_lines(transcript.utterances):
            asked = [Section(s.key, s.title) for s in template.sections]
            return replace(Layout(template, transcript).note(asked, {}, (NO_SPEECH,)), style=(style or Style()).of_note)
        reader = PassageReader(self._load(), template)
        known = [p for p in earlier if reader.knows(p)]
        likely = likely_speakers(transcript)
        answered_before = [(p, _by_likely(likely, at)) for p, at in located(transcript.utterances, known)]
        visit = _Visit(likely, template, style or Style(), answered_before, on_section)
        passages = [_by_likely(likely, p) for p in unanswered(transcript.utterances, known)]
        if passages and visit.answered:
            visit.preview(visit.answered[-1][1])
        for number, passage in enumerate(passages):
            report = _reporter(progress, number, len(passages))
            answered = reader.answer(passage, cancel or CancelToken(), on_read=report)
            if answered is None:
                visit.unread.extend(passage.utterances)
                continue
            visit.answered.append((answered, passage))
            if on_passage is not None:
                on_passage(answered)
            if number + 1 < len(passages):
                visit.preview(passage)
        note = visit.note()
        progress(1.0, "drafted")
        return note

    def _load(self) -> LanguageModel:
        if self._model is None:
            self._model = self._given() if callable(self._given) else self._given
        return self._model


class _Visit:
    """One draft in the making."""

    def __init__(
        self,
        likely: LikelySpeakers,
        template: Template,
        style: Style,
        answered: list[tuple[AnsweredPassage, Passage]],
        on_section: OnSection | None,
    ) -> None:
        self._likely = likely
        self._transcript = likely.transcript
        self._template = template
        self._style = style
        self._on_section = on_section
        self._begun = time.monotonic()
        self._spent = 0.0
        self._shown: dict[str, Section] = {}
        self.answered = answered
        self.unread: list[Utterance] = []

    def note(self) -> Note:
        """The note of all that was answered."""
        writer = NoteWriter(self._transcript, self.answered, self.unread, self._style)
        sections = with_told_besides(
            writer.sections(self._template), writer.fields, self._template, self._transcript, self._style.length
        )
        sections = with_questions(sections, self._template, self._transcript)
        laid_out = Layout(self._template, self._transcript).note(sections, writer.fields)
        note = worded(in_reported_speech(laid_out, self._transcript, self._style.form), self._style)
        self._show(note.sections)
        notices = [*writer.notices(), *self._likely.notices()]
        if not any(section.statements for section in sections):
            notices.append(NO_CONTENT)
        return replace(note, notices=tuple(notices), style=self._style.of_note)

    def preview(self, last: Passage) -> None:
        """Show the sections so far, unless making them would take time that the draft needs."""
        now = time.monotonic()
        if self._on_section is None or self._spent > SHARE_FOR_PREVIEWS * (now - self._begun):
            return
        read = tuple(u for u in self._transcript.utterances if u.start < last.end or u.id == last.utterances[-1].id)
        so_far = Transcript(last.end, self._transcript.language, self._transcript.model, read)
        writer = NoteWriter(so_far, self.answered, self.unread, self._style)
        sections = writer.sections(self._template)
        shown = Layout(self._template, so_far).sections(sections, writer.fields, finished=False)
        if self._template.reader != "patient":
            shown = reported_sections(shown, so_far, self._style.form)
        self._show([worded_section(s, self._style, reader=self._template.reader) for s in shown])
        self._spent += time.monotonic() - now

    def _show(self, sections: Sequence[Section]) -> None:
        for section in sections:
            if self._on_section is not None and self._shown.get(section.key) != section:
                self._shown[section.key] = section
                self._on_section(section)


def _by_likely(likely: LikelySpeakers, passage: Passage) -> Passage:
    return Passage(likely.utterances(passage.utterances), likely.utterances(passage.context))


def _reporter(progress: Progress, number: int, total: int) -> Callable[[int, int], None]:
    """Reports reading within a passage as half of its work, then that its answer is written."""

    def report(read: int, tokens: int) -> None:
        done = min(1.0, read / max(1, tokens))
        phrase = "reading the transcript" if done < 1.0 else "writing the note"
        progress((number + 0.5 * done) / total, phrase)

    return report
