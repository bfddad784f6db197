"""Said, not in the note: short answers to the questions that every visit has."""

import pytest
from unnoted_talk import K, missing

LISTED = {
    "a medicine of the plan is not what he takes": (
        "D: Do you take any medicines for that?\nP: No, I don't take any medicine.",
        "S: High cholesterol.\nP: Stop those medicines.",
        (K.MEDICINE, "don't take any medicine"),
    ),
    "no other illness": (
        "D: Any other medical problems?\nP: No.",
        "S: Illnesses: asthma.",
        (K.ILLNESS, "No"),
    ),
    "a plain yes": (
        "D: Have you been eating and drinking okay?\nP: Yeah.",
        "S: Alcohol: drinks.",
        (K.SYMPTOM, "eating"),
    ),
    "two topics, one settled": (
        "D: Any significant medical problems? Any operations?\nP: No, nothing.",
        "S: No past surgeries.",
        (K.ILLNESS, "significant medical problems"),
    ),
    "sudden": (
        "D: What is wrong?\nP: My chest feels tight.\nP: It came on quite suddenly.",
        "S: Chest tightness.",
        (K.DETAIL, "suddenly"),
    ),
}


@pytest.mark.parametrize("case", LISTED)
def test_is_listed(case):
    talk, note, (kind, words) = LISTED[case]
    found = missing(talk, note)
    assert any(entry.kind is kind and words in entry.text for entry in found), found


def test_what_was_denied_is_settled():
    assert missing("D: Any operations?\nP: No.", "S: No past surgeries.") == []


def test_an_explanation_is_no_question():
    assert missing("D: We do bloods and then we talk, okay?\nP: Okay.", "S: Cough.") == []


def test_an_answer_belongs_to_the_open_question_before_it():
    talk = "D: Any recreational drugs?\nD: Never.\nD: And how is your diet?\nP: Mostly home cooked, and fish."
    assert not any("recreational" in entry.text for entry in missing(talk, "S: Cough."))
