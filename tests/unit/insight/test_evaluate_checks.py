"""Planted errors: seeded, really wrong, counted per kind."""

import json
from pathlib import Path

import pytest

from app.domain.errors import InputError, WorkCancelledError
from app.domain.work import CancelToken, no_progress
from app.insight.evaluate_checks import evaluate_checks, third_person
from app.insight.labelled_visits import transcript_from_turns
from app.insight.planted_errors import KINDS, Planter

DIALOGUE = (
    "[doctor] what brings you in ?\n[patient] i have had pain in my right knee for three weeks .\n"
    "[doctor] any fever ?\n[patient] no .\n[doctor] let's continue lisinopril 20 milligrams a day .\n"
    "[patient] i have a rash on my left arm too .\n"
)
NOTE = "HISTORY\n\nRight knee pain for three weeks.\n\nPLAN\n\nContinue lisinopril 20 mg a day."


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("drug", "Continue lisinopril 20 mg daily."),
        ("dose", "Continue lisinopril 20 mg daily."),
        ("unit", "Continue lisinopril 20 mg daily."),
        ("frequency", "Continue lisinopril 20 mg daily."),
        ("negation", "Denies fever."),
        ("side", "Right knee pain."),
        ("duration", "Pain for three weeks."),
        ("family", "The patient has a rash."),
        ("plan", "Rest."),
        ("invented_drug", "Rest."),
        ("invented_finding", "Rest."),
    ],
)
def test_the_same_seed_plants_the_same_error(kind: str, text: str):
    transcript = transcript_from_turns(DIALOGUE)
    planted = [Planter(transcript, 7).plant(kind, text) for _ in range(2)]
    assert planted[0] is not None
    assert planted[0] == planted[1]
    assert planted[0].text != text


def test_a_kind_that_does_not_apply_plants_nothing():
    planter = Planter(transcript_from_turns(DIALOGUE), 7)
    assert planter.plant("dose", "Knee pain.") is None
    assert planter.plant("side", "He left now.") is None


def test_figures_over_a_folder(tmp_path: Path):
    row = {"id": "v1", "dialogue": DIALOGUE, "note": NOTE}
    (tmp_path / "acibench_valid.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    result = evaluate_checks(tmp_path, no_progress, CancelToken())
    assert result["kind"] == "checks"
    assert result["plain"] is None
    assert {"found", "falsely_flagged", "found.dose", "found.side"} <= set(result["figures"])
    assert {i["kind"].split(".")[1] for i in result["items"] if i["kind"].startswith("planted.")} <= set(KINDS)
    assert result["figures"]["found"] == 1.0
    assert result["figures"]["falsely_flagged"] == 0.0


def test_bad_folders_and_cancel(tmp_path: Path):
    with pytest.raises(InputError):
        evaluate_checks(tmp_path, no_progress, CancelToken())
    (tmp_path / "primock57.jsonl").write_text("{broken\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        evaluate_checks(tmp_path, no_progress, CancelToken())
    row = {"id": "v1", "transcript": "Doctor: hello", "note": "x"}
    (tmp_path / "primock57.jsonl").write_text(json.dumps(row), encoding="utf-8")
    token = CancelToken()
    token.cancel()
    with pytest.raises(WorkCancelledError):
        evaluate_checks(tmp_path, no_progress, token)


def test_third_person():
    assert (
        third_person("um , i have a cough and my knee hurts .")
        == "The patient has a cough and the patient's knee hurts."
    )
