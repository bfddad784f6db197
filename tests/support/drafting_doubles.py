"""A language model that answers from a script, and short ways to write transcripts."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, Prompt

SPEAKERS = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT, "O": Speaker.OTHER, "?": Speaker.UNKNOWN}


def visit(*turns: str) -> Transcript:
    """A transcript from turns such as `P: My knee hurts.`; ids u1, u2, …, five seconds each."""
    utterances = tuple(
        Utterance(f"u{n}", 5.0 * n, 5.0 * n + 5.0, SPEAKERS[turn[0]], turn[3:]) for n, turn in enumerate(turns, start=1)
    )
    return Transcript(5.0 * len(turns), "en", "test", utterances)


def form(**labels: Sequence[str]) -> str:
    """An answer; underscores in labels stand for spaces."""
    return json.dumps({name.replace("_", " "): list(values) for name, values in labels.items() if values})


class ScriptedModel:
    """Answers each prompt by a function of it; records all prompts."""

    name = "scripted"
    obeys_grammar = False

    def __init__(self, answer: Callable[[Prompt], str], context_tokens: int = 8192) -> None:
        self.answer = answer
        self.context_tokens = context_tokens
        self.prompts: list[Prompt] = []
        self.grammars: list[str | None] = []

    def count_tokens(self, prompt: Prompt) -> int:
        return len((prompt.system + prompt.user).split())

    def generate(self, asked: Generation) -> str:
        self.prompts.append(asked.prompt)
        self.grammars.append(asked.grammar)
        pieces: list[str] = []
        asked.tell_read(1, 2)
        for piece in _pieces(self.answer(asked.prompt)):
            asked.check()
            pieces.append(piece)
            asked.tell_written(piece)
        return "".join(pieces)

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:  # noqa: ARG002 - the protocol's signature
        return dict.fromkeys(answers, 1.0 / len(answers))

    def close(self) -> None:
        pass


def _pieces(text: str) -> Iterator[str]:
    return (text[n : n + 4] for n in range(0, len(text), 4))


def always(answer: str) -> Callable[[Prompt], str]:
    """Answer every passage with the labels that are asked."""

    def lines(prompt: Prompt) -> str:
        asked = re.findall(r'"([^"]+)"', prompt.instruction)
        given = json.loads(answer or "{}")
        return json.dumps({label: phrases for label, phrases in given.items() if label in asked})

    return lines
