"""The checks mark what stands as the patient's own and is a plan, stopped, a worry or somebody else's."""

import pytest
from drafting_doubles import visit

from app.domain.note import Statement, Support
from app.domain.transcript import Transcript
from app.drafting.checking.check import check_statement
from app.drafting.checking.hearing.heard import Heard
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.given_medicines import newly_given
from app.drafting.spoken.relatives import named_relative
from app.drafting.spoken.stopped_medicines import stopped_medicines

VISIT = visit(
    "D: What do you take?",
    "P: I take ramipril 5 mg. I was on levothyroxine.",
    "D: Every day?",
    "P: Not any more.",
    "P: What if it is lymphoma? My friend's mum had a stroke. My father had gout.",
    "D: You mentioned something like shingles. Have you ever had asthma?",
    "P: Yes, I have asthma.",
    "D: You could take some naproxen for the pain.",
)


def marked(text: str, section: str = "subjective", transcript: Transcript = VISIT) -> tuple[Support, str]:
    statement = check_statement(Statement("s1", text, (), Support.UNSUPPORTED, ()), section, Heard(transcript))
    return statement.support, " ".join(statement.reasons)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Medications: naproxen.", "advised in this visit"),
        ("Medications: levothyroxine.", "no longer taken"),
        ("Past medical history: lymphoma.", "a worry only"),
        ("Past medical history: shingles.", "by the clinician only"),
        ("Past medical history: stroke.", "acquaintance"),
        ("Family history: stroke.", "acquaintance"),
    ],
)
def test_what_is_not_the_patients_own_is_marked(text: str, reason: str):
    support, reasons = marked(text)
    assert support is not Support.SUPPORTED
    assert reason in reasons


@pytest.mark.parametrize(
    "text",
    [
        "Medications: ramipril 5 mg.",
        "Medications: levothyroxine (in the past).",
        "Past medical history: asthma.",
        "Family history: father: gout.",
    ],
)
def test_what_is_his_own_stays(text: str):
    assert marked(text) == (Support.SUPPORTED, "")


def test_a_plan_that_continues_what_is_new_is_marked():
    assert "nobody said to continue" in marked("Medications: continue naproxen.", "plan")[1]
    assert marked("Medications: naproxen.", "plan")[0] is Support.SUPPORTED


def test_a_stopped_medicine_belongs_to_what_was_named_last():
    assert stopped_medicines(VISIT) == {"levothyroxine"}
    assert not stopped_medicines(visit("P: I take ramipril and aspirin.", "D: Both?", "P: Not any more."))
    assert not stopped_medicines(visit("P: I take ramipril.", "D: Do you smoke?", "P: No, never."))


def test_a_friends_mother_is_no_relative():
    assert named_relative(tokenise("my friend's mum died")) == "acquaintance"
    assert named_relative(tokenise("my mum died")) == "mother"


def test_what_a_test_shows_must_be_said_near_it():
    said = visit(
        "D: I hear a murmur.",
        "P: Okay.",
        "D: Your lungs are clear.",
        "P: Good.",
        "D: Now the EKG looks normal.",
        "P: Good.",
    )
    assert "was not said of the ekg" in marked("Results: EKG shows a murmur.", "objective", said)[1].lower()
    seen = visit("D: The chest x-ray shows a pneumonia.", "P: Okay.")
    assert marked("Results: chest x-ray shows pneumonia.", "objective", seen)[0] is Support.SUPPORTED


def test_a_medicine_that_was_given_before_this_visit_is_the_patients_own():
    assert not newly_given(visit("D: I know that we had put you on sertraline last year.", "P: Yes."))
    assert newly_given(visit("D: I will put you on sertraline.", "P: Yes.")) == {"sertraline"}
