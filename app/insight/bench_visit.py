"""A visit recorded live from a file and measured: text while it is spoken, then from its stop to the checked draft."""

import contextlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.audio.steady_clock import steady
from app.domain.codec import transcript_from_json
from app.domain.encounter import Stage, StageState
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.file_microphone import FileMicrophone
from app.insight.hardware import hardware
from app.insight.live_lag import corrections_per_100_words, lag_figures, utterance_lags
from app.insight.live_run import (
    BYTES_PER_SECOND,
    ProcessorShare,
    Program,
    Watch,
    live_visit,
    open_microphone,
    ready_ears,
    wait_for_sound,
)
from app.insight.memory import PeakMemory
from app.insight.phase_clock import PhaseClock
from app.insight.reference import reference_text
from app.insight.word_errors import word_errors
from app.visit.choice import Choice

if TYPE_CHECKING:
    from app.audio.sound_source import SoundSource

KEEPS_UP = 4.0
"""Above this speed live text cannot keep up with the sound on small machines: its lag is then no figure."""

_BRIEF = 0.05
"""Seconds below which a phase of the work after the stop is not told."""

_LIVE = (
    *("live_lag", "exact_lag", "reached_lag", "wrong_when_reached", "final_lag", "shown_first_lag"),
    *("utterances", "slowest"),
)
_TOO_FAST = f"not measured: above {KEEPS_UP:g} times real speed the text cannot keep up with the sound"
_NO_LIVE_TEXT = "not measured: live text failed, the transcript was made after the visit"


@dataclass(frozen=True, slots=True)
class Bench:
    """What a benchmark needs: how to open the program on a fresh vault, and where the models lie.

    `open_program(folder, passphrase, source)` builds everything with `source` in place of the microphones.
    """

    open_program: Callable[[Path, str, "SoundSource"], Program]
    speech_model: Path
    language_model: Path
    choice: Choice


@contextlib.contextmanager
def opened(bench: Bench, source: "SoundSource") -> Iterator[Program]:
    """Open the program on a vault that is gone with the block, and with it every process and file."""
    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder:
        program = bench.open_program(Path(folder), secrets.token_urlsafe(24), source)
        try:
            yield program
        finally:
            program.close()


@dataclass(slots=True)
class _Run:
    """What one replayed visit gave; moments are of the steady clock."""

    transcript: Transcript
    pcm: bytes
    watch: Watch
    stopped: float
    texted: float
    drafted: float | None
    live_text: bool
    ears_ready: float
    cpu: dict[str, float | None]
    peak_mb: int
    tail: dict[str, float]
    passages: dict[str, float] | None


def bench_visit(
    bench: Bench,
    audio: Path,
    *,
    speed: float,
    against_plain: bool,
    offline: bool | None,
    draft: bool = True,
    progress: Progress,
    cancel: CancelToken,
) -> dict[str, object]:
    """Return the figures of the contract `bench visit --json` (seconds, MB) and those of the live text.

    The file goes the way of a microphone: recorder, sealed vault, live transcription in the listening process,
    stop, draft, check. As in the window, the microphone is opened first, and the listening process loads its models
    while consent is asked: the visit starts when they are loaded (`ears_ready` seconds), and the file speaks with
    the recording. The visit is stopped when the file's last sample was recorded.

    `live_lag` (an utterance's text is there, one word in five may still be wrong), `exact_lag` (every word is as in
    the end), `reached_lag` (any text is there, `wrong_when_reached` of whose words are not yet right), `final_lag`,
    `shown_first_lag`: see `live_lag.utterance_lags`. `stop_to_transcript` and `stop_to_draft` count from the stop.
    `wer_offline` is of the same sound, transcribed afterwards as an imported file is (its time counts nowhere).
    `cpu_share` is percent of one core while listening. `tail` are the seconds between stop and checked draft by what
    was done: the rest of the transcript, waiting for the passage in work, reading, writing, the check. `passages` says
    how far the draft was prepared at the stop. `share_of_plain` is
    `stop_to_draft` as a part of the plain way's.

    Args:
        offline: transcribe offline too; None: if the true words are known.
        draft: draft and check too; without, `stop_to_draft` is null (if live text failed it is done all the same).
    """
    microphone = FileMicrophone(audio, speed)
    reference = reference_text(audio)
    wer_offline = None
    with opened(bench, microphone) as program:
        run = _visit(program, microphone, bench.choice.speech_model, progress, cancel, draft=draft)
        if offline or (offline is None and reference is not None):
            text = _offline_text(program, bench.choice, run.pcm, progress, cancel)
            wer_offline = _wer(reference, text)
    wer = _wer(reference, _text(run.transcript))
    above = None if wer is None or wer_offline is None else round(wer - wer_offline, 4)
    plain = _plain(bench, reference, run.pcm, progress) if against_plain else None
    to_draft = None if run.drafted is None else round(run.drafted - run.stopped, 2)
    figures: dict[str, object] = {
        "audio": audio.name,
        "duration": round(len(run.pcm) / BYTES_PER_SECOND, 2),
        "speed": speed,
        **_live_figures(run, microphone, speed),
        "stop_to_transcript": round(run.texted - run.stopped, 2),
        "stop_to_draft": to_draft,
        "tail": run.tail,
        "passages": run.passages,
        "peak_rss_mb": run.peak_mb,
        "ears_ready": run.ears_ready,
        "cpu_share": run.cpu,
        "wer": wer,
        "wer_offline": wer_offline,
        "wer_above_offline": above,
        "lost_seconds": run.watch.lost,
        "alarms": run.watch.alarm_kinds,
        "plain": plain,
        "share_of_plain": _share(to_draft, plain),
        "models": {"speech": bench.choice.speech_model, "language": bench.choice.language_model},
        "hardware": hardware(),
    }
    return {**figures, "aims": beside_aims("visit", figures)}


