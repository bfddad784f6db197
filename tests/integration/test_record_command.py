"""`record`, `devices` and `recover` as a person uses them: a real microphone, real models, a real vault."""

import json
import os
import signal
import time

import psutil
import pytest
from program import REPOSITORY, anamnesis, is_declared
from pulse_server import pulse_server
from recording_process import RecordingProcess, make_vault, wait_for
from spoken_clock import RATE, write_wav

from app.audio.decode import decode_blocks
from app.domain.work import CancelToken
from app.insight.word_errors import word_errors

SAMPLE = REPOSITORY / "resources" / "sample"
SPOKEN = 20.0


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """The first seconds of the sample visit as a WAV file."""
    with decode_blocks(SAMPLE / "visit.ogg", CancelToken()) as blocks:
        pcm = b"".join(block.tobytes() for block in blocks)[: int(SPOKEN * RATE) * 2]
    return write_wav(tmp_path_factory.mktemp("visit") / "visit.wav", pcm)


@pytest.fixture
def vault(tmp_path):
    return make_vault(tmp_path)


def _reference():
    truth = json.loads((SAMPLE / "visit.transcript.json").read_text())["utterances"]
    return " ".join(u["text"] for u in truth if u["end"] <= SPOKEN)


@pytest.mark.pulse
@pytest.mark.models
@pytest.mark.timeout(400)
def test_a_spoken_visit_is_recorded_and_transcribed_until_ctrl_c(vault, visit):
    data, extra = vault
    with pulse_server() as server:
        extra = {**extra, **server.environment}
        listed = json.loads(anamnesis("devices", "--json", **extra).out)["devices"]
        assert [d["id"] for d in listed if d["default"]] == ["pulse:mic"]
        assert [d["monitor"] for d in listed] == [False, True]
        process = RecordingProcess(
            data, extra, "record", "--consent", "guardian", "--consent-by", "Maria Lund", "--title", "Mr. Bennett",
            "--no-draft", "--device", "pulse:mic",
        )  # fmt: skip
        process.wait_until_it_records()
        player = server.play(visit)
        player.wait(100)
        time.sleep(0.5)
        children = psutil.Process(process.process.pid).children(recursive=True)
        process.ctrl_c()
        status, out, err = process.end()
    assert status == 0, err
    assert "Recorded and transcribed: 0:2" in out
    assert psutil.wait_procs(children, 10)[1] == []
    (listed,) = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)["encounters"]
    assert (listed["title"], listed["stages"]) == ("Mr. Bennett", {"record": "done", "transcribe": "done"})
    shown = json.loads(anamnesis("--data-dir", data, "encounters", "show", listed["id"], "--json", **extra).out)
    consent = shown["consent"]
    assert (consent["decision"], consent["method"], consent["who"]) == ("given", "guardian", "Maria Lund")
    text = " ".join(u["text"] for u in shown["transcript"]["utterances"])
    assert word_errors(_reference(), text).rate < 0.3, text
    assert shown["transcript"]["duration"] == pytest.approx(listed["duration"], abs=0.01)
    recovered = json.loads(anamnesis("--data-dir", data, "encounters", "recover", "--no-draft", "--json", **extra).out)
    assert recovered["recordings"] == []


@pytest.mark.pulse
def test_two_channels_are_kept_and_json_says_what_came_of_it(vault, visit):
    data, extra = vault
    with pulse_server() as server:
        extra = {**extra, **server.environment, "ANAMNESIS_MODELS_DIR": str(data / "no-models")}
        player = server.play(visit)
        outcome = anamnesis(
            "--data-dir", data, "record", "--consent", "verbal", "--separate", "--for", 2, "--no-live", "--no-draft",
            "--json", **extra,
        )  # fmt: skip
        player.kill()
        player.wait(10)
    assert is_declared(outcome)
    assert "models fetch" in outcome.err
    (listed,) = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)["encounters"]
    assert listed["stages"] == {"record": "done", "transcribe": "failed(model-missing)"}
    assert 1.5 < listed["duration"] < 4.0
    frames = listed["duration"] * RATE
    sealed = sum(path.stat().st_size for path in (data / "vault" / "audio").glob("*.audio"))
    assert frames * 4 < sealed < frames * 4.1


