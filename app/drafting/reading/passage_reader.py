"""Asks the language model about one passage of a visit, or lets it read ahead without asking."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from app.domain.passages import AnsweredPassage
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, LanguageModel, OnRead
from app.drafting.engines.loading import names_of
from app.drafting.reading.answer_form import AnswerError, Claim, grammar, read_answer
from app.drafting.reading.asking import FormField, fields_to_ask, form_of
from app.drafting.reading.passages import Passage, digest_of, speakers_of
from app.drafting.reading.prompts import ahead_prompt, is_silent, passage_prompt, system_text
from app.drafting.templates.template import Template

MAX_ANSWER_TOKENS = 320
MOST_PHRASES = 5
"""Of one field in one passage."""


class PassageReader:
    """Stateless apart from the model's own prefix cache. Not safe to call from two threads at once."""

    def __init__(self, model: LanguageModel, template: Template) -> None:
        self._model = model
        self._form = form_of(template)
        self._system = system_text(self._form)
        self._template = _identity(self._form, self._system)

    def knows(self, passage: AnsweredPassage) -> bool:
        """Whether a passage was answered by the same model on the same form."""
        return passage.template == self._template and passage.model in names_of(self._model)

    def answer(
        self, passage: Passage, cancel: CancelToken | None = None, *, on_read: OnRead | None = None
    ) -> AnsweredPassage | None:
        """Return what the model answered; None if two answers could not be read. Nothing clinical: no question.

        Raises:
            WorkCancelledError: promptly after `cancel` was set.
            EngineError: the model failed.
        """
        fields = () if is_silent(passage.utterances) else fields_to_ask(self._form, passage)
        claims = self._ask(passage, fields, cancel, on_read) if fields else ()
        if claims is None:
            return None
        phrases: dict[str, list[str]] = defaultdict(list)
        keys = {asked.label: asked.key for asked in fields}
        for claim in claims:
            phrases[keys[claim.field]].append(claim.text)
        return AnsweredPassage(
            start=passage.start,
            end=passage.end,
            words=digest_of(passage.utterances),
            template=self._template,
            model=self._model.name,
            answers={key: tuple(texts) for key, texts in phrases.items()},
            speakers=speakers_of(passage.utterances),
        )

    def read_ahead(self, passage: Passage | None = None, cancel: CancelToken | None = None) -> None:
        """Read what is said of a passage so far into the model's cache (None: the form alone); write nothing.

        Raises:
            WorkCancelledError, EngineError.
        """
        self._model.generate(Generation(ahead_prompt(self._system, passage), max_tokens=1, cancel=cancel))

    def _ask(
        self, passage: Passage, fields: Sequence[FormField], cancel: CancelToken | None, on_read: OnRead | None
    ) -> tuple[Claim, ...] | None:
        labels = [asked.label for asked in fields]
        for repair in (False, True):
            asked = Generation(
                passage_prompt(self._system, passage, fields, repair=repair),
                max_tokens=MAX_ANSWER_TOKENS,
                grammar=grammar(labels, MOST_PHRASES),
                on_read=on_read,
                cancel=cancel,
            )
            answer = self._model.generate(asked)
            try:
                return read_answer(answer, labels, MOST_PHRASES)
            except AnswerError:
                continue
        return None


def _identity(form: Sequence[FormField], system: str) -> str:
    """Digest of the form: an answer to another wording, or to other fields, is another answer."""
    keys = [f"{asked.key}={asked.label}" for asked in form]
    return hashlib.sha256("\n".join([system, *keys]).encode()).hexdigest()
