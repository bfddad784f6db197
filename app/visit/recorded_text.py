"""The transcript of a finished recording: what was final while it ran is kept, only the rest is recognised."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.errors import ConflictError, EngineError
from app.domain.live import ignore_events
from app.domain.ports import EncounterStore
from app.domain.recording import HeardWindow, Mark, MarkKind, gap_times
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.visit.attempts import transcribe_with_retry
from app.visit.choice import Choice
from app.visit.recording_notices import with_marks

if TYPE_CHECKING:
    from app.engine.supervisor import Engine

_LAST_BLOCK = 0.5
"""Seconds by which final text may reach beyond the sound: the last block may not have reached the disk."""


def transcribe_recorded(
    store: EncounterStore, engine: "Engine", encounter_id: str, choice: Choice, progress: Progress, cancel: CancelToken
) -> Transcript:
    """Return the transcript of a finished recording, with the marks of its journal.

    Raises `ConflictError` without sound, and whatever recognition raises.
    """
    info = store.audio_info(encounter_id)
    if info is None:
        raise ConflictError("This visit has no recording.", "Record or import one.")
    journal = store.journal(encounter_id)
    windows, gaps = final_windows(journal, info.duration), gap_times(journal)

    def whole() -> Transcript:
        pcm = store.read_audio(encounter_id)
        return transcribe_with_retry(engine, pcm, choice, progress, cancel, channels=info.channels, gaps=gaps)

    def rest() -> Transcript:
        from app.visit.live_transcription import LiveTranscription

        live = LiveTranscription(
            engine,
            choice,
            channels=info.channels,
            read_sound=lambda start, end: store.read_audio(encounter_id, start, end),
            observe=ignore_events,
            keep=lambda window: store.append_journal(encounter_id, window),
            earlier=windows,
            recorded=info.duration,
            gaps=gaps,
        )
        try:
            live.start()
            return live.finish(progress, cancel)
        finally:
            live.stop()

    if not windows:
        transcript = whole()
    else:
        try:
            transcript = rest()
        except EngineError:
            transcript = whole()
    return with_marks(transcript, [entry for entry in journal if isinstance(entry, Mark)])


def final_windows(journal: Sequence[Mark | HeardWindow], duration: float) -> list[HeardWindow]:
    """The windows of final text from the start without a hole in their order, as far as there is sound for them.

    Where the sound broke off, a window that reaches beyond it is cut: what was recorded later begins there.
    """
    windows: list[HeardWindow] = []
    for entry in (*journal, Mark(MarkKind.INTERRUPTION, duration)):
        if isinstance(entry, Mark):
            if entry.kind is MarkKind.INTERRUPTION and windows and windows[-1].end > entry.at:
                windows[-1] = _cut(windows[-1], entry.at)
        elif entry.end > duration + _LAST_BLOCK or (windows and entry.start < windows[-1].end - 0.001):
            break
        else:
            windows.append(entry)
    return windows


def _cut(window: HeardWindow, until: float) -> HeardWindow:
    words = tuple(replace(w, start=min(w.start, until), end=min(w.end, until)) for w in window.words)
    return replace(window, start=min(window.start, until), end=until, words=words)
