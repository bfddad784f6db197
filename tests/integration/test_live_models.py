"""Live transcription with the real models: the sample visit as it comes in, interruptions, sounds without words."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from heard_visit import missing_model

from app.audio.decode import RATE, decode
from app.domain.live import Hypothesis
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, no_progress
from app.insight.quiet_sounds import quiet_sounds
from app.insight.word_errors import word_errors
from app.settings import find_paths
from app.speech.live.final import EarlierWindow, WindowFinal
from app.speech.live.transcriber import LiveTranscriber
from app.speech.transcriber import Transcriber

pytestmark = pytest.mark.models

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample" / "visit.ogg"


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    if missing := missing_model():
        pytest.skip(missing)
    models = find_paths().models
    return Transcriber.load(models / "whisper-base", speaker_model=models / "speaker-ge2e", device="cpu")


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    if not SAMPLE.is_file():
        pytest.skip("the sample visit is not there")
    return decode(SAMPLE).samples[: 60 * RATE]


@pytest.fixture(scope="module")
def offline(transcriber: Transcriber, samples: np.ndarray) -> Transcript:
    return transcriber.transcribe(samples, progress=no_progress, cancel=CancelToken())


def pcm(samples: np.ndarray) -> bytes:
    return (np.clip(samples, -1.0, 1.0) * 32_767).astype("<i2").tobytes()


def made(live: LiveTranscriber, sound: bytes, start: float, block: float) -> Iterator[Hypothesis | WindowFinal]:
    size = int(block * RATE) * 2
    for at in range(int(start * RATE) * 2, len(sound), size):
        live.feed(sound[at : at + size])
        while (event := live.step()) is not None:
            yield event


def text(transcript: Transcript) -> str:
    return " ".join(u.text for u in transcript.utterances)


def test_live_text_ends_as_the_offline_one(transcriber: Transcriber, samples: np.ndarray, offline: Transcript) -> None:
    live = transcriber.listen()
    events = list(made(live, pcm(samples), 0.0, 3.0))
    transcript = live.finish(no_progress, CancelToken())
    assert transcript.duration == pytest.approx(offline.duration)
    assert word_errors(text(offline), text(transcript)).rate < 0.03
    said = [(u.start, u.speaker) for u in offline.utterances]
    alike = [
        u.speaker is min(said, key=lambda other: abs(other[0] - u.start))[1]
        for u in transcript.utterances
        if u.speaker is not Speaker.UNKNOWN
    ]
    assert sum(alike) >= 0.9 * len(transcript.utterances)
    hypotheses = [e for e in events if isinstance(e, Hypothesis)]
    assert len(hypotheses) > len(samples) / RATE / 6
    final = " ".join(u.text for e in events if isinstance(e, WindowFinal) for u in e.text.utterances)
    assert final


def test_interrupted_twice_and_once_without_state(
    transcriber: Transcriber, samples: np.ndarray, offline: Transcript
) -> None:
    sound = pcm(samples)
    finals: list[WindowFinal] = []
    for kept in (True, False):
        half = sound[: len(sound) // (2 if not kept else 4) // 2 * 2]
        live = transcriber.listen(earlier=earlier(finals, kept=True), sound_from=finals[-1].window.end if finals else 0)
        start = finals[-1].window.end if finals else 0.0
        finals += [e for e in made(live, half, start, 5.0) if isinstance(e, WindowFinal)]
    live = transcriber.listen(earlier=earlier(finals, kept=False), sound_from=0.0)
    list(made(live, sound, 0.0, 5.0))
    transcript = live.finish(no_progress, CancelToken())
    assert word_errors(text(offline), text(transcript)).rate < 0.04
    starts = [w.start for u in transcript.utterances for w in u.words]
    assert starts == sorted(starts)


def earlier(finals: list[WindowFinal], *, kept: bool) -> list[EarlierWindow]:
    return [EarlierWindow(f.window, json.loads(json.dumps(f.state)) if kept else None) for f in finals]


@pytest.mark.parametrize("name", sorted(quiet_sounds(seconds=1)))
def test_no_words_where_nobody_speaks(transcriber: Transcriber, name: str) -> None:
    live = transcriber.listen()
    events = list(made(live, pcm(quiet_sounds()[name]), 0.0, 0.25))
    assert [e for e in events if isinstance(e, Hypothesis) and (e.settled or e.tentative)] == []
    assert live.finish(no_progress, CancelToken()).utterances == ()