@pytest.mark.pulse
@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_request_of_the_system_to_end_seals_the_sound(vault):
    data, extra = vault
    with pulse_server() as server:
        extra = {**extra, **server.environment}
        process = RecordingProcess(data, extra, "record", "--consent", "verbal", "--no-live")
        process.wait_until_it_records()
        time.sleep(1.0)
        process.process.send_signal(signal.SIGTERM)
        status, out, err = process.end(60)
    assert (status, out) == (1, "")
    assert err == (
        "anamnesis: The program was asked to end; the recording is saved. 'anamnesis encounters recover' finishes it.\n"
    )
    (listed,) = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)["encounters"]
    assert listed["stages"] == {"record": "done"}


@pytest.mark.pulse
def test_recover_lists_finishes_and_discards(vault):
    data, extra = vault
    with pulse_server() as server:
        extra = {**extra, **server.environment, "ANAMNESIS_MODELS_DIR": str(data / "no-models")}
        process = RecordingProcess(data, extra, "record", "--consent", "verbal", "--no-live", "--title", "Cut off")
        process.wait_until_it_records()
        audio = data / "vault" / "audio"
        wait_for(lambda: sum(path.stat().st_size for path in audio.glob("*.audio")) > 40_000)
        process.kill()
        refused = anamnesis("--data-dir", data, "encounters", "recover", "0000", "--continue", **extra)
        assert is_declared(refused)
    listed = anamnesis("--data-dir", data, "encounters", "list", **extra)
    assert "Cut off   [recording interrupted" in listed.out
    outcome = anamnesis("--data-dir", data, "encounters", "recover", **extra)
    assert outcome.status == 1
    assert "Cut off  finished" in outcome.out
    assert "models fetch" in outcome.err
    again = anamnesis("--data-dir", data, "encounters", "recover", "--continue", **extra)
    assert is_declared(again)
    assert "no interrupted recording" in again.err
    shown = anamnesis("--data-dir", data, "encounters", "list", **extra)
    assert "Cut off" in shown.out


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["record"], 1, "requires the patient's consent"),
        (["record", "--consent", "guardian"], 1, "--consent-by"),
        (["record", "--consent-by", "Maria"], 1, "--consent"),
        (["record", "--consent", "maybe"], 2, "invalid choice"),
        (["record", "--consent", "verbal", "--for", "0"], 2, "above 0"),
        (["record", "--consent", "verbal", "--for", "nan"], 2, "above 0"),
        (["record", "--consent", "verbal", "--vocabulary", "/none"], 1, "cannot be read"),
        (["encounters", "recover", "--continue"], 1, "no interrupted recording"),
        (["encounters", "recover", "ffff"], 1, "No visit"),
    ],
)
def test_bad_input_is_one_line(vault, words, status, says):
    data, extra = vault
    outcome = anamnesis("--data-dir", data, *words, **extra)
    assert outcome.status == status
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert status == 2 or is_declared(outcome)


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("consent_required = 1", "consent_required"),
        ("lock = 5", "lock"),
        ("consent_wording = 'de-7'", "de-7"),
    ],
)
def test_a_policy_that_is_not_understood_lets_nothing_be_recorded(vault, tmp_path, policy, says):
    data, extra = vault
    path = tmp_path / "policy.toml"
    path.write_text(policy)
    outcome = anamnesis("--data-dir", data, "record", "--consent", "verbal", ANAMNESIS_POLICY=str(path), **extra)
    assert is_declared(outcome)
    assert says in outcome.err


def test_the_wording_can_be_read_without_a_vault(tmp_path):
    outcome = anamnesis("--data-dir", tmp_path, "record", "--show-wording")
    assert outcome.status == 0
    assert "Do you agree that I record?" in outcome.out


@pytest.mark.pulse
def test_without_a_microphone_nothing_is_begun_and_the_way_out_is_told(vault):
    data, extra = vault
    with pulse_server() as server:
        extra = {**extra, **server.environment}
        outcome = anamnesis(
            "--data-dir", data, "record", "--consent", "verbal", "--device", "pulse:unplugged", "--for", 1, **extra
        )
    assert is_declared(outcome)
    listed = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)
    assert listed["encounters"] == []
