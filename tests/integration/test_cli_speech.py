"""Recordings with real models, most on the command line: formats, silence, a cut file, a damaged model."""

import json
import os
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from program import REPOSITORY, anamnesis, is_declared
from sample_cut import sample_cut

from app.audio.decode import decode, decode_blocks
from app.domain.work import CancelToken, no_progress
from app.engine.supervisor import Engine
from app.visit.attempts import transcribe_with_retry
from app.visit.choice import Choice

pytestmark = [pytest.mark.models, pytest.mark.timeout(400)]

SAMPLE = REPOSITORY / "resources" / "sample" / "visit.ogg"
MODELS = Path(os.environ.get("ANAMNESIS_MODELS_DIR") or Path.home() / ".cache" / "anamnesis" / "models")


def _wav(path, samples, rate=16_000, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def _excerpt(seconds, rate=16_000, channels=1):
    """The first seconds of the sample at another rate and channel count."""
    import soxr

    mono = soxr.resample(decode(SAMPLE).samples[: seconds * 16_000], 16_000, rate) * 32767
    return np.repeat(mono[:, None], channels, axis=1)


def _encode(path, seconds, codec, container):
    import av

    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=48_000, layout="stereo")
        pcm = _excerpt(seconds, 48_000, 2).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return path


@pytest.fixture(scope="module")
def heard():
    """The words of a file, as the command hears them, but with a model that is loaded once for all formats."""
    engine = Engine(MODELS)
    choice = Choice(speech_model="whisper-tiny.en", speakers=False)

    def words(path):
        with decode_blocks(path) as blocks:
            pcm = b"".join(block.tobytes() for block in blocks)
        transcript = transcribe_with_retry(engine, pcm, choice, no_progress, CancelToken())
        return " ".join(u.text for u in transcript.utterances).lower()

    yield words
    engine.close()


def _words(outcome):
    assert outcome.status == 0, outcome.err
    return " ".join(u["text"] for u in json.loads(outcome.out)["utterances"]).lower()


def _tiny(path, *more):
    return anamnesis("transcribe", path, "--model", "whisper-tiny.en", "--no-speakers", "--json", *more)


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("v.mp3", "mp3", "mp3"),
        ("v.flac", "flac", "flac"),
        ("v.m4a", "aac", "ipod"),
        ("v.mp4", "aac", "mp4"),
        ("v.webm", "libopus", "webm"),
        ("v.ogg", "libopus", "ogg"),
    ],
)
def test_every_usual_format_is_heard(tmp_path, heard, name, codec, container):
    assert "brings you in" in heard(_encode(tmp_path / name, 14, codec, container))


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (96_000, 6)])
def test_every_rate_and_channel_count_is_heard(tmp_path, heard, rate, channels):
    assert "brings you in" in heard(_wav(tmp_path / "v.wav", _excerpt(14, rate, channels), rate, channels))


def test_transcript_keeps_the_contract(tmp_path):
    outcome = _tiny(sample_cut(tmp_path / "cut.wav", 60.0))
    data = json.loads(outcome.out)
    assert outcome.status == 0
    assert data["schema"] == "anamnesis.transcript/1"
    assert data["duration"] == pytest.approx(60.0, abs=0.2)
    times = [u["start"] for u in data["utterances"]]
    assert times == sorted(times)
    for u in data["utterances"]:
        assert u["words"], u["id"]
        starts = [w["start"] for w in u["words"]]
        assert starts == sorted(starts)
        assert all(0 <= w["p"] <= 1 and w["end"] >= w["start"] for w in u["words"])


def test_ten_minutes_of_silence_give_no_word_and_nothing_to_draft(tmp_path):
    silence = _wav(tmp_path / "silence.wav", np.zeros(600 * 16_000))
    outcome = anamnesis("transcribe", silence, "--json")
    assert outcome.status == 0, outcome.err
    assert json.loads(outcome.out)["utterances"] == []
    (tmp_path / "t.json").write_text(outcome.out)
    draft = anamnesis("draft", tmp_path / "t.json", "--json")
    note = json.loads(draft.out)
    assert draft.status == 0
    assert all(not section["statements"] for section in note["sections"])
    assert "nothing to draft" in " ".join(note["notices"]).lower()


def test_cut_file_is_heard_as_far_as_it_goes_and_says_so(tmp_path):
    whole = _encode(tmp_path / "whole.flac", 30, "flac", "flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    outcome = _tiny(tmp_path / "cut.flac")
    assert "brings you in" in _words(outcome)
    assert any("cut" in notice for notice in json.loads(outcome.out)["notices"])


def test_model_with_one_byte_changed_is_refused_and_named(tmp_path):
    shutil.copytree(MODELS / "whisper-tiny.en", tmp_path / "whisper-tiny.en")
    model = tmp_path / "whisper-tiny.en" / "model.bin"
    with model.open("r+b") as file:
        file.seek(40_000_000)
        byte = file.read(1)[0]
        file.seek(40_000_000)
        file.write(bytes([byte ^ 1]))
    outcome = anamnesis("transcribe", SAMPLE, "--model", "whisper-tiny.en", ANAMNESIS_MODELS_DIR=str(tmp_path))
    assert is_declared(outcome), outcome
    assert "model.bin" in outcome.err
    assert is_declared(anamnesis("transcribe", SAMPLE, "--model", "whisper-base", ANAMNESIS_MODELS_DIR=str(tmp_path)))
