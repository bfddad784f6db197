"""Asks the model for each section, in parts if the visit is longer than the model's context."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.work import CancelToken, Progress
from app.drafting.answer_form import AnswerError, Claim, grammar, read_answer
from app.drafting.language_model import LanguageModel
from app.drafting.prompt_lines import Line
from app.drafting.prompts import section_prompt
from app.drafting.templates import SectionTemplate, Template

MAX_ANSWER_TOKENS = 700
FEWEST_CHARACTERS_PER_TOKEN = 2.5
"""English speech has about four; only prompts that might not fit by this count are measured by the model itself."""

READING_SHARE = 0.6
OVERLAP_LINES = 2


@dataclass(slots=True)
class Asking:
    """One draft's questions to the model, with their progress."""

    model: LanguageModel
    template: Template
    progress: Progress
    cancel: CancelToken

    def parts(self, lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
        """Split the lines so that each part fits with its answer; the parts overlap by two lines."""
        pending, done = [tuple(lines)], list[tuple[Line, ...]]()
        while pending:
            part = pending.pop(0)
            if len(part) == 1 or self._fits(part):
                done.append(part)
                continue
            middle = len(part) // 2
            overlap = OVERLAP_LINES if len(part) > 4 * OVERLAP_LINES else 0
            pending[:0] = [part[:middle], part[middle - overlap :]]
        return tuple(done)

    def _fits(self, part: Sequence[Line]) -> bool:
        room = self.model.context_tokens - MAX_ANSWER_TOKENS
        prompts = [section_prompt(part, section, repair=True) for section in self.template.sections]
        longest = max(prompts, key=lambda p: len(p.instruction))
        if len(longest.system) + len(longest.user) <= room * FEWEST_CHARACTERS_PER_TOKEN:
            return True
        if len(longest.system) + len(longest.user) > room * 8:
            return False
        self.cancel.check()
        return self.model.count_tokens(longest) <= room

    def answers(self, parts: Sequence[Sequence[Line]]) -> Iterator[tuple[SectionTemplate, tuple[Claim, ...], int]]:
        """Yield each section with its claims and the number of parts for which no usable answer came."""
        if len(parts) == 1:
            for number, section in enumerate(self.template.sections):
                claims = self._ask(parts[0], section, (0, 1), number)
                yield section, claims or (), int(claims is None)
            return
        claims_of: dict[str, list[Claim]] = {s.key: [] for s in self.template.sections}
        failures = dict.fromkeys(claims_of, 0)
        for at, part in enumerate(parts):  # all sections of a part before the next, so that each part is read once
            for number, section in enumerate(self.template.sections):
                claims = self._ask(part, section, (at, len(parts)), number)
                claims_of[section.key].extend(claims or ())
                failures[section.key] += claims is None
        for section in self.template.sections:
            yield section, tuple(claims_of[section.key]), failures[section.key]

    def _ask(
        self, lines: Sequence[Line], section: SectionTemplate, part: tuple[int, int], number: int
    ) -> tuple[Claim, ...] | None:
        """The claims for a section, None if two answers could not be read."""
        names = [field.name for field in section.form]
        for repair in (False, True):
            answer = self.model.generate(
                section_prompt(lines, section, repair=repair),
                max_tokens=MAX_ANSWER_TOKENS,
                grammar=grammar(names, section.most_per_field),
                on_read=lambda read, total: self._report(part, number, read / max(1, total), section),
                cancel=self.cancel,
            )
            try:
                return read_answer(answer, names, section.most_per_field)
            except AnswerError:
                continue
        return None

    def _report(self, part: tuple[int, int], number: int, read: float, section: SectionTemplate) -> None:
        """The first section of a part reads the transcript, the others find it in the cache."""
        if number == 0:
            within, phrase = READING_SHARE * read, "reading the transcript"
        else:
            within = READING_SHARE + (1 - READING_SHARE) * number / len(self.template.sections)
            phrase = f"writing {section.title.lower()}"
        self.progress((part[0] + min(1.0, within)) / part[1], phrase)
