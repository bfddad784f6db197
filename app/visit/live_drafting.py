"""Drafting while the visit goes on: passages that are final are answered ahead, so that little is left at its end."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.errors import AnamnesisError, EngineError, InputError, WorkCancelledError
from app.domain.live import FinalText, LiveEvent, Observer, Prepared
from app.domain.passages import answered_from_json
from app.domain.transcript import Utterance
from app.domain.work import CancelToken
from app.visit.choice import Choice
from app.visit.prepared import PreparedPassages

if TYPE_CHECKING:
    from app.drafting.reading.passages import Passage
    from app.engine.job import Job
    from app.engine.supervisor import Engine

BEHIND = 3.0
"""Seconds that the live text may be behind the sound for a passage to be begun."""
TOO_FAR_BEHIND = 8.0
"""Seconds behind at which a passage in work is given up for now; what was read of it stays in the model's cache."""
TRIES = 5
"""Times in a row that the engine may fail; then the note is drafted after the visit only."""

_TICK = 0.05
_LOOK = 1.0
"""Seconds between looks for the ears and the engine to be free."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A passage to answer, or (`answer` false) to read only; without a passage the form is read."""

    passage: "Passage | None"
    answer: bool


class LiveDrafting:
    """Answers the passages of one visit one after the other, on a thread of its own.

    It goes behind everything else: it waits while live text is behind or the engine drafts another visit, and its
    failures are told nobody, because the draft asks whatever was not answered. What it has is in `prepared`.
    """

    def __init__(
        self,
        engine: "Engine",
        choice: Choice,
        encounter_id: str,
        prepared: PreparedPassages,
        *,
        behind: Callable[[], float],
        observe: Observer,
    ) -> None:
        """Prepare; nothing runs before `start`. `behind` gives how many seconds the live text is behind the sound."""
        self._engine = engine
        self._choice = choice
        self._id = encounter_id
        self._prepared = prepared
        self._behind = behind
        self._observe = observe
        self._lock = threading.Lock()
        self._utterances: list[Utterance] = []
        self._fresh = False
        self._form_read = False
        self._read_until: tuple[float, float] | None = None
        self._unusable: set[tuple[float, float]] = set()
        self._failures = 0
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._stopped = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-drafting", daemon=True)

    def start(self) -> None:
        """Load the language model and begin; returns at once."""
        self._prepared.begin(self._id, self.settle)
        self._thread.start()

    def take(self, text: FinalText) -> None:
        """Take text that is final. Any thread; never waits."""
        with self._lock:
            kept = [u for u in self._utterances if u.start < text.since]
            self._utterances = [*kept, *text.utterances]
            self._fresh = True
        self._wake.set()

    def end(self) -> None:
        """The recording has ended: begin nothing more; a passage in work is answered."""
        self._ending.set()
        self._wake.set()

    def settle(self, cancel: CancelToken) -> None:
        """Wait for the passage in work. Raises `WorkCancelledError` once `cancel` is set, and stops."""
        self.end()
        while self._thread.is_alive() and not self._over.wait(_TICK):
            if cancel.cancelled:
                self.stop()
            cancel.check()

    def stop(self) -> None:
        """End at once; a passage in work is cancelled. Calling twice is harmless."""
        self._stopped.set()
        self.end()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2.0)

    def destroy(self) -> None:
        """Stop, forget what was prepared, and end the engine process, whose models have read the visit."""
        self.stop()
        self._prepared.forget(self._id)
        self._engine.forget()

    # From here on: on this object's own thread.

    def _run(self) -> None:
        try:
            while not self._ending.is_set() and self._failures < TRIES:
                task = self._next() if self._is_free() else None
                if task is None or not self._try(task):
                    self._wake.wait(_LOOK)
                    self._wake.clear()
        except AnamnesisError:
            return  # such as a missing model, or a closed engine: the draft tells
        finally:
            self._over.set()

    def _is_free(self) -> bool:
        return self._behind() < BEHIND and not self._engine.busy

    def _next(self) -> _Task | None:
        from app.drafting.reading.passages import closed_passages, open_rest

        if not self._form_read:
            return _Task(None, answer=False)
        with self._lock:
            utterances, fresh = self._utterances, self._fresh
        if not fresh:
            return None
        earlier = self._prepared.of(self._id)
        for passage in closed_passages(utterances, earlier):
            if (passage.start, passage.end) not in self._unusable:
                return _Task(passage, answer=True)
        rest = open_rest(utterances, earlier)
        if rest is not None and (rest.start, rest.end) != self._read_until:
            return _Task(rest, answer=False)
        with self._lock:
            self._fresh = self._utterances is not utterances
        return None

    def _try(self, task: _Task) -> bool:
        """Do a task; return False if it failed or was given up for now. Raises what another try would not help."""
        try:
            value = self._value(task)
        except EngineError:
            self._failures += 1
            return False
        if value is None:
            return False
        self._failures = 0
        if task.passage is None:
            self._form_read = True
        elif not task.answer:
            self._read_until = task.passage.start, task.passage.end
        else:
            self._keep(task.passage, value)
        return True

    def _value(self, task: _Task) -> dict[str, Any] | None:
        """Return the engine's answer, None if the task was given up."""
        job, given_up = self._start(task), False
        while not job.wait(_TICK):
            if not given_up and self._should_give_up(task):
                given_up = True
                job.cancel()
        try:
            return job.result()
        except WorkCancelledError:
            if given_up:
                return None
            raise
        except RuntimeError as error:  # a bug over there shows itself again, and is told, when the draft is made
            raise EngineError("The engine process failed.", "Try again.") from error

    def _start(self, task: _Task) -> "Job":
        said: Sequence[Utterance] = () if task.passage is None else task.passage.utterances
        before: Sequence[Utterance] = () if task.passage is None else task.passage.context
        choice = self._choice
        return self._engine.passage(
            said, model=choice.language_model, template=choice.template, context=before, answer=task.answer
        )

    def _should_give_up(self, task: _Task) -> bool:
        if self._ending.is_set():
            return self._stopped.is_set() or not task.answer
        return task.passage is not None and self._behind() > TOO_FAR_BEHIND

    def _keep(self, passage: "Passage", value: dict[str, Any]) -> None:
        try:
            answered = answered_from_json(value) if value else None
        except InputError:
            answered = None
        if answered is None:
            self._unusable.add((passage.start, passage.end))  # the draft asks again, and says so if it must
        elif not self._stopped.is_set():
            self._prepared.add(self._id, answered)
            all_of_them = self._prepared.of(self._id)
            self._observe(Prepared(max(p.end for p in all_of_them), len(all_of_them)))


def hearing(observe: Observer, drafting: LiveDrafting | None) -> Observer:
    """Return an observer of live text that also hands what is final to the drafting."""
    if drafting is None:
        return observe

    def both(event: LiveEvent) -> None:
        observe(event)
        if isinstance(event, FinalText):
            drafting.take(event)

    return both
