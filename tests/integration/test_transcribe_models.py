"""Real Whisper and the real speaker model on the sample visit, on sounds without speech, and on labelled recordings."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.audio.decode import RATE, decode
from app.domain.errors import ModelDamagedError
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, no_progress
from app.insight.word_errors import word_errors
from app.settings import find_paths
from app.speech.transcriber import Transcriber

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "sample"
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="module")
def models() -> Path:
    folder = find_paths().models
    if not (folder / "whisper-base" / "model.bin").is_file():
        pytest.skip("model whisper-base is not there (anamnesis models fetch whisper-base)")
    if not (folder / "speaker-ge2e" / "pretrained.pt").is_file():
        pytest.skip("model speaker-ge2e is not there (anamnesis models fetch speaker-ge2e)")
    return folder


@pytest.fixture(scope="module")
def transcriber(models: Path) -> Transcriber:
    return Transcriber.load(models / "whisper-base", speaker_model=models / "speaker-ge2e", device="cpu")


@pytest.fixture(scope="module")
def visit(transcriber: Transcriber) -> Transcript:
    if not (SAMPLE / "visit.ogg").is_file():
        pytest.skip("the sample visit is not there")
    return transcriber.transcribe(decode(SAMPLE / "visit.ogg").samples, progress=no_progress, cancel=CancelToken())


def test_sample_visit_is_recognised(visit: Transcript) -> None:
    truth = json.loads((SAMPLE / "visit.transcript.json").read_text(encoding="utf-8"))
    reference = " ".join(u["text"] for u in truth["utterances"])
    assert word_errors(reference, " ".join(u.text for u in visit.utterances)).rate < 0.08
    assert visit.language == "en"
    assert visit.model == "whisper-base"
    assert visit.notices == ()


def test_sample_visit_has_the_right_speakers(visit: Transcript) -> None:
    truth = json.loads((SAMPLE / "visit.transcript.json").read_text(encoding="utf-8"))
    wrong = compared = 0
    for utterance in visit.utterances:
        middle = (utterance.start + utterance.end) / 2
        said = [u for u in truth["utterances"] if u["start"] <= middle <= u["end"]]
        if len(said) == 1:
            compared += 1
            wrong += said[0]["speaker"] != utterance.speaker.value
    assert compared > 50
    assert wrong / compared < 0.06


def test_times_and_ids_of_the_sample_visit(visit: Transcript) -> None:
    words = [w for u in visit.utterances for w in u.words]
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert all(0 <= w.start < w.end <= visit.duration for w in words)
    assert [u.id for u in visit.utterances] == [f"u{n}" for n in range(1, len(visit.utterances) + 1)]
    assert max(u.end - u.start for u in visit.utterances) <= 15.0


def test_no_words_without_speech(transcriber: Transcriber) -> None:
    seconds = 60
    time = np.arange(seconds * RATE) / RATE
    noise = np.random.default_rng(0)
    sounds = {
        "silence": np.zeros(600 * RATE),
        "white noise": noise.normal(0, 0.1, len(time)),
        "loud noise": noise.normal(0, 0.3, len(time)),
        "hum": 0.3 * np.sin(2 * np.pi * 50 * time) + 0.1 * np.sin(2 * np.pi * 150 * time),
        "chords": sum(0.1 * np.sin(2 * np.pi * f * time) for f in (220, 277, 330, 440)) * (np.sin(3 * time) > 0),
    }
    for name, samples in sounds.items():
        result = transcriber.transcribe(samples.astype(np.float32), progress=no_progress, cancel=CancelToken())
        assert result.utterances == (), name
        assert result.duration == len(samples) / RATE


def test_speech_in_long_silence_is_found_at_its_place(transcriber: Transcriber) -> None:
    if not (SAMPLE / "visit.ogg").is_file():
        pytest.skip("the sample visit is not there")
    speech = decode(SAMPLE / "visit.ogg").samples[: RATE * 9]
    samples = np.concatenate([np.zeros(RATE * 120, np.float32), speech, np.zeros(RATE * 60, np.float32)])
    result = transcriber.transcribe(samples, progress=no_progress, cancel=CancelToken())
    assert result.utterances[0].start > 119.5
    assert result.utterances[-1].end < 129.5
    assert len(result.utterances) >= 2


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.bin"])
def test_a_damaged_model_is_refused(models: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "whisper-base"
    folder.mkdir()
    for file in (models / "whisper-base").iterdir():
        if file.name == name:
            (folder / name).write_bytes(file.read_bytes()[:1_000])
        else:
            (folder / file.name).symlink_to(file)
    with pytest.raises(ModelDamagedError):
        Transcriber.load(folder, device="cpu")


@pytest.mark.shared
def test_short_clips_with_exact_text(transcriber: Transcriber) -> None:
    if not (SHARED / "short.jsonl").is_file():
        pytest.skip("the labelled recordings are not beside the checkout")
    for line in (SHARED / "short.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["id"] != "jfk":
            continue
        result = transcriber.transcribe(
            decode(SHARED / item["audio"]).samples, progress=no_progress, cancel=CancelToken()
        )
        assert word_errors(item["text"], " ".join(u.text for u in result.utterances)).errors == 0
        assert {u.speaker for u in result.utterances} == {Speaker.UNKNOWN}
