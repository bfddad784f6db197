"""The organisation's server first, the local model behind it; whoever writes is named, and a fall-back is told."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.domain.errors import AnamnesisError, ModelMissingError
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, LanguageModel, Prompt
from app.drafting.engines.organisation_server import OrganisationServer
from app.drafting.engines.server_errors import ScoresUnsupportedError, ServerError
from app.server_policy import LanguageServer

RETRY_PAUSE = 0.3
"""Seconds between the first try and the second."""

LEFT_ALONE_SECONDS = 60.0
"""After a failure the server is not asked for so long: a visit must not wait for it at every question."""

DRAFTING_HERE = "the organisation's server cannot be used; drafting on this machine"

Told = Callable[[str], None]
"""Hears a phrase for the progress line."""

T = TypeVar("T")


def _unheard(_phrase: str) -> None:
    """Nobody listens."""


class FallbackModel:
    """Answers by the server, by the local model if the server fails. Not safe to call from two threads at once."""

    def __init__(
        self, server: LanguageServer, local: Callable[[], LanguageModel], *, local_context_tokens: int = 8192
    ) -> None:
        """`local` loads the local model; it is called at the first failure, not before."""
        self._policy = server
        self._load_local = local
        self._local_context = local_context_tokens
        self._server: OrganisationServer | None = None
        self._local: LanguageModel | None = None
        self._failure: ServerError | None = None
        self._not_before = 0.0
        self._last_writer: str | None = None
        self._writers: set[str] = set()
        self._told: Told = _unheard

    @property
    def name(self) -> str:
        """Who wrote the last answer; before the first one the server."""
        return self._last_writer or self._server_name

    @property
    def names(self) -> frozenset[str]:
        """Everybody whose answers count as this model's."""
        here = {self._local.name} if self._local is not None else set()
        return frozenset(here | {self._server_name, self.name})

    @property
    def context_tokens(self) -> int:
        """What fits into the server and into the local model."""
        return min(self._policy.context_tokens, self._local_context)

    @property
    def obeys_grammar(self) -> bool:
        """The answers of a server must be validated."""
        return False

    @property
    def is_remote(self) -> bool:
        """Whether the next question goes to the server."""
        return self._failure is None or time.monotonic() >= self._not_before

    def begin(self, told: Told = _unheard) -> None:
        """Begin a piece of work: from here on it is noted who writes; `told` hears of a fall-back."""
        self._writers.clear()
        self._told = told

    def notices(self, earlier: Iterable[str] = ()) -> tuple[str, ...]:
        """Sentences for the note on who wrote it, `earlier` naming the writers of what was answered before."""
        writers = {*earlier, *self._writers}
        if not writers:
            return ()
        by_server = self._server_name in writers
        found = []
        if by_server:
            part = "" if writers == {self._server_name} else "in part "
            found.append(f"Drafted {part}by the organisation's server with the model {self._policy.model}.")
        if writers != {self._server_name}:
            what = self._failure.what if self._failure is not None else "did not answer"
            found.append(f"The organisation's server {what}; drafted {'in part ' * by_server}on this machine.")
        return tuple(found)

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the prompt, an upper bound while the server answers. Nothing is sent."""
        if self._local is not None and not self.is_remote:
            return self._local.count_tokens(prompt)
        return OrganisationServer.most_tokens(prompt)

    def generate(self, asked: Generation) -> str:
        """Answer the prompt. After a fall-back in its middle `on_token` hears the answer from its beginning again.

        Raises:
            WorkCancelledError: within 200 ms after `cancel` was set while the server is asked.
            AnamnesisError: the server failed and the local model cannot be used either.
        """
        return self._answer(lambda model: model.generate(asked), asked.cancel)

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:
        """Share of each answer. Raises `ScoresUnsupportedError` if the server gives none, else as `generate`."""
        return self._answer(lambda model: model.score(prompt, answers, cancel=cancel), cancel)

    def close(self) -> None:
        """Free the local model if it was loaded."""
        if self._local is not None:
            self._local.close()
            self._local = None

    @property
    def _server_name(self) -> str:
        return OrganisationServer.name_of(self._policy)

    def _answer(self, ask: Callable[[LanguageModel], T], cancel: CancelToken | None) -> T:
        if self.is_remote:
            try:
                answer = self._twice(ask, cancel)
            except ScoresUnsupportedError:
                raise  # nothing is out of order
            except ServerError as failure:
                self._failure, self._not_before = failure, time.monotonic() + LEFT_ALONE_SECONDS
                self._told(DRAFTING_HERE)
            else:
                self._failure = None
                return self._written(answer, self._server_name)
        local = self._local_model()
        return self._written(ask(local), local.name)

    def _twice(self, ask: Callable[[LanguageModel], T], cancel: CancelToken | None) -> T:
        """Ask the server, once more if nothing of the answer had come and the failure may pass."""
        if self._server is None:
            self._server = OrganisationServer(self._policy)
        try:
            return ask(self._server)
        except ServerError as failure:
            if not failure.passing or self._server.wrote:
                raise
        end = time.monotonic() + RETRY_PAUSE
        while time.monotonic() < end:
            if cancel is not None:
                cancel.check()
            time.sleep(0.02)
        return ask(self._server)

    def _local_model(self) -> LanguageModel:
        if self._local is None:
            try:
                self._local = self._load_local()
            except ModelMissingError as missing:
                raise self._neither(missing) from missing
        return self._local

    def _neither(self, missing: AnamnesisError) -> ModelMissingError:
        what = self._failure.what if self._failure is not None else "did not answer"
        return ModelMissingError(f"The organisation's server {what}, and no local model is here.", missing.remedy)

    def _written(self, answer: T, writer: str) -> T:
        self._last_writer = writer
        self._writers.add(writer)
        return answer
