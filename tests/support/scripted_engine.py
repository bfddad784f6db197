"""An engine that answers requests with what a test has put down for it, errors raised, and keeps what it was asked."""

from collections.abc import Callable
from typing import Any

from app.domain.errors import EngineError
from app.domain.work import CancelToken, no_progress


class ScriptedJob:
    """Done at once."""

    def __init__(self, outcome: object) -> None:
        self.outcome = outcome

    def result(self, cancel: CancelToken | None = None) -> object:
        if cancel is not None:
            cancel.check()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class ScriptedEngine:
    """`outcomes` come in turn."""

    busy = False
    preloaded: tuple[str, ...] = ()

    def __init__(self, *outcomes: object) -> None:
        self.outcomes = list(outcomes)
        self.requests: list[Any] = []

    def preload(self, model: str) -> ScriptedJob:
        if self.outcomes and isinstance(self.outcomes[0], Exception):
            raise self.outcomes.pop(0)
        self.preloaded = (*self.preloaded, model)
        return ScriptedJob(EngineError("Nobody waits for this."))

    def submit(self, ask: Callable[[int], object], _progress: object = no_progress) -> ScriptedJob:
        self.requests.append(ask(7))
        return ScriptedJob(self.outcomes.pop(0))
