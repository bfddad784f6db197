"""The benchmarks of live recording run on the real parts and print what they promise; no time is asserted."""

import json
import wave

import numpy as np
import pytest
from program import anamnesis, is_declared
from pulse_server import pulse_server
from sample_cut import SAMPLE, sample_cut

TINY = "whisper-tiny.en"
MINUTE = 60.0


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """The first twenty seconds of the sample visit."""
    return sample_cut(tmp_path_factory.mktemp("cut") / "cut.wav", 20.0)


@pytest.fixture(scope="module")
def minute(tmp_path_factory):
    """The first minute, with its true words beside it."""
    path = sample_cut(tmp_path_factory.mktemp("minute") / "minute.wav", MINUTE)
    truth = json.loads(SAMPLE.with_suffix(".transcript.json").read_text(encoding="utf-8"))
    truth["utterances"] = [u for u in truth["utterances"] if u["end"] <= MINUTE]
    path.with_suffix(".transcript.json").write_text(json.dumps(truth), encoding="utf-8")
    return path


def figures(*words, **extra):
    outcome = anamnesis("bench", *words, "--json", timeout=280, **extra)
    assert (outcome.status, outcome.err) == (0, "")
    return json.loads(outcome.out)


@pytest.mark.models
def test_visit_is_heard_live_and_drafted(cut):
    found = figures("visit", cut, "--speed", 2, "--offline", "--model", "qwen2.5-coder-0.5b-q4")
    assert found["live_note"] is None
    assert found["utterances"]["all"] > 0
    assert found["utterances"]["only_after_stop"] < found["utterances"]["all"]
    for lag in ("live_lag", "exact_lag", "final_lag", "shown_first_lag"):
        assert found[lag]["p50"] <= found[lag]["p95"] <= found[lag]["max"]
    assert found["live_lag"]["p50"] <= found["exact_lag"]["p50"]
    assert found["stop_to_transcript"] < found["stop_to_draft"]
    assert found["tail"]["transcript"] == found["stop_to_transcript"]
    assert sum(found["tail"].values()) <= found["stop_to_draft"] + 0.5
    assert found["passages"]["ready_at_stop"] + found["passages"]["asked_after"] >= 1
    assert found["share_of_plain"] is None
    assert found["lost_seconds"] == 0
    assert found["duration"] == pytest.approx(20.0, abs=0.3)
    assert found["wer"] is None  # the words of a cut are not known
    assert set(found["aims"]["live_lag.p95"]) == {"at_most", "met"}


@pytest.mark.models
def test_too_fast_for_text_says_so_instead_of_a_lag(minute):
    found = figures("visit", minute, "--speed", 30, "--no-offline", "--no-draft")
    assert found["live_lag"] == {"p50": None, "p95": None}
    assert "not measured" in found["live_note"]
    assert found["wer"] < 0.5
    assert (found["wer_offline"], found["stop_to_draft"]) == (None, None)


@pytest.mark.models
def test_memory_of_each_process_is_watched(cut):
    found = figures("long", cut, "--hours", 0.015, "--speed", 10, "--speech-model", TINY)
    assert found["words"] > 20
    assert found["highest_mb"] > 100
    assert {"program", "ears"} <= set(found["growth_mb_by_process"])


@pytest.mark.models
def test_window_beats_while_it_records(cut):
    found = figures("window", cut, "--seconds", 4, QT_QPA_PLATFORM="offscreen")
    assert found["page"] == "LivePage"
    assert found["words_on_screen"] > 0
    assert found["beats"] > 100
    assert found["gap_ms"]["p50"] <= found["gap_ms"]["p99"] <= found["gap_ms"]["max"]


@pytest.mark.real_time
def test_killed_recordings_open_and_continue(cut):
    found = figures("kills", cut, "--times", 10, "--seed", 7)
    assert found["kills"] == 10
    assert found["lost"]["max"] <= 1.0
    assert found["compared"] > 0
    assert found["continued"] == 1
    for broken in ("blocks_that_do_not_open", "less_than_promised", "sound_that_differs", "not_continued"):
        assert found[broken] == 0


@pytest.mark.pulse
def test_recorder_is_measured_on_a_real_input(tmp_path):
    with pulse_server() as server:
        tone = tmp_path / "tone.wav"
        with wave.open(str(tone), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes((8_000 * np.sin(np.arange(16_000 * 20) / 5)).astype("<i2").tobytes())
        speaking = server.play(tone)
        try:
            found = figures("record", "--seconds", 3, **server.environment)
        finally:
            speaking.kill()
            speaking.wait()
    assert found["seconds"] == pytest.approx(3.0, abs=0.5)
    assert found["cpu_percent"]["capture"] > 0
    assert found["record_to_first_block"] <= found["first_sealed_block"]
    assert found["level_events"] > 10
    assert "nothing-heard" not in found["alarms"]


@pytest.mark.pulse
def test_no_microphone_is_one_line(tmp_path):
    outcome = anamnesis("bench", "record", PULSE_SERVER=f"unix:{tmp_path}/none", XDG_RUNTIME_DIR=str(tmp_path))
    if outcome.status == 0:
        pytest.skip("this machine has a microphone beside the sound server")
    assert is_declared(outcome)


@pytest.mark.parametrize(
    "words",
    [
        ["kills"],
        ["kills", SAMPLE, "--device", "default"],
        ["kills", SAMPLE, "--times", 0],
        ["visit", SAMPLE, "--speed", 0],
        ["long", SAMPLE, "--hours", 100],
        ["visit", "no-such-file.wav"],
    ],
)
def test_wrong_use_is_one_line(words):
    assert is_declared(anamnesis("bench", *words))
