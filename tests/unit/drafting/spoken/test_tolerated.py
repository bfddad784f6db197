"""Whether a medicine is borne is no word of taking it."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.given_medicines import newly_given
from app.drafting.spoken.tolerated import allergens, only_tolerated


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Are you fine with ibuprofen?", "Yes, ibuprofen's no problem."),
        ("Any problems with ibuprofen?", "No, none."),
        ("Can you take ibuprofen?", "I think so, ibuprofen is fine."),
    ],
)
def test_a_medicine_that_is_borne_is_not_taken(question: str, answer: str):
    asked = visit("D: How are you?", "P: My knee hurts.", f"D: {question}", f"P: {answer}")
    assert only_tolerated(asked) == {"ibuprofen"}
    given = visit(f"D: {question}", f"P: {answer}", "D: I'd like you to start ibuprofen 400 mg.", "P: Okay.")
    assert newly_given(given) == {"ibuprofen"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Are you fine with ibuprofen?", "Yes, I take ibuprofen every day."),
        ("Any problems with the ibuprofen?", "No, the ibuprofen is fine."),
        ("Do you take ibuprofen?", "Yes, ibuprofen, now and then."),
    ],
)
def test_a_medicine_that_is_taken_stays_the_patients(question: str, answer: str):
    asked = visit(f"D: {question}", f"P: {answer}", "D: I'd like you to start ibuprofen 400 mg.", "P: Okay.")
    assert not only_tolerated(asked)
    assert not newly_given(asked)


def test_what_is_not_borne_is_an_allergen():
    assert allergens(visit("D: Any allergies?", "P: Amoxicillin. It gave me a rash.")) == {"amoxicillin"}
    assert allergens(visit("D: Tell me more.", "P: I'm allergic to codeine.")) == {"codeine"}
    assert not allergens(visit("D: Any allergies to amoxicillin?", "P: No."))
    assert not allergens(visit("D: Any allergies?", "P: No. I take amoxicillin now."))
