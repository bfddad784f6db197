"""Requests to the engine that survive one crash of its process."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from app.domain.codec import note_from_json, transcript_from_json
from app.domain.errors import EngineError
from app.domain.note import Note
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.visit.choice import Choice

if TYPE_CHECKING:
    from app.engine.supervisor import Engine

T = TypeVar("T")


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
    engine: "Engine", transcript: Transcript, choice: Choice, progress: Progress, cancel: CancelToken
) -> Note:
    """Draft an unmarked note; one crash of the engine process is survived."""

    def attempt() -> Note:
        job = engine.draft(transcript, model=choice.language_model, template=choice.template, progress=progress)
        return note_from_json(job.result(cancel))

    return _once_more(attempt)


def _once_more(attempt: Callable[[], T]) -> T:
    try:
        return attempt()
    except EngineError:
        return attempt()
