"""Requests to the engine that survive one crash of its process."""

import queue
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from app.domain.codec import note_from_json, transcript_from_json
from app.domain.errors import EngineError
from app.domain.note import Note
from app.domain.passages import AnsweredPassage
from app.domain.style import Style
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.engine.draft_parts import OnPassage, OnSection
from app.visit.choice import Choice

if TYPE_CHECKING:
    from app.engine.supervisor import Engine

T = TypeVar("T")

_TICK = 0.02


def _ignore(_part: object) -> None:
    """Drop a part."""


def transcribe_with_retry(
    engine: "Engine",
    pcm: bytes,
    choice: Choice,
    progress: Progress,
    cancel: CancelToken,
    *,
    channels: int = 1,
    gaps: Sequence[float] = (),
) -> Transcript:
    """Transcribe PCM (16-bit, 16 kHz, channels interleaved); one crash of the engine process is survived.

    Nothing is recognised across `gaps` (seconds).
    """

    def attempt() -> Transcript:
        job = engine.transcribe(
            pcm,
            model=choice.speech_model,
            vocabulary=list(choice.vocabulary),
            speakers=choice.speakers,
            channels=channels,
            gaps=gaps,
            progress=progress,
        )
        return transcript_from_json(job.result(cancel))

    return _once_more(attempt)


def draft_with_retry(
    engine: "Engine",
    transcript: Transcript,
    choice: Choice,
    progress: Progress,
    cancel: CancelToken,
    *,
    style: Style | None = None,
    earlier: Callable[[], Sequence[AnsweredPassage]] = tuple,
    on_section: OnSection = _ignore,
    on_passage: OnPassage = _ignore,
) -> Note:
    """Draft an unmarked note; crashes of the engine process are survived as long as passages are answered in between.

    `style` is that of the note, without one as the choice says. `earlier` gives the passages answered so far, before
    each attempt; `on_passage` takes those answered now, and `on_section` unmarked sections as far as they are
    written, a later one in the place of an earlier. Both are called on this thread.
    """
    answered = 0

    def attempt() -> Note:
        parts: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        job = engine.draft(
            transcript,
            model=choice.language_model,
            template=choice.template,
            earlier=earlier(),
            style=style or choice.style.settled(),
            progress=progress,
            on_section=lambda section: parts.put(lambda: on_section(section)),
            on_passage=lambda passage: parts.put(lambda: keep(passage)),
        )
        while not job.wait(_TICK):
            if cancel.cancelled:
                job.cancel()
            _take(parts)
        _take(parts)
        return note_from_json(job.result(cancel))

    def keep(passage: AnsweredPassage) -> None:
        nonlocal answered
        answered += 1
        on_passage(passage)

    while True:
        before = answered
        try:
            return _once_more(attempt)
        except EngineError:
            if answered == before:
                raise


def _take(parts: "queue.SimpleQueue[Callable[[], None]]") -> None:
    while not parts.empty():
        parts.get()()


def _once_more(attempt: Callable[[], T]) -> T:
    try:
        return attempt()
    except EngineError:
        return attempt()
