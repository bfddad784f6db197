"""What the clinician says of the patient as known stands in the history."""

import pytest
from drafting_doubles import visit

from app.drafting.templates.template import load_template
from app.drafting.writing.history.stated_history import with_stated_history
from app.drafting.writing.phrases import Phrase

SUBJECTIVE = next(s for s in load_template("soap").sections if s.key == "subjective")
FIELDS = {f.name: f for f in SUBJECTIVE.fields}


def lines(*said: str, phrases: tuple[tuple[str, str], ...] = ()) -> list[str]:
    made = [Phrase(FIELDS[name], text, ()) for name, text in phrases]
    return [p.sentence for p in with_stated_history(SUBJECTIVE, made, visit(*said))]


def test_why_the_patient_comes_is_the_clinicians_word():
    said = ("D: Anna is a 40 year old woman who presents today for some ankle swelling.", "P: Hello.")
    assert lines(*said, phrases=(("chief complaint", "busy summer"),)) == ["Chief complaint: ankle swelling."]
    assert lines(*said, phrases=(("chief complaint", "left ankle swelling"),)) == [
        "Chief complaint: left ankle swelling."
    ]


def test_a_history_of_is_past_medical_history():
    said = ("D: Anna has a past medical history significant for asthma, gout and appendectomy who comes in.", "P: Hi.")
    assert lines(*said, phrases=(("past illnesses", "gout"),)) == [
        "Past medical history: gout.",
        "Past medical history: asthma.",
        "Past surgical history: appendectomy.",
    ]


@pytest.mark.parametrize(
    ("said", "answer", "found"),
    [
        ("I see that we have you on amlodipine.", "Yes.", ["Medications: amlodipine."]),
        ("You're taking metformin, I see.", "Right.", ["Medications: metformin."]),
        ("You're taking metformin.", "No.", []),
        ("Are you taking metformin?", "Hm.", []),
        ("I'd like to put you on metformin.", "Okay.", []),
        ("Is there a family history of gout?", "No.", []),
        ("There is a family history of gout.", "Yes.", []),
    ],
)
def test_what_the_patient_is_on(said: str, answer: str, found: list[str]):
    assert lines("P: Hello.", f"D: {said}", f"P: {answer}") == found
