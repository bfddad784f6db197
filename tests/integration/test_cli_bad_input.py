"""Bad input on the command line: one clear line, exit 1, nothing left behind."""

import json
import struct
import wave

import pytest
from program import anamnesis, is_declared

TRANSCRIPT = {
    "schema": "anamnesis.transcript/1",
    "duration": 4.0,
    "language": "en",
    "model": "whisper-base",
    "utterances": [
        {"id": "u1", "start": 0.0, "end": 2.0, "speaker": "clinician", "text": "Any fever?", "words": []},
        {"id": "u2", "start": 2.0, "end": 3.0, "speaker": "patient", "text": "No.", "words": []},
    ],
}


def _wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "words.mp3").write_text("These are words and no sound.\n" * 40)
    (tmp_path / "empty.wav").touch()
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "header.mp3").write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00")
    _wav(tmp_path / "one.wav", [1])
    return tmp_path


@pytest.mark.parametrize("name", ["missing.wav", "words.mp3", "empty.wav", "one.wav", "folder.mp3", "header.mp3"])
@pytest.mark.parametrize("command", ["transcribe", "demo"])
def test_recording_that_is_none_is_refused_in_one_line(folder, command, name):
    data = folder / "data"
    outcome = anamnesis("--data-dir", data, command, folder / name)
    assert is_declared(outcome), outcome
    assert outcome.out == ""
    assert not data.exists()


def _broken(**changes):
    return json.dumps({**TRANSCRIPT, **changes})


UTTERANCE = TRANSCRIPT["utterances"][0]
BAD_TRANSCRIPTS = {
    "not json": "{",
    "a list": "[]",
    "unknown version": _broken(schema="anamnesis.transcript/9"),
    "wrong type": _broken(duration="four"),
    "duplicate ids": _broken(utterances=[UTTERANCE, UTTERANCE]),
    "unknown speaker": _broken(utterances=[{**UTTERANCE, "speaker": "cat"}]),
    "ends before it starts": _broken(utterances=[{**UTTERANCE, "end": -1}]),
    "not a number": _broken(duration=float("nan")),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("kind", BAD_TRANSCRIPTS)
@pytest.mark.parametrize("command", ["draft", "check"])
def test_transcript_that_is_none_is_refused_in_one_line(tmp_path, command, kind):
    path = tmp_path / "transcript.json"
    path.write_text(BAD_TRANSCRIPTS[kind])
    note = tmp_path / "note.md"
    note.write_text("Plan:\n- Rest.\n")
    words = [path] if command == "draft" else [note, path]
    outcome = anamnesis(command, *words)
    assert is_declared(outcome), outcome


def test_refusal_never_quotes_what_was_said(tmp_path):
    path = tmp_path / "transcript.json"
    path.write_text(_broken(utterances=[{**UTTERANCE, "text": "xylophonitis", "speaker": "cat"}]))
    assert "xylophonitis" not in anamnesis("draft", path).err


def test_unknown_model_is_refused(tmp_path):
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps(TRANSCRIPT))
    assert is_declared(anamnesis("draft", path, "--model", "no-such-model"))


def test_missing_models_say_how_to_get_them(tmp_path):
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps(TRANSCRIPT))
    outcome = anamnesis("draft", path, ANAMNESIS_MODELS_DIR=str(tmp_path / "none"))
    assert is_declared(outcome), outcome
    assert "models fetch" in outcome.err


@pytest.mark.parametrize("words", [["--nonsense"], ["transcribe"], ["nonsense"], ["models", "frobnicate"], ["export"]])
def test_wrong_usage_exits_2(words):
    assert anamnesis(*words).status == 2


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "transcribe",
        "draft",
        "check",
        "models",
        "users",
        "encounters",
        "export",
        "audit",
        "evaluate",
        "bench",
        "doctor",
    ],
)
def test_every_command_has_help(command):
    outcome = anamnesis(command, "--help")
    assert outcome.status == 0
    assert outcome.out.startswith("usage: anamnesis")


def test_vault_commands_without_a_vault_say_how_to_make_one(tmp_path):
    outcome = anamnesis("--data-dir", tmp_path, "encounters", "list")
    assert is_declared(outcome)
    assert "users create" in outcome.err


def test_passphrase_without_terminal_or_file_is_refused(tmp_path):
    outcome = anamnesis("--data-dir", tmp_path / "d", "users", "create", "anna")
    assert is_declared(outcome)
    assert "ANAMNESIS_PASSPHRASE_FILE" in outcome.err
