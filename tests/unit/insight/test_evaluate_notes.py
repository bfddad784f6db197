"""Figures of drafted notes, from visits of our own words and stand-ins for the models."""

from pathlib import Path

import pytest
from notes_double import CLINICIAN, DRAFT, TALK, NoteEngine, PlainWriter, item, note_of, plain_way, write_rows

from app.domain.errors import InputError, WorkCancelledError
from app.domain.work import CancelToken
from app.insight import evaluate_notes as module
from app.insight.evaluate_notes import evaluate_notes
from app.visit.choice import Choice

CHOICE = Choice(language_model="small", template="soap")
CHECKLIST = {
    "id": "v1",
    "clinician": 1,
    "variant": 1,
    "items": [
        item("knee pain"),
        item("left", depth=1),
        item("2 weeks", depth=1),
        item("no fever"),
        item("smoker"),
        item("lives with wife", "non-critical", section="SH"),
        item("took the bus", "irrelevant"),
    ],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_rows(
        tmp_path / "primock57.jsonl",
        {"id": "v0", "transcript": TALK + "Patient: And a very long story.", "note": CLINICIAN},
        {"id": "v1", "transcript": TALK, "note": CLINICIAN},
    )
    write_rows(tmp_path / "primock57_checklists.jsonl", CHECKLIST)
    return tmp_path


def evaluate(data: Path, engine: NoteEngine, **options):
    return evaluate_notes(data, engine=engine, choice=CHOICE, cancel=CancelToken(), **options)


def test_figures_of_a_folder(data):
    result = evaluate(data, NoteEngine(note_of(*DRAFT)))
    figures = result["figures"]
    assert result["kind"] == "notes"
    assert result["plain"] is None
    assert figures["critical_recall"] == pytest.approx(4 / 5)
    assert figures["noncritical_recall"] == 0.0
    assert figures["statements"] == 3
    assert figures["contradicted"] == pytest.approx(1 / 3, abs=1e-4), "800 mg was never said"
    assert figures["supported"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["visits"] == 2
    assert 0.5 < figures["rouge1"] < 1.0
    assert figures["rouge1"] > figures["rouge2"] > 0.0
    assert figures["seconds_worst"] >= figures["seconds"] > 0.0
    first = result["items"][0]
    assert first["id"] == "v1", "visits with a checklist come first"
    assert first["missed"] == ["smoker"]
    assert first["contradicted"] == 1
    assert "critical_recall" not in result["items"][1]


def test_the_clinicians_own_note_is_a_yardstick(data):
    assert evaluate(data, NoteEngine(note_of()))["figures"]["critical_recall_of_reference"] == pytest.approx(4 / 5)


def test_the_plain_way_comes_after_ours_has_left_the_memory(data):
    engine = NoteEngine(note_of(*DRAFT))
    result = evaluate(data, engine, open_plain_way=plain_way(PlainWriter("Plan\n\nRest.", engine.calls)))
    ours = ["preload small", "draft small soap", "draft small soap", "close"]
    assert engine.calls == [*ours, "plain ready", "plain write", "plain write"]
    assert result["plain"]["critical_recall"] == 0.0
    assert result["plain"]["words"] == 2
    assert result["items"][0]["plain_statements"] == 1


def test_a_visit_too_long_for_one_prompt_has_no_plain_score(data):
    engine = NoteEngine(note_of(*DRAFT))
    result = evaluate(data, engine, open_plain_way=plain_way(PlainWriter("Plan\n\nRest.", engine.calls, "long story")))
    assert result["plain"]["visits"] == 1
    assert result["notices"] == ["The plain way has no note of v0: The visit is too long."]
    assert "plain_words" not in result["items"][1]
    assert result["items"][1]["words"] > 0


def test_limit_and_sets(data):
    write_rows(data / "acibench_valid.jsonl", {"id": "a1", "dialogue": TALK, "note": CLINICIAN})
    row = {"dialogue": TALK, "note": CLINICIAN}
    write_rows(
        data / "acibench_asr_variants.jsonl",
        {"id": "r1", "split": "train", "variant": "asr", **row},
        {"id": "r2", "split": "valid", "variant": "asrcorr", **row},
        {"id": "r3", "split": "valid", "variant": "asr", **row},
    )
    both = evaluate(data, NoteEngine(note_of(*DRAFT)), limit=1)
    assert [(i["id"], i["set"]) for i in both["items"]] == [("a1", "aci"), ("v1", "primock")]
    assert {"rouge1.aci", "rouge1.primock", "critical_recall.primock"} <= set(both["figures"])
    assert "critical_recall.aci" not in both["figures"]


def test_what_a_recogniser_heard_is_scored_beside_the_same_visit_as_typed(data):
    row = {"dialogue": TALK, "note": CLINICIAN}
    other = {"dialogue": TALK, "note": f"{CLINICIAN} And more."}
    write_rows(
        data / "acibench_valid.jsonl", {"id": "a0", **other}, {"id": "a1", **row}, {"id": "a2", **row, "note": "x"}
    )
    write_rows(
        data / "acibench_asr_variants.jsonl",
        {"id": "r1", "split": "train", "variant": "asr", **row},
        {"id": "r2", "split": "valid", "variant": "asrcorr", **row},
        {"id": "r3", "split": "valid", "variant": "asr", **row, "dialogue": f"{TALK}Patient: And a mishear."},
        {"id": "r4", "split": "valid", "variant": "asr", **other},
    )
    raw = evaluate(data, NoteEngine(note_of(*DRAFT)), only="asr")
    assert [(i["id"], i["set"]) for i in raw["items"]] == [("r3", "asr"), ("a1", "aci")]
    assert {"rouge1.asr", "rouge1.aci"} <= set(raw["figures"])
    assert raw["notices"] == ["1 of 2 visits were heard word for word as typed and are left out."]


def test_without_the_rouge_package_the_rest_is_measured(data, monkeypatch):
    monkeypatch.setattr(module, "rouge_is_there", lambda: False)
    result = evaluate(data, NoteEngine(note_of(*DRAFT)))
    assert "rouge1" not in result["figures"]
    assert "critical_recall" in result["figures"]
    assert result["notices"] == [module.NO_ROUGE]


def test_nothing_to_score_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no labelled visits"):
        evaluate(tmp_path, NoteEngine(note_of()))
    write_rows(tmp_path / "primock57.jsonl", {"id": "v1", "transcript": TALK, "note": CLINICIAN})
    (tmp_path / "primock57_checklists.jsonl").write_text('{"id": "v1"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"primock57_checklists\.jsonl, line 1"):
        evaluate(tmp_path, NoteEngine(note_of()))


def test_a_cancel_stops_between_visits(data):
    cancel = CancelToken()
    engine = NoteEngine(note_of(*DRAFT), before_draft=cancel.cancel)
    with pytest.raises(WorkCancelledError):
        evaluate_notes(data, engine=engine, choice=CHOICE, cancel=cancel)
    assert engine.calls == ["preload small", "draft small soap"]


def test_progress_rises_to_one(data):
    heard: list[float] = []
    engine = NoteEngine(note_of(*DRAFT))
    evaluate(
        data,
        engine,
        open_plain_way=plain_way(PlainWriter("Rest.", engine.calls)),
        progress=lambda fraction, _phrase: heard.append(fraction),
    )
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
