"""How long a cancel takes in each phase of the models' work."""

import contextlib
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.audio.decode import decode_blocks
from app.domain.codec import transcript_from_json
from app.domain.errors import WorkCancelledError
from app.domain.work import Progress
from app.engine.job import Job
from app.engine.supervisor import Engine
from app.insight.hardware import hardware
from app.visit.choice import Choice

_ROUNDS = 5
_HEARD = 100 * 16_000 * 2
"""Bytes of sound that a listening process is given at once, so that it is at work when it is cancelled."""


def bench_cancel(audio: Path, models: Path, choice: Choice) -> dict[str, object]:
    """Return the median and the longest time from cancel to the job's end, milliseconds, over five rounds a phase."""
    with decode_blocks(audio) as blocks:
        pcm = b"".join(block.tobytes() for block in blocks)
    engine = Engine(models)
    try:
        transcript = transcript_from_json(engine.transcribe(pcm, model=choice.speech_model).result())

        def speech(progress: Progress) -> Job:
            return engine.transcribe(pcm, model=choice.speech_model, progress=progress)

        def listening(progress: Progress) -> Job:
            job = engine.listen(model=choice.speech_model, on_part=lambda _part: progress(1.0, "listening"))
            job.send_audio(pcm[:_HEARD])
            return job

        def loading(progress: Progress) -> Job:
            engine.close()
            return speech(progress)

        def writing(progress: Progress) -> Job:
            return engine.draft(transcript, model=choice.language_model, template=choice.template, progress=progress)

        phases: dict[str, tuple[Callable[[Progress], Job], float]] = {
            "loading": (loading, 0.0),
            "transcribing": (speech, 0.2),
            "listening": (listening, 1.0),
            "reading the transcript": (writing, 0.02),
            "writing the note": (writing, 0.6),
        }
        figures: dict[str, object] = {name: _phase(*phase) for name, phase in phases.items()}
    finally:
        engine.close()
    return {"audio": audio.name, "unit": "ms", **figures, "hardware": hardware()}


def _phase(start: Callable[[Progress], Job], fraction: float) -> dict[str, float]:
    taken = [_cancelled_after(start, fraction) for _ in range(_ROUNDS)]
    return {"median": round(statistics.median(taken), 1), "longest": round(max(taken), 1)}


def _cancelled_after(start: Callable[[Progress], Job], fraction: float) -> float:
    reached = threading.Event()

    def watch(done: float, _phrase: str) -> None:
        if done >= fraction:
            reached.set()

    job = start(watch)
    while not reached.wait(0.05) and not job.done:
        pass
    begun = time.monotonic()
    job.cancel()
    with contextlib.suppress(WorkCancelledError):
        job.result()
    return (time.monotonic() - begun) * 1000
