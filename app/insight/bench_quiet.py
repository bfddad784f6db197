"""Words found where nobody speaks: live, offline and by plain faster-whisper, on the same sounds."""

import json
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.domain.codec import transcript_from_json
from app.domain.errors import EngineError
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.child_process import child_process
from app.insight.hardware import hardware
from app.insight.quiet_words import quiet_figures
from app.visit.choice import Choice

if TYPE_CHECKING:
    from app.engine.supervisor import Engine

Floats = npt.NDArray[np.float32]

_PIECE = 8_000  # bytes: a quarter of a second, as the recorder hands it on


def bench_quiet(
    speech_model: Path, models: Path, choice: Choice, *, seconds: float, progress: Progress, cancel: CancelToken
) -> dict[str, object]:
    """Hear each sound for `seconds` and count words.

    `words_live`: of the live transcription's finished transcript; `shown_live`: the most words that stood on the screen
    at once meanwhile, tentative ones too; `words_offline`: of the transcription of an imported file; `words_plain`: of
    faster-whisper with its own voice-activity filter. Live text gets the sound as fast as it takes it.
    """
    from app.engine.supervisor import Engine
    from app.insight.quiet_sounds import quiet_sounds

    sounds = quiet_sounds(round(seconds))
    heard: dict[str, dict[str, int]] = {name: {} for name in sounds}
    engine = Engine(models)
    try:
        for number, (name, samples) in enumerate(sounds.items()):
            pcm = (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
            progress((2 * number) / (2 * len(sounds) + 1), f"{name}, live")
            heard[name]["words_live"], heard[name]["shown_live"] = _live(engine, choice, pcm, cancel)
            progress((2 * number + 1) / (2 * len(sounds) + 1), f"{name}, offline")
            heard[name]["words_offline"] = _offline(engine, choice, pcm, cancel)
    finally:
        engine.close()
    progress(2 * len(sounds) / (2 * len(sounds) + 1), "plain faster-whisper")
    for name, words in _plain(speech_model, sounds).items():
        heard[name]["words_plain"] = words
    figures: dict[str, object] = {"seconds_each": seconds, **quiet_figures(heard), "hardware": hardware()}
    return {**figures, "aims": beside_aims("quiet", figures)}


def _live(engine: "Engine", choice: Choice, pcm: bytes, cancel: CancelToken) -> tuple[int, int]:
    from app.insight.quiet_words import WordsShown

    shown = WordsShown()
    job = engine.listen(
        model=choice.speech_model, vocabulary=list(choice.vocabulary), speakers=choice.speakers, on_part=shown
    )
    for start in range(0, len(pcm), _PIECE):
        while not job.send_audio(pcm[start : start + _PIECE]):
            job.wait(0.05)
    job.end()
    return _count(transcript_from_json(job.result(cancel))), shown.most


def _offline(engine: "Engine", choice: Choice, pcm: bytes, cancel: CancelToken) -> int:
    job = engine.transcribe(pcm, model=choice.speech_model, vocabulary=list(choice.vocabulary), speakers=False)
    return _count(transcript_from_json(job.result(cancel)))


def _count(transcript: Transcript) -> int:
    return sum(len(u.text.split()) for u in transcript.utterances)


def _plain(speech_model: Path, sounds: dict[str, Floats]) -> dict[str, int]:
    with child_process(_serve_plain) as (process, connection):
        try:
            connection.send_bytes(json.dumps({"model": str(speech_model), "names": list(sounds)}).encode())
            for samples in sounds.values():
                connection.send_bytes(samples.astype("<f4").tobytes())
            found: dict[str, int] = json.loads(connection.recv_bytes())
            process.join(20)  # an ending of its own gives back what the libraries named in the system
        except (EOFError, OSError) as error:
            raise EngineError("The plain way's process ended unexpectedly.", "Try again.") from error
    return found


def _serve_plain(connection: Connection) -> None:
    order = json.loads(connection.recv_bytes())
    from app.speech.plain import PlainWhisper

    plain = PlainWhisper(Path(order["model"]))
    found = {}
    sounds = [np.frombuffer(connection.recv_bytes(), "<f4") for _ in order["names"]]
    for name, samples in zip(order["names"], sounds, strict=True):
        found[name] = len(plain.text(samples).split())
    connection.send_bytes(json.dumps(found).encode())
