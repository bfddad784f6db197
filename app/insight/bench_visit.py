"""A visit replayed from a file at real speed (or faster) and measured from its stop to the checked draft."""

import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.domain.encounter import Stage, StageState
from app.domain.ports import Session
from app.domain.work import CancelToken, Progress
from app.insight.hardware import hardware
from app.insight.memory import PeakMemory
from app.insight.reference import reference_text
from app.insight.word_errors import word_errors
from app.visit.choice import Choice
from app.visit.runner import VisitRunner


@dataclass(frozen=True, slots=True)
class Bench:
    """What a benchmark needs: how to open a fresh vault and a runner on it, and where the models lie."""

    open_vault: Callable[[Path, str], tuple[Session, VisitRunner, Callable[[], None]]]
    speech_model: Path
    language_model: Path
    choice: Choice


def bench_visit(
    bench: Bench, audio: Path, *, speed: float, against_plain: bool, progress: Progress, cancel: CancelToken
) -> dict[str, object]:
    """Return the figures of the contract `bench visit --json` (seconds, MB); `live_lag` is null without live text."""
    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder, PeakMemory() as memory:
        session, runner, close = bench.open_vault(Path(folder), secrets.token_urlsafe(24))
        try:
            encounter = runner.replay_recording(audio, "bench", speed, progress, cancel)
            stopped = time.monotonic()
            at: dict[Stage, float] = {}

            def note(stage: Stage, state: StageState) -> None:
                if state is StageState.DONE:
                    at[stage] = time.monotonic() - stopped

            runner.process(encounter, progress, cancel, note)
            transcript = session.encounters.transcript(encounter)
            pcm = session.encounters.read_audio(encounter)
        finally:
            close()
    text = " ".join(u.text for u in transcript.utterances) if transcript else ""
    figures: dict[str, object] = {
        "audio": audio.name,
        "duration": round(len(pcm) / 32_000, 2),
        "speed": speed,
        "live_lag": {"p50": None, "p95": None},
        "stop_to_transcript": round(at[Stage.TRANSCRIBE], 2),
        "stop_to_draft": round(at[Stage.CHECK], 2),
        "peak_rss_mb": memory.megabytes,
        "wer": _wer(audio, text),
        "plain": _plain(bench, audio, pcm, progress) if against_plain else None,
        "models": {"speech": bench.choice.speech_model, "language": bench.choice.language_model},
        "hardware": hardware(),
    }
    return figures


def _plain(bench: Bench, audio: Path, pcm: bytes, progress: Progress) -> dict[str, object]:
    from app.insight.plain_way import plain_visit

    progress(0.0, "the plain way")
    with PeakMemory() as memory:
        result = plain_visit(pcm, bench.speech_model, bench.language_model)
    return {
        "stop_to_transcript": round(float(str(result["stop_to_transcript"])), 2),
        "stop_to_draft": round(float(str(result["stop_to_draft"])), 2),
        "peak_rss_mb": memory.megabytes,
        "wer": _wer(audio, str(result["text"])),
    }


def _wer(audio: Path, text: str) -> float | None:
    reference = reference_text(audio)
    return None if reference is None else round(word_errors(reference, text).rate, 4)
