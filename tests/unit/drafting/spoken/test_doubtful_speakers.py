"""Labels of speakers that clash with what is said: who is taken for the speaker, what the reader is told."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.check import check_note
from app.drafting.drafter import Drafter
from app.drafting.spoken.doubtful_speakers import likely_speakers
from app.drafting.spoken.speaker_markers import talks_as_clinician, talks_as_patient
from app.drafting.templates.template import load_template

MIXED_UP = visit(
    "D: How has your thumb been?",
    "P: It is swollen since Monday.",
    "P: I'm going to order an x-ray of your thumb and I want you to keep the splint on at night.",
    "D: Any fever?",
    "P: No.",
)
EXCHANGED = visit(
    "P: Have you had any numbness, and are you taking anything for it?",
    "D: No. My doctor started me on naproxen and my thumb hurts at night.",
    "P: Let me examine you. On your hand exam I don't appreciate any swelling.",
    "D: My wife said my thumb is bigger than it was.",
    "P: I'll order an x-ray and send you to physical therapy.",
    "D: Okay.",
    "P: Do you have any questions about that?",
    "D: No.",
)


@pytest.mark.parametrize(
    "said",
    [
        "I'm gon na go ahead and order a blood test",
        "okay we'll start you on naproxen",
        "On your lung exam, your lungs are clear.",
        "What I want you to watch for is more swelling.",
        "Have you ever had a rash, and do you take any other medicines?",
        "Some people get a cough from it, so make sure you call us.",
    ],
)
def test_what_only_a_clinician_says(said: str):
    assert talks_as_clinician(said)
    assert not talks_as_patient(said)


@pytest.mark.parametrize(
    "said",
    [
        "The other doctor said I'm going to order you a scan.",
        "I want you to look at my knee.",
        "I'll give you the story of my knee.",
        "I appreciate the advice.",
        "Do you have any idea what it is?",
        "So you're gonna continue the tablets that I'm on?",
        "It hurts when I press on it.",
        "My wife is going to order some bandages and my back is sore.",
    ],
)
def test_what_patients_say_as_well(said: str):
    assert not talks_as_clinician(said)


def test_a_clinician_may_speak_of_a_wife_or_a_doctor_of_his_own():
    assert not talks_as_patient("My wife and I like to hike there, too.")
    assert not talks_as_patient("My doctor told me the same. I'm going to order a scan for you.")
    assert talks_as_patient("My doctor just started me on metformin and I was diagnosed in May.")


def test_only_what_clashes_is_taken_for_somebody_elses():
    likely = likely_speakers(MIXED_UP)
    assert likely.doubtful == {"u3"}
    assert not likely.exchanged
    assert [u.speaker for u in likely.transcript.utterances] == [
        Speaker.CLINICIAN,
        Speaker.PATIENT,
        Speaker.CLINICIAN,
        Speaker.CLINICIAN,
        Speaker.PATIENT,
    ]
    assert likely_speakers(likely.transcript).transcript == likely.transcript


def test_labels_that_fit_are_left_alone():
    right = visit("D: Any numbness?", "P: No, my thumb hurts.", "D: I'll order an x-ray.")
    assert likely_speakers(right).transcript is right
    assert likely_speakers(right).notices() == []


def test_a_visit_with_its_labels_exchanged_is_read_the_other_way_round():
    likely = likely_speakers(EXCHANGED)
    assert likely.exchanged
    assert [u.speaker for u in likely.transcript.utterances] == [Speaker.CLINICIAN, Speaker.PATIENT] * 4
    assert "exchanged" in likely.notices()[0]


def test_a_plan_under_the_patients_label_is_a_plan_and_needs_a_look():
    note = Drafter(ScriptedModel(always(form()))).draft(MIXED_UP, load_template("soap"))
    checked = check_note(note, MIXED_UP)
    lines = {s.key: [t.text for t in s.statements] for s in checked.sections}
    assert not any("splint" in t or "x-ray" in t for t in lines["subjective"])
    orders = [s for s in checked.statements() if "x-ray" in s.text]
    assert orders
    assert all(s.support is Support.PARTIAL and "label" in " ".join(s.reasons) for s in orders)
    notice = next(n for n in note.notices if "Who spoke" in n)
    assert "1 place" in notice
    assert "splint" not in notice
