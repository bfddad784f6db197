"""Lines of plan and assessment: conditions, hedges and warnings as spoken; courtesy and mere times left out."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.transcript import Transcript
from app.drafting.drafter import Drafter
from app.drafting.templates.template import load_template
from app.drafting.writing.quoted_sentences import worth_quoting

SOAP = load_template("soap")


def lines(transcript: Transcript, key: str, **labels: list[str]) -> str:
    note = Drafter(ScriptedModel(always(form(**labels)))).draft(transcript, SOAP)
    return "\n".join(s.text for section in note.sections if section.key == key for s in section.statements)


def follow_up(*texts: str) -> dict[str, list[str]]:
    return {"follow-up": list(texts)}


def test_how_long_it_has_lasted_is_no_follow_up():
    said = visit("D: How long?", "P: About six weeks.", "D: Six weeks, okay. Rest it, I would say.", "P: Okay.")
    assert "Follow-up" not in lines(said, "plan", **follow_up("in six weeks"))
    said = visit("D: How long?", "P: Three days.", "D: Rest it. I'd like to see you in two weeks.", "P: Okay.")
    assert "Follow-up: in two weeks." in lines(said, "plan", **follow_up("in two weeks"))


def test_the_time_of_a_test_is_no_follow_up():
    said = visit("P: My sugar is high.", "D: We repeat the hemoglobin a1c in six months.", "P: Okay.")
    assert "Follow-up" not in lines(said, "plan", **follow_up("in six months"))
    said = visit("P: My rash itches.", "D: Keep it dry. We recheck it in two weeks.", "P: Okay.")
    assert "Follow-up: recheck it in two weeks." in lines(said, "plan", **follow_up("in two weeks"))


def test_a_follow_up_under_a_condition_keeps_it():
    said = visit("P: My ear hurts.", "D: If it has not settled, I'd like to see you again in five days.", "P: Okay.")
    plan = lines(said, "plan", **follow_up("in five days"))
    assert "Follow-up: in five days if it has not settled." in plan
    assert "Follow-up: in five days." not in plan


def test_fragments_of_a_warning_become_the_warning():
    said = visit(
        "P: I have a headache.",
        "D: If the headache gets worse, or you develop a rash, come back straight away.",
        "P: Okay.",
    )
    plan = lines(said, "plan", advice=["if the headache gets worse"], **follow_up("rash develops"))
    assert plan.count("come back straight away") == 1
    assert "or you develop a rash" in plan
    assert "Advice: if" not in plan


def test_a_condition_that_names_what_is_done_stays():
    said = visit("P: My knee hurts.", "D: Come back. If it is not better we will get an MRI scan.", "P: Okay.")
    plan = lines(said, "plan", **follow_up("if not better, get an MRI scan"))
    assert "Tests: MRI scan if it is not better." in plan
    assert plan.count("MRI") == 1


@pytest.mark.parametrize("text", ["take care", "try to get well soon", "finalize the note"])
def test_courtesy_is_no_advice(text: str):
    said = visit("P: I have a cough.", f"D: You should rest. {text.capitalize()}.", "P: Thanks.")
    assert text not in lines(said, "plan", advice=[text])


def test_what_was_only_thought_of_is_considered():
    said = visit(
        "P: I have diarrhea.", "D: I'd like you to rest. We may need to take a sample of your stool.", "P: Okay."
    )
    assert "Tests: consider taking a sample of your stool." in lines(said, "plan", test=["sample of stool"])
    said = visit("P: I have diarrhea.", "D: I'll order a stool culture.", "P: Okay.")
    assert "Tests: stool culture." in lines(said, "plan", test=["stool culture"])


def test_what_is_given_for_the_first_time_is_not_continued():
    said = visit("P: My head hurts.", "D: I'd recommend naproxen for today.", "P: Okay.")
    assert "ontinue" not in lines(said, "plan", treatment=["continue naproxen"])
    said = visit("P: I take naproxen.", "D: Let's continue the naproxen.", "P: Okay.")
    assert "continue naproxen" in lines(said, "plan", treatment=["continue naproxen"])


def test_another_visit_in_the_practice_is_no_referral():
    said = visit("P: My ear hurts.", "D: We'll see you on Friday, it will be another GP.", "P: Okay.")
    plan = lines(said, "plan", referral=["another GP"])
    assert "Referral" not in plan
    assert "Follow-up: on Friday, it will be another GP." in plan


def test_what_is_kept_or_read_is_advice():
    said = visit("P: My head hurts.", "D: You should keep a headache diary. See you.", "P: Okay.")
    assert "Advice: keep a headache diary." in lines(said, "plan", **follow_up("keep a headache diary"))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("I wonder whether you may have gout.", "Possible gout."),
        ("It sounds like pneumonia to me.", "It sounds like pneumonia to me."),
        ("It seems to be pneumonia.", "Likely pneumonia."),
        ("It's something called sciatica.", "Sciatica."),
        ("I don't think this is gout.", ""),
        ("If you think it could be gout, call.", ""),
        ("I'm reassured that it is unlikely to be meningitis.", ""),
    ],
)
def test_a_diagnosis_is_written_as_stated(said: str, written: str):
    talk = visit("P: My toe hurts.", f"D: {said}", "P: Okay.")
    assert lines(talk, "assessment") == written


def test_the_models_diagnosis_gets_the_hedge_of_the_clinician():
    talk = visit("P: My toe hurts.", "D: You may have gout.", "P: Okay.")
    assert lines(talk, "assessment", diagnosis=["gout"]) == "Possible gout."
    assert lines(talk, "assessment", diagnosis=["possible gout"]) == "Possible gout."
    sure = visit("P: My toe hurts.", "D: You may have gout. The fluid is back, your diagnosis is gout.", "P: Okay.")
    assert lines(sure, "assessment", diagnosis=["gout"]) == "Gout."


def test_a_recap_of_complaints_is_no_assessment():
    talk = visit("P: I have a cough and a fever.", "D: So to recap, you've been having a cough and fever.", "P: Yes.")
    assert lines(talk, "assessment", diagnosis=["cough and fever"]) == ""
    found = visit("P: I have a cough.", "D: I think this is the cough from your reflux.", "P: Yes.")
    assert "ough" in lines(found, "assessment", diagnosis=["cough from reflux"])


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Someone might have impacted wax blocking the tube.", "Possible impacted wax blocking the tube."),
        ("Your ear has impacted wax blocking the tube.", "Impacted wax blocking the tube."),
    ],
)
def test_what_every_sentence_leaves_open_is_only_possible(said: str, written: str):
    talk = visit("P: My ear is full.", f"D: I think we should look. {said}", "P: Okay.")
    assert lines(talk, "assessment", diagnosis=["impacted wax blocking the tube"]) == written


def test_a_result_is_no_test_to_be_done_and_ice_no_medicine():
    talk = visit(
        "P: My back hurts.",
        "D: Your cholesterol test is normal. I want you to continue to ice it and rest.",
        "P: Okay.",
    )
    plan = lines(talk, "plan")
    assert "normal" not in plan
    assert "Advice: continue to ice it and rest." in plan


def test_the_surest_sentence_counts_and_neighbours_are_one_name():
    talk = visit("P: My shoulder hurts.", "D: I think you have a rotator cuff tendinopathy.", "P: Okay.")
    assert "rotator cuff tendinopathy" in lines(talk, "assessment")
    assert "rotator cuff, " not in lines(talk, "assessment")
    far = visit("P: I am tired.", "D: It looks like " + "you had a long day and then a drive " * 3 + "and gout.")
    assert "Likely" not in lines(far, "assessment")


@pytest.mark.parametrize(
    "said",
    [
        "One of the things we'd be worried about is when someone has a cough.",
        "I know you seem quite worried about the cough.",
        "If you have a fever, then I think paracetamol is sensible.",
        "I think it's important to get a sample of the stool.",
    ],
)
def test_general_talk_is_no_assessment(said: str):
    assert worth_quoting(said, next(s for s in SOAP.sections if s.key == "assessment")) == ""
