"""The organisation's server as a language model: the OpenAI protocol for chats, as vLLM and llama-server speak it."""

import math
from collections.abc import Iterator
from typing import Any

from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, Prompt, share
from app.drafting.engines.server_connection import Event, Receive, ServerConnection, Sign
from app.drafting.engines.server_errors import ScoresUnsupportedError, ServerError, unusable
from app.server_policy import ORGANISATION, LanguageServer

CHARACTERS_PER_TOKEN = 2.5
"""English has about four. The OpenAI protocol has no way to ask for the server's own count: this is an upper bound."""

FRAME_TOKENS = 64
"""Tokens that a chat form adds around the texts, at most."""

TOP_PROBABILITIES = 20
"""The most that the protocol lets one ask for."""


class OrganisationServer:
    """A model on a server inside the organisation. It is contacted when it is asked, never before."""

    def __init__(self, server: LanguageServer) -> None:
        """Prepare the connection. Raises `ServerError` if certificates or key cannot be used."""
        self._server = server
        self._connection = ServerConnection(server)
        self.wrote = False
        """Whether the answer that was asked for last had begun to come."""
        self._form_refused = False

    @staticmethod
    def name_of(server: LanguageServer) -> str:
        """That it is the organisation's server, and the model's name there."""
        return f"{ORGANISATION}: {server.model}"

    @staticmethod
    def most_tokens(prompt: Prompt) -> int:
        """No fewer tokens than the prompt has: an upper bound, because nothing is sent for it."""
        return math.ceil((len(prompt.system) + len(prompt.user)) / CHARACTERS_PER_TOKEN) + FRAME_TOKENS

    @property
    def name(self) -> str:
        """See `name_of`."""
        return self.name_of(self._server)

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and answer may have together, as the policy says."""
        return self._server.context_tokens

    @property
    def obeys_grammar(self) -> bool:
        """The OpenAI protocol has no grammars, and servers that have them may be too old: answers must be validated."""
        return False

    def count_tokens(self, prompt: Prompt) -> int:
        """See `most_tokens`."""
        return self.most_tokens(prompt)

    def generate(self, asked: Generation) -> str:
        """Answer the prompt; see `LanguageModel.generate`. Raises `ServerError`."""
        total = self.count_tokens(asked.prompt)
        pieces: list[str] = []
        ended: set[object] = set()
        self.wrote = False
        asked.tell_read(0, total)

        def receive(event: Event) -> Sign:
            asked.check()
            read = event.get("prompt_progress")
            if isinstance(read, dict):
                asked.tell_read(_number(read.get("processed")), max(1, _number(read.get("total"))))
            ended.update(c["finish_reason"] for c in _choices(event) if c.get("finish_reason"))
            piece = "".join(_text(choice) for choice in _choices(event))
            if piece:
                if not self.wrote:
                    asked.tell_read(total, total)
                self.wrote = True
                pieces.append(piece)
                asked.tell_written(piece)
                return Sign.WRITING
            works = isinstance(read, dict) or any(_thinks(choice) for choice in _choices(event))
            return Sign.WORKING if works else Sign.NOTHING

        self._ask_formed(asked, receive)
        if not pieces and ended == {"length"}:
            raise unusable("it never came to the answer")  # no words at all would pass for "nothing was said"
        return "".join(pieces)

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:
        """Share of each answer as the first word of the reply; see `LanguageModel.score`.

        Raises `ScoresUnsupportedError` if the server gives no probabilities, else `ServerError`.
        """
        found: list[tuple[str, float]] = []
        self.wrote = False

        def receive(event: Event) -> Sign:
            if cancel is not None:
                cancel.check()
            for choice in _choices(event):
                found.extend(_probabilities(choice))
            return Sign.WORKING

        body = self._body(prompt, 1) | {"logprobs": True, "top_logprobs": TOP_PROBABILITIES}
        self._connection.ask(body, receive, max_tokens=1, cancel=cancel)
        if not found:
            raise ScoresUnsupportedError
        return share(found, answers)

    def close(self) -> None:
        """Nothing is kept between questions."""

    def _body(self, prompt: Prompt, max_tokens: int) -> Event:
        body: Event = {
            "model": self._server.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "max_tokens": max_tokens,
            "temperature": 0.0,
            "stream": True,
        }
        if self._server.dialect != "openai":
            body["chat_template_kwargs"] = {"enable_thinking": False}
        if self._server.dialect == "llama-server":
            body |= {"return_progress": True, "cache_prompt": True}
        return body

    def _ask_formed(self, asked: Generation, receive: Receive) -> None:
        """Ask with the grammar in the server's own way; without it if a server of another age refuses it."""
        body = self._body(asked.prompt, asked.max_tokens)
        form = self._form(asked.grammar) if asked.grammar is not None and not self._form_refused else {}
        try:
            self._connection.ask(body | form, receive, max_tokens=asked.max_tokens, cancel=asked.cancel)
        except ServerError as error:
            if not form or error.status not in (400, 422):
                raise
            self._connection.ask(body, receive, max_tokens=asked.max_tokens, cancel=asked.cancel)
            self._form_refused = True

    def _form(self, grammar: str) -> Event:
        match self._server.dialect:
            case "llama-server":
                return {"grammar": grammar}
            case "vllm":
                return {"structured_outputs": {"grammar": grammar}}
            case _:
                return {}


def _choices(event: Event) -> Iterator[dict[str, Any]]:
    choices = event.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise unusable("its choices are no list of objects")
    for choice in choices:
        if choice.get("finish_reason") not in (None, "stop", "length"):
            raise ServerError("would not write this answer", "Draft with a local model.")
        yield choice


def _delta(choice: dict[str, Any]) -> dict[str, Any]:
    delta = choice.get("delta") or {}
    if not isinstance(delta, dict):
        raise unusable("a piece is no object")
    return delta


def _text(choice: dict[str, Any]) -> str:
    content = _delta(choice).get("content")
    if content is not None and not isinstance(content, str):
        raise unusable("a piece is no text")
    return content or ""


def _thinks(choice: dict[str, Any]) -> bool:
    """Models that think aloud first send that apart; it is not part of the answer."""
    return bool(_delta(choice).get("reasoning_content") or _delta(choice).get("reasoning"))


def _probabilities(choice: dict[str, Any]) -> Iterator[tuple[str, float]]:
    try:
        for token in (choice.get("logprobs") or {}).get("content") or ():
            for top in token["top_logprobs"]:
                yield str(top["token"]), min(0.0, float(top["logprob"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise unusable("its probabilities are malformed") from None


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise unusable("its progress is no number")
    return value