def _visit(
    program: Program, microphone: FileMicrophone, model: str, progress: Progress, cancel: CancelToken, *, draft: bool
) -> _Run:
    watch, phases = Watch(), PhaseClock()
    done: dict[Stage, float] = {}
    answered = 0

    def note(stage: Stage, state: StageState) -> None:
        nonlocal answered
        if state is StageState.DONE:
            done[stage] = steady()
            phases.enter("checking" if stage is Stage.DRAFT else "")
            answered = len(program.prepared.of(visit.encounter_id))

    def noted(fraction: float, phrase: str) -> None:
        if Stage.CHECK not in done:
            phases.enter(phrase)
        progress(fraction, phrase)

    with PeakMemory() as memory:
        progress(0.0, "loading the speech model")
        with open_microphone(program, watch) as recorder:
            ears_ready = ready_ears(program, model, cancel)
            watch.alarms.clear()  # until it speaks the file is silent, which is told as it should be
            with live_visit(program, watch, recorder) as visit:
                share = ProcessorShare(program.ears, program.engine)
                limit = microphone.due(microphone.duration) + 30.0
                wait_for_sound(visit, watch, microphone.duration, limit, progress, cancel)
                cpu = share.percent()
                ready = watch.prepared
                stopped = steady()
                visit.stop(progress, cancel)
                texted = steady()
        store, encounter = program.session.encounters, visit.encounter_id
        live_text = store.transcript(encounter) is not None
        if draft or not live_text:
            program.runner.process(encounter, noted, cancel, note)
        phases.end()
        peak = memory.megabytes
    transcript, pcm = store.transcript(encounter), store.read_audio(encounter)
    if transcript is None:
        raise AssertionError("a checked draft without a transcript")
    texted = texted if live_text else done[Stage.TRANSCRIBE]
    drafted = done.get(Stage.CHECK)
    phase_seconds = {phase: seconds for phase, seconds in phases.seconds.items() if seconds >= _BRIEF}
    tail = {"transcript": round(texted - stopped, 2), **phase_seconds} if drafted is not None else {}
    passages = None
    if drafted is not None:
        passages = {
            "ready_at_stop": ready.passages,
            "ready_until": ready.until,
            "asked_after": answered - ready.passages,
        }
    return _Run(transcript, pcm, watch, stopped, texted, drafted, live_text, ears_ready, cpu, peak, tail, passages)


def _live_figures(run: _Run, microphone: FileMicrophone, speed: float) -> dict[str, object]:
    why = _TOO_FAST if speed > KEEPS_UP else None if run.live_text else _NO_LIVE_TEXT
    corrections = corrections_per_100_words(run.watch.seen, run.transcript) if run.live_text else None
    if why is not None:
        nothing: dict[str, object] = dict.fromkeys(_LIVE)
        nothing["live_lag"] = {"p50": None, "p95": None}
        return {**nothing, "live_note": why, "corrections": corrections}
    lags = utterance_lags(run.watch.seen, run.transcript, microphone.due, run.texted)
    return {**lag_figures(lags), "live_note": None, "corrections": corrections}


def _offline_text(program: Program, choice: Choice, pcm: bytes, progress: Progress, cancel: CancelToken) -> str:
    job = program.engine.transcribe(
        pcm,
        model=choice.speech_model,
        vocabulary=list(choice.vocabulary),
        speakers=False,
        progress=lambda fraction, _phrase: progress(fraction, "the same sound offline"),
    )
    return _text(transcript_from_json(job.result(cancel)))


def _text(transcript: Transcript) -> str:
    return " ".join(u.text for u in transcript.utterances)


def _plain(bench: Bench, reference: str | None, pcm: bytes, progress: Progress) -> dict[str, object]:
    from app.insight.plain_way import plain_visit

    progress(0.0, "the plain way")
    with PeakMemory() as memory:
        result = plain_visit(pcm, bench.speech_model, bench.language_model)
    return {
        "stop_to_transcript": round(float(str(result["stop_to_transcript"])), 2),
        "stop_to_draft": round(float(str(result["stop_to_draft"])), 2),
        "peak_rss_mb": memory.megabytes,
        "wer": _wer(reference, str(result["text"])),
    }


def _share(to_draft: float | None, plain: dict[str, object] | None) -> float | None:
    if to_draft is None or plain is None:
        return None
    return round(to_draft / float(str(plain["stop_to_draft"])), 3)


def _wer(reference: str | None, text: str) -> float | None:
    return None if reference is None else round(word_errors(reference, text).rate, 4)
