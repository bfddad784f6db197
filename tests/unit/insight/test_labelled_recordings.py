"""Reading labelled sets, and refusing what is none."""

import json
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.domain.transcript import Speaker
from app.insight.labelled_recordings import read_recordings


def test_reads_turns_and_plain_text(tmp_path: Path) -> None:
    turns = [
        {"speaker": "Doctor", "text": "Hello."},
        {"speaker": "Patient", "text": "Hi."},
        {"speaker": "Mum", "text": "Oh."},
    ]
    (tmp_path / "osce_audio.jsonl").write_text(json.dumps({"id": "a", "audio": "x/a.mp3", "turns": turns}) + "\n\n")
    (tmp_path / "short.jsonl").write_text(json.dumps({"id": "b", "audio": "b.wav", "text": "Ten of clubs"}))
    a, b = read_recordings(tmp_path, "osce_audio.jsonl", "short.jsonl", "absent.jsonl")
    assert a.text == "Hello. Hi. Oh."
    assert [t.speaker for t in a.turns] == [Speaker.CLINICIAN, Speaker.PATIENT, Speaker.OTHER]
    assert a.audio == tmp_path / "x" / "a.mp3"
    assert (b.id, b.text, b.turns) == ("b", "Ten of clubs", ())


@pytest.mark.parametrize("line", ["{", "[]", '"x"', '{"id": "a"}', '{"id": "a", "audio": "b", "turns": [1]}'])
def test_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "short.jsonl").write_text(line)
    with pytest.raises(InputError, match=r"Line 1 of short\.jsonl"):
        read_recordings(tmp_path, "short.jsonl")


def test_nothing_to_measure(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        read_recordings(tmp_path / "absent", "short.jsonl")
    with pytest.raises(InputError, match="none of the files"):
        read_recordings(tmp_path, "short.jsonl")
    (tmp_path / "short.jsonl").write_text("\n")
    with pytest.raises(InputError, match="list no recording"):
        read_recordings(tmp_path, "short.jsonl")
