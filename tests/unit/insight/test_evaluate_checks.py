"""Planted errors: seeded, really wrong, counted per kind."""

import json
from pathlib import Path

import pytest

from app.domain.errors import InputError, WorkCancelledError
from app.domain.work import CancelToken, no_progress
from app.insight.checked_visits import CheckedVisit, visits_to_measure, visits_to_tune
from app.insight.evaluate_checks import evaluate_checks, long_visit
from app.insight.labelled_visits import LabelledVisit, transcript_from_turns
from app.insight.planted_errors import KINDS, Planter
from app.insight.true_statements import third_person, true_statements

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
        ("dose_tenfold", "Continue lisinopril 20 mg daily."),
        ("dose_half", "Continue lisinopril 20 mg daily."),
        ("site", "Rash on the arm."),
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
    assert planter.plant("dose_half", "Knee pain.") is None
    assert planter.plant("side", "He left now.") is None
    assert planter.plant("side", "The pain comes right back.") is None


def test_figures_over_a_folder(tmp_path: Path):
    row = {"id": "v1", "dialogue": DIALOGUE, "note": NOTE}
    (tmp_path / "acibench_valid.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    result = evaluate_checks(tmp_path, no_progress, CancelToken())
    assert result["kind"] == "checks"
    assert result["plain"] is None
    assert {"found", "falsely_flagged", "found.dose", "found.side"} <= set(result["figures"])
    assert {"falsely_flagged.dose", "acibench.found", "seconds"} <= set(result["figures"])
    assert "long.seconds" not in result["figures"]
    assert {i["kind"].split(".")[1] for i in result["items"] if i["kind"].startswith("planted.")} <= set(KINDS)
    assert result["figures"]["found"] == 1.0
    assert result["figures"]["falsely_flagged"] == 0.0


def test_a_dose_becomes_tenfold_or_half():
    planter = Planter(transcript_from_turns(DIALOGUE), 7)
    texts = [planter.plant(kind, "Continue lisinopril 20 mg daily.") for kind in ("dose_tenfold", "dose_half")]
    assert [p.text for p in texts if p] == ["Continue lisinopril 200 mg daily.", "Continue lisinopril 10 mg daily."]


def test_what_would_be_true_is_not_planted():
    talk = "[doctor] does it run in your family ?\n[patient] yes , both my parents have asthma , and i have asthma .\n"
    planter = Planter(transcript_from_turns(talk), 7)
    assert planter.plant("family", "The patient has asthma.") is None
    assert planter.plant("family", "His mother has eczema.") is not None


def test_tuning_and_measuring_never_share_a_visit(tmp_path: Path):
    rows = [
        {"id": f"v{n}", "turns": [{"speaker": "Patient", "text": f"I have a cough, number {n}."}]} for n in range(5)
    ]
    (tmp_path / "osce_transcripts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    measured = {v.visit.id for v in visits_to_measure(tmp_path)}
    tuned = {v.visit.id for v in visits_to_tune(tmp_path)}
    assert measured | tuned == {row["id"] for row in rows}
    assert not measured & tuned


def test_questions_and_guesses_of_the_patient_are_no_true_statements():
    talk = "[patient] do you think it is a fever .\n[patient] i guess i have a rash on me .\n"
    talk += "[patient] my knee hurts when i walk .\n"
    assert [text for _, _, text in true_statements(_visit(talk))] == ["The patient's knee hurts when the patient walk."]


def _visit(talk: str) -> LabelledVisit:
    return LabelledVisit("v", transcript_from_turns(talk), "")


def test_a_long_visit_is_joined_from_visits():
    visit = CheckedVisit("x", LabelledVisit("v", transcript_from_turns(DIALOGUE), NOTE))
    assert long_visit([visit]) is None
    joined = long_visit([visit] * 600)
    assert joined is not None
    note, transcript = joined
    assert sum(len(u.text.split()) for u in transcript.utterances) >= 18_000
    assert len(list(note.statements())) == 200
    assert len({u.id for u in transcript.utterances}) == len(transcript.utterances)


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
