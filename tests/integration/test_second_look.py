"""The second look with the small real model: it asks about supported statements alone and betters no mark."""

import json
from pathlib import Path

import pytest
from program import anamnesis, is_declared

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement
from app.domain.work import CancelToken, no_progress
from app.drafting.checking.judge import Judge, second_look
from app.drafting.engines.loading import load_language_model
from app.engine.supervisor import Engine
from app.insight.labelled_visits import transcript_from_turns
from app.settings import find_paths
from app.vault import create_vault, sign_in
from app.visit.second_look import look_again
from app.wiring import check

OWNER = "four small bridges"
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


@pytest.fixture
def note() -> Note:
    texts = ("Left knee pain for two weeks.", "Denies fever.", "Right knee pain.", "Sore left knee.")
    said = tuple(Statement(f"s{n}", text) for n, text in enumerate(texts, 1))
    return check(Note("soap", (Section("subjective", "Subjective", said),)), transcript_from_turns(SPOKEN))


def test_the_engine_process_doubts_what_the_model_doubts_here(note: Note) -> None:
    talk = transcript_from_turns(SPOKEN)
    engine = Engine(find_paths().models, niceness=10)
    try:
        look = look_again(engine, note, talk, MODEL, no_progress, CancelToken())
    finally:
        engine.close()
    model = load_language_model(FOLDER)
    try:
        here = second_look(note, talk, Judge(model).belief)
    finally:
        model.close()
    assert look.asked == 3
    assert look == here


def test_a_visit_in_the_vault_keeps_its_words_and_the_version_before(note: Note, tmp_path: Path) -> None:
    (tmp_path / "pass.txt").write_text(OWNER, encoding="utf-8")
    unlock = {"ANAMNESIS_PASSPHRASE_FILE": str(tmp_path / "pass.txt")}
    vault = find_paths(tmp_path).vault
    session, _code = create_vault(vault, name="ada", display_name="Dr. Ada", passphrase=OWNER)
    visit = session.encounters.create("Knee")
    session.encounters.save_transcript(visit, transcript_from_turns(SPOKEN))
    session.encounters.add_version(visit, note, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    session.close()
    told = anamnesis("--data-dir", tmp_path, "encounters", "look-again", visit, "--model", MODEL, **unlock)
    assert told.status == 0, told.err
    doubted = int(told.out.split()[0])
    assert told.out.strip().endswith("of 3 sentences that the checks passed are in doubt now.")
    session = sign_in(vault, "ada", OWNER)
    try:
        versions = session.encounters.versions(visit)
    finally:
        session.close()
    assert versions[0].note == note
    assert len(versions) == 1 + bool(doubted)
    assert [s.text for s in versions[-1].note.statements()] == [s.text for s in note.statements()]
    marked = [s for s in versions[-1].note.statements() if any(r.startswith(SECOND) for r in s.reasons)]
    assert len(marked) == doubted
