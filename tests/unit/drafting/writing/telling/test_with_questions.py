"""An answer that names nothing of its own is shown with the question that gives its topic."""

import pytest
from drafting_doubles import visit

from app.domain.note import Section, Statement
from app.drafting.templates.template import load_template
from app.drafting.writing.telling.with_questions import is_topicless, question_of, with_questions

SOAP = load_template("soap")


def told(text: str, evidence: str, *said: str, key: str = "subjective") -> tuple[str, tuple[str, ...]]:
    sections = [Section(key, key.title(), (Statement("s1", text, (evidence,)),))]
    found = with_questions(sections, SOAP, visit(*said))[0].statements[0]
    return found.text, found.evidence


def test_an_answer_about_it_stands_with_its_question():
    said = ("D: okay and how about the eye drops do you still use them", "P: yes i take them each night at ten")
    text, evidence = told('Reports "yes i take them each night at ten".', "u2", *said)
    assert text == '"How about the eye drops do you still use them?" – "Yes i take them each night at ten"'
    assert evidence == ("u1", "u2")


def test_a_no_behind_an_echo_of_the_question_stands_with_it():
    said = ("D: Is there any particular food that makes you nauseous?", "P: Nauseous. No, nothing.")
    text, _ = told('Reports "Nauseous. No, nothing."', "u2", *said)
    assert text == '"Is there any particular food that makes you nauseous?" – "Nauseous. No, nothing."'


def test_a_question_that_only_points_keeps_the_words_before_it():
    said = (
        "D: now i know we talked about you giving up alcohol a year ago have you kept up with that",
        "P: pretty good on it",
    )
    text, _ = told('"pretty good on it"', "u2", *said)
    assert "alcohol" in text.partition(" – ")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('Reports "my ankle swells when I walk".', ("D: What happened?", "P: my ankle swells when I walk")),
        ('Reports "it swells when I walk".', ("D: Okay.", "P: it swells when I walk")),
        ('Tobacco: "not any more".', ("D: Do you smoke?", "P: not any more")),
        ("Swelling of the ankle.", ("D: Does it swell?", "P: it swells a bit")),
    ],
)
def test_lines_that_say_what_they_are_about_stay(text: str, said: tuple[str, ...]):
    assert told(text, "u2", *said)[0] == text


@pytest.mark.parametrize(
    "said",
    [
        "it comes and goes",
        "yes i take them daily",
        "just like i said it helped",
        "slightly here or there but it was only heartburn",
        "this kind of stays",
        "just like i said when i was out it got worse",
    ],
)
def test_topicless(said: str):
    assert is_topicless(said)


@pytest.mark.parametrize(
    "said",
    ["my cough is dry", "i think that i slipped", "this trip is in May", "I walk to work", "there is a lump in my arm"],
)
def test_not_topicless(said: str):
    assert not is_topicless(said)


def test_a_request_to_tell_is_a_question_and_a_nod_is_none():
    assert (
        question_of("a dry mouth okay and tell me more about this itchy skin") == "Tell me more about this itchy skin"
    )
    assert question_of("okay sounds good") == ""


def test_an_order_about_this_stands_with_what_was_said_before_it():
    said = ("D: i am concerned about the swelling in your calf so we're going to watch this very closely",)
    text, _ = told("Advice: watch this very closely.", "u1", *said, key="plan")
    assert text.startswith("Advice: watch this very closely (")
    assert "swelling in your calf" in text
