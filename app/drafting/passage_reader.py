"""Asks the language model about one passage of a visit, or lets it read ahead without asking."""

from app.domain.passages import AnsweredPassage
from app.domain.work import CancelToken
from app.drafting.language_model import LanguageModel
from app.drafting.passages import Passage
from app.drafting.templates import Template


class PassageReader:
    """Stateless apart from the model's own prefix cache. Not safe to call from two threads at once."""

    def __init__(self, model: LanguageModel, template: Template) -> None:
        self._model = model
        self._template = template

    def answer(self, passage: Passage, cancel: CancelToken | None = None) -> AnsweredPassage | None:
        """Return what the model answered; None if it gave no usable answer.

        Raises:
            WorkCancelledError: promptly after `cancel` was set.
            EngineError: the model failed.
        """
        raise NotImplementedError

    def read_ahead(self, passage: Passage | None = None, cancel: CancelToken | None = None) -> None:
        """Read what is said of a passage so far into the model's cache (None: the form alone); write nothing."""
        raise NotImplementedError
