"""Questions and plain denials: only a plain no to a question of yes or no counts."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.exchanges import Exchanges, is_plain_no


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "No, no it hasn't.",
        "Um, no, nothing like that.",
        "Nope",
        "Never.",
        "No, I don't.",
        "I don't, no.",
        "I have not, no.",
    ],
)
def test_plain_no(text):
    assert is_plain_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "No, but I had a fever.",
        "No, well not right now.",
        "I don't know.",
        "I don't think so.",
        "No, only at night.",
        "Maybe.",
    ],
)
def test_not_a_plain_no(text):
    assert not is_plain_no(text)


def test_denied_concepts_are_named():
    found = Exchanges(visit("D: Any headaches, nausea or vomiting?", "P: No."))
    assert found.is_denied("headache")
    assert found.is_denied("nausea")
    assert not found.is_denied("chest pain")
    assert not found.is_denied("")


def test_what_has_no_name_in_the_lexicon_is_denied_by_its_words():
    found = Exchanges(visit("D: Any changes in your urine color?", "P: No.", "D: Your toes?", "P: My toes tingle."))
    assert found.is_denied("changes in urine color")
    assert not found.is_denied("tingling toes")


def test_what_is_told_elsewhere_is_not_denied():
    found = Exchanges(visit("D: Any nausea?", "P: No.", "P: The nausea was bad last week."))
    assert not found.is_denied("nausea")


def test_family_and_open_questions_deny_nothing_of_the_patient():
    family = Exchanges(visit("D: Does anybody in your family have diabetes?", "P: No."))
    assert not family.is_denied("diabetes")
    open_question = Exchanges(visit("D: How long have you had the cough?", "P: No idea."))
    assert not open_question.is_denied("cough")


def test_a_patients_own_question_is_no_denial():
    assert not Exchanges(visit("P: Is it cancer?", "D: No.")).denials


def test_fit_and_well_is_no_seizure():
    assert not Exchanges(visit("D: Are you normally fit and well?", "P: Yes, apart from asthma.")).affirmations
    assert Exchanges(visit("D: Have you had a fit?", "P: Yes.")).affirmed == {"seizure"}
