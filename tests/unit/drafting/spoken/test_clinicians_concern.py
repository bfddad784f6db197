"""What the clinician is worried about is a possible diagnosis, in the draft and for the checks."""

import pytest
from drafting_doubles import visit

from app.domain.note import Note, Section, Statement, Support
from app.drafting.checking.check import check_note
from app.drafting.spoken.clinicians_concern import concerns

CLOT = (
    "D: So, what I'm worried about at the moment is, given that you had an operation.",
    "P: Okay.",
    "D: Some people can get clots. They can be in the legs.",
)


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (CLOT, ["clots"]),
        (("D: I'm a little bit concerned about pneumonia here.",), ["pneumonia"]),
        (("D: We are mainly worried that this is appendicitis.",), ["appendicitis"]),
        (("D: I'm not worried about a stroke.",), []),
        (("D: There is nothing that I'm worried about, no pneumonia.",), []),
        (("D: I'm worried. Is there asthma in the family?",), []),
        (("D: I'm worried about your mother's diabetes.",), []),
        (("D: I'm a little concerned about your diabetes.",), []),
        (("D: I'm concerned if it gets worse, that could be sepsis.",), []),
        (("P: I'm worried about cancer.",), []),
        (
            (
                "D: I'm a bit worried about how you cope.",
                "P: My asthma was bad all summer, and so was work.",
                "D: Gout?",
            ),
            [],
        ),
    ],
)
def test_only_what_the_clinician_fears_for_the_patient_counts(talk, said):
    assert [words for _, words, _ in concerns(visit(*talk))] == said


@pytest.mark.parametrize(("text", "support"), [("Possible clots.", Support.SUPPORTED), ("Clots.", Support.PARTIAL)])
def test_it_stands_as_possible_only(text, support):
    note = Note("soap", (Section("assessment", "Assessment", (Statement("s1", text),)),))
    assert next(check_note(note, visit(*CLOT)).statements()).support is support
