"""What drafting asks of a language model, whichever engine runs it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.work import CancelToken

OnToken = Callable[[str], None]
"""Called with each new piece of generated text."""

OnRead = Callable[[int, int], None]
"""Called while a prompt is read, with the tokens read so far (cached ones included) and the tokens in all."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to the model.

    `system` and `context` form the shared prefix: as long as they stay the same, the engine keeps its key/value
    cache and reads only the `instruction`. Texts must be free of control tokens, see `without_control_tokens`.
    """

    system: str
    context: str
    instruction: str = ""

    @property
    def user(self) -> str:
        """Context and instruction as one message of the user."""
        return f"{self.context}\n\n{self.instruction}" if self.instruction else self.context


@dataclass(frozen=True, slots=True)
class Generation:
    """An answer to be written, and who hears how it comes."""

    prompt: Prompt
    max_tokens: int
    grammar: str | None = None
    """GBNF (llama.cpp's form of BNF) whose rule `root` the answer must follow; see `LanguageModel.obeys_grammar`."""
    on_token: OnToken | None = None
    on_read: OnRead | None = None
    cancel: CancelToken | None = None

    def check(self) -> None:
        """Raise `WorkCancelledError` if the answer is no longer wanted."""
        if self.cancel is not None:
            self.cancel.check()

    def tell_read(self, done: int, total: int) -> None:
        """Report tokens of the prompt that are read, cached ones included, of all."""
        if self.on_read is not None:
            self.on_read(done, total)

    def tell_written(self, piece: str) -> None:
        """Report a new piece of the answer."""
        if self.on_token is not None:
            self.on_token(piece)


class LanguageModel(Protocol):
    """A local language model with one context. Not safe to call from two threads at once."""

    @property
    def name(self) -> str:
        """The model file's or folder's name."""

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and answer may have together."""

    @property
    def obeys_grammar(self) -> bool:
        """Whether `generate` holds the answer to the given grammar; if not, the caller must validate it."""

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt as the model reads it. Raises `EngineError`."""

    def generate(self, asked: Generation) -> str:
        """Answer the prompt with the most likely tokens, up to `max_tokens`.

        Raises:
            WorkCancelledError: promptly after `cancel` was set, also while the prompt is read.
            EngineError: the engine failed or the prompt does not fit.
        """

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:
        """Probability of each answer as the first word of the reply, scaled so that they sum to 1.

        Answers are compared without case and leading space. Without any mass on them all get the same share.
        """

    def close(self) -> None:
        """Stop the engine and free its memory. Closing twice is harmless."""


def share(log_probabilities: list[tuple[str, float]], answers: tuple[str, ...]) -> dict[str, float]:
    """Return each answer's share of the probability, from natural logarithms of the likeliest first tokens."""
    mass = dict.fromkeys(answers, 0.0)
    for token, log_probability in log_probabilities:
        word = token.strip().lower()
        for answer in answers:
            if word and answer.lower().startswith(word):
                mass[answer] += math.exp(log_probability)
    total = sum(mass.values())
    if total <= 0.0:
        return dict.fromkeys(answers, 1.0 / len(answers))
    return {answer: value / total for answer, value in mass.items()}
