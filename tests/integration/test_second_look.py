"""`check --second-look` with the small real model: it asks about supported statements alone and betters no mark."""

import json
from pathlib import Path

import pytest
from program import anamnesis, is_declared

from app.settings import find_paths

MODEL = "qwen2.5-coder-0.5b-q4"
FOLDER = find_paths().models / MODEL

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not list(FOLDER.glob("*.gguf")), reason=f"no model in {FOLDER}: anamnesis models fetch"),
]

SPOKEN = """Doctor: What brings you in?
Patient: My left knee has been sore for two weeks.
Doctor: Any fever?
Patient: No.
"""
WRITTEN = "## Subjective\nLeft knee pain for two weeks.\nDenies fever.\nRight knee pain.\n"
SECOND = "second look:"


def marks(note: dict[str, object]) -> list[tuple[str, list[str]]]:
    return [(s["support"], s["reasons"]) for section in note["sections"] for s in section["statements"]]


def test_it_can_only_add_doubt(tmp_path: Path) -> None:
    spoken, written = tmp_path / "visit.txt", tmp_path / "note.md"
    spoken.write_text(SPOKEN, encoding="utf-8")
    written.write_text(WRITTEN, encoding="utf-8")
    once = marks(json.loads(anamnesis("check", written, spoken, "--json").out))
    again = anamnesis("check", written, spoken, "--json", "--second-look", "--model", MODEL)
    assert again.status == 0
    assert [mark for mark, _ in once] == ["supported", "supported", "contradicted"]
    for (before, reasons), (after, more) in zip(once, marks(json.loads(again.out)), strict=True):
        doubted = any(reason.startswith(SECOND) for reason in more)
        assert (after == "partial") if doubted else (after == before and more == reasons)
        assert before == "supported" or not doubted


def test_an_unknown_model_is_one_clear_line(tmp_path: Path) -> None:
    spoken, written = tmp_path / "visit.txt", tmp_path / "note.md"
    spoken.write_text(SPOKEN, encoding="utf-8")
    written.write_text(WRITTEN, encoding="utf-8")
    told = anamnesis("check", written, spoken, "--second-look", "--model", "no-such-model")
    assert told.status != 0
    assert "no-such-model" in told.err
    assert is_declared(told)
