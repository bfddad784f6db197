"""Note files: JSON, or text through the splitter."""

import json
from pathlib import Path

import pytest

from app.domain.codec import note_to_json
from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement
from app.exchange.note_file import read_note

NOTE = Note("soap", (Section("plan", "Plan", (Statement("s1", "Rest."),)),))


def one_statement(text: str) -> Note:
    lines = tuple(Statement(f"s{i}", line) for i, line in enumerate(text.split(), 1))
    return Note("soap", (Section("plan", "Plan", lines),))


def test_json_note(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_text(json.dumps(note_to_json(NOTE)))
    assert read_note(path, one_statement) == NOTE


def test_text_goes_through_the_splitter(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("\ufeffRest Drink", encoding="utf-8")
    assert [s.text for s in read_note(path, one_statement).statements()] == ["Rest", "Drink"]


@pytest.mark.parametrize(("content", "message"), [("", "empty"), ("{", "not valid JSON"), ("{}", "schema is missing")])
def test_wrong_note_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "note.txt"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_note(path, one_statement)


def test_text_without_statements_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("# Plan")
    with pytest.raises(InputError, match="no statements"):
        read_note(path, lambda _text: Note("soap", ()))
