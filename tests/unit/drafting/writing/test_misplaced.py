"""A small model fills every key that it is asked: what does not belong there does not come into the note."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.note import Note
from app.domain.transcript import Transcript
from app.drafting.drafter import Drafter
from app.drafting.reading.prompts import EXAMPLE_ANSWER
from app.drafting.spoken.given_medicines import newly_given
from app.drafting.templates.template import load_template
from app.drafting.writing.misplaced import copies_example, is_household, is_mechanism

SOAP = load_template("soap")

STOMACH = visit(
    "D: What is the matter?",
    "P: I had vomiting and diarrhea since Monday.",
    "D: So you had vomiting and diarrhea since Monday.",
    "P: Yes. I live with my wife and our two kids. My father had gout.",
    "D: I see. My advice is rest. I will prescribe ondansetron 4 mg and you can take loperamide.",
    "P: So ondansetron for the vomiting. And I take ramipril 5 mg every day.",
    "D: Fine, keep taking the ramipril.",
)
ANKLE = visit(
    "D: What happened?",
    "P: I was twisting to reach the ball and fell on my ankle. It is swollen.",
    "D: Any asthma?",
    "P: Yes, I have asthma.",
    "D: I can see swelling here, and it is tender when I press.",
)


def draft(transcript: Transcript, **labels: list[str]) -> Note:
    return Drafter(ScriptedModel(always(form(**labels)))).draft(transcript, SOAP)


def lines(note: Note, key: str) -> str:
    return "\n".join(s.text for section in note.sections if section.key == key for s in section.statements)


def test_people_without_an_illness_are_no_family_history():
    said = lines(draft(STOMACH, family=["wife, two kids", "father: gout"]), "subjective")
    assert "Family history: father: gout." in said
    assert "Family history: wife" not in said
    assert "Social history: wife, two kids." in said


@pytest.mark.parametrize(
    ("text", "household"),
    [
        ("wife, two kids", True),
        ("mother and father alive", True),
        ("mother: diabetes", False),
        ("father: Huntington", False),
    ],
)
def test_an_illness_that_no_table_knows_stays_with_the_family(text: str, household: bool):
    assert is_household(text) is household


def test_complaints_that_the_clinician_only_repeats_are_no_findings():
    note = draft(STOMACH, symptom=["vomiting and diarrhea"], exam=["vomiting and diarrhea"])
    assert lines(note, "objective") == ""
    assert "omiting" in lines(note, "subjective")
    assert any("Kept out of the note" in notice for notice in note.notices)


def test_what_the_clinician_sees_and_feels_stays_a_finding():
    found = lines(draft(ANKLE, exam=["swelling", "tender when pressed"]), "objective")
    assert "swelling" in found
    assert "tender" in found


def test_medicines_given_in_this_visit_are_a_plan_and_none_of_the_patients_own():
    note = draft(
        STOMACH,
        medicine=["ondansetron 4 mg", "loperamide", "ramipril 5 mg every day"],
        treatment=["ondansetron 4 mg", "loperamide"],
    )
    own = lines(note, "subjective")
    assert "Medications: ramipril 5 mg every day." in own
    assert "Medications: ondansetron" not in own
    assert "loperamide" not in own
    planned = lines(note, "plan")
    assert "ondansetron" in planned
    assert "loperamide" in planned


def test_a_medicine_is_newly_given_only_if_the_visit_first_hears_of_it_so():
    assert newly_given(STOMACH) == {"ondansetron", "loperamide"}
    assert not newly_given(visit("P: I take ibuprofen.", "D: I will prescribe ibuprofen 600 mg."))
    assert not newly_given(visit("D: You should continue to take the metformin.", "P: Yes."))
    assert not newly_given(visit("D: Have you tried to take ibuprofen?", "P: Yes."))


def test_how_it_happened_is_no_illness():
    said = lines(draft(ANKLE, illness=["twisting", "fell", "asthma"]), "subjective")
    assert "Past medical history: asthma." in said
    assert "twisting." not in said.lower()
    assert "Past medical history: fell" not in said
    assert "Fell on the ankle." in lines(draft(ANKLE, illness=["fell on the ankle"]), "subjective")
    assert is_mechanism("slipped on the ice")
    assert not is_mechanism("history of falls")
    assert not is_mechanism("ankle sprain")
    assert not is_mechanism("hip fracture after a fall")


def test_what_is_copied_from_the_example_must_be_said_whole():
    copied = [phrase for phrases in EXAMPLE_ANSWER.values() for phrase in phrases]
    assert all(map(copies_example, copied))
    visit_ = visit("D: What is it?", "P: My shoulder is worse since a week. I moved a table.", "D: I see.")
    note = draft(visit_, symptom=["worse with bending", "aching low back for one week since moving a sofa"])
    assert "bending" not in lines(note, "subjective")
    assert "sofa" not in lines(note, "subjective")
    note = draft(visit("D: What is it?", "P: My back is worse with bending."), symptom=["worse with bending"])
    assert "orse with bending" in lines(note, "subjective")


@pytest.mark.parametrize(
    ("answer", "told"), [("Yeah.", "Cough."), ("Okay so, yeah.", "Cough."), ("A little, yeah.", "Cough (a little).")]
)
def test_a_bare_yes_is_not_quoted(answer: str, told: str):
    said = lines(draft(visit("D: Any cough?", f"P: {answer}", "D: Since when?")), "subjective")
    assert told in said.splitlines()
