"""How well speech is recognised: word error rate and speed, beside plain faster-whisper in the same run."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.audio.decode import decode
from app.domain.work import CancelToken, Progress
from app.insight.labelled_recordings import LabelledRecording, read_recordings
from app.insight.word_errors import WordErrors, total, word_errors
from app.speech.plain import PlainWhisper
from app.speech.transcriber import Transcriber

FILES = ("osce_audio.jsonl", "short.jsonl")

Recognise = Callable[[npt.NDArray[np.float32]], str]


@dataclass(frozen=True, slots=True)
class _Result:
    """One recording by one way of recognising; times in seconds."""

    id: str
    errors: WordErrors
    duration: float
    seconds: float


def evaluate_speech(
    data: Path,
    *,
    model_folder: Path,
    speaker_model: Path | None = None,
    against_plain: bool = True,
    threads: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> dict[str, object]:
    """Measure recognition on the recordings of `osce_audio.jsonl` and `short.jsonl`, whichever lie in `data`.

    Figures: `wer` (errors of all words over all words), `wer_worst` (the worst recording), `rtf` (seconds of work per
    second of sound, speakers included if a speaker model is given). `plain` holds the same for faster-whisper with the
    same model and its defaults (int8, beam 5, voice activity filter), on the same decoded samples.

    Raises:
        InputError: nothing to measure. WorkCancelledError, ModelMissingError, ModelDamagedError, EngineError.
    """
    recordings = read_recordings(data, *FILES)
    ways: dict[str, Recognise] = {
        "ours": _ours(Transcriber.load(model_folder, speaker_model=speaker_model, threads=threads), cancel)
    }
    if against_plain:
        ways["plain"] = PlainWhisper(model_folder, threads).text
    results: dict[str, list[_Result]] = {way: [] for way in ways}
    for number, recording in enumerate(recordings):
        cancel.check()
        progress(number / len(recordings), f"Recording {number + 1} of {len(recordings)}")
        samples = decode(recording.audio, cancel).samples
        for way, recognise in ways.items():
            results[way].append(_measure(recording, samples, recognise))
    progress(1.0, "Measured")
    plain = results.get("plain")
    return {
        "kind": "speech",
        "figures": _figures(results["ours"]),
        "plain": _figures(plain) if plain else None,
        "items": [_item(ours, plain[i] if plain else None) for i, ours in enumerate(results["ours"])],
    }


def _measure(recording: LabelledRecording, samples: npt.NDArray[np.float32], recognise: Recognise) -> _Result:
    started = time.perf_counter()
    text = recognise(samples)
    seconds = time.perf_counter() - started
    return _Result(recording.id, word_errors(recording.text, text), len(samples) / 16_000, seconds)


def _ours(transcriber: Transcriber, cancel: CancelToken) -> Recognise:
    def recognise(samples: npt.NDArray[np.float32]) -> str:
        transcript = transcriber.transcribe(samples, progress=lambda _fraction, _phrase: None, cancel=cancel)
        return " ".join(u.text for u in transcript.utterances)

    return recognise


def _figures(results: list[_Result]) -> dict[str, float]:
    return {
        "wer": round(total(r.errors for r in results).rate, 4),
        "wer_worst": round(max(r.errors.rate for r in results), 4),
        "rtf": round(sum(r.seconds for r in results) / sum(r.duration for r in results), 4),
    }


def _item(ours: _Result, plain: _Result | None) -> dict[str, object]:
    item: dict[str, object] = {
        "id": ours.id,
        "duration": round(ours.duration, 2),
        "words": ours.errors.words,
        "wer": round(ours.errors.rate, 4),
        "substitutions": ours.errors.substitutions,
        "deletions": ours.errors.deletions,
        "insertions": ours.errors.insertions,
        "seconds": round(ours.seconds, 2),
    }
    if plain is not None:
        item["plain_wer"] = round(plain.errors.rate, 4)
        item["plain_seconds"] = round(plain.seconds, 2)
    return item
