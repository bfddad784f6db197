"""A phrase rests on one exchange, or is cut down to one."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.stretches import stretches_of
from app.drafting.templates.template import load_template
from app.drafting.writing.history.one_exchange import OneExchange
from app.drafting.writing.phrases import Phrase

SUBJECTIVE = next(s for s in load_template("soap").sections if s.key == "subjective")
SYMPTOMS = next(f for f in SUBJECTIVE.fields if f.role == "symptoms")

TALK = (
    "D: What brings you in?",
    "P: My wrist hurts.",
    "D: Anything else?",
    "P: My ankle swells in the evening.",
    "D: Do you get dizzy?",
    "P: No, not at all.",
    "D: Do you get short of breath when you swim?",
    "P: No, never.",
)


def subjective(phrase: str, *said: str) -> list[str]:
    settled = OneExchange(visit(*said)).settled(SUBJECTIVE, [Phrase(SYMPTOMS, phrase, ())])
    return [p.sentence for p in settled]


def test_a_complaint_loses_what_was_said_of_another():
    lines = subjective("wrist pain in the evening", *TALK)
    assert not any("wrist" in line.lower() and "evening" in line.lower() for line in lines)
    assert any("wrist" in line.lower() for line in lines)


def test_what_one_answer_tells_stays_whole():
    assert "Swelling of ankle in the evening." in subjective("swelling of ankle in the evening", *TALK)


def test_what_was_asked_and_denied_at_once_is_denied():
    lines = subjective("short of breath when swimming", *TALK)
    assert any(line.startswith("Denies") and "swimming" in line for line in lines)
    assert not any(line.startswith("Short of breath") for line in lines)


def test_a_relative_does_nothing_of_the_next_sentence():
    talk = ("D: What is it?", "P: My wife worries about the bills. I have felt low.", "D: I see.")
    assert not any("wife" in line and "low" in line for line in subjective("wife worries about feeling low", *talk))


def test_a_denial_rests_on_its_question():
    denied = next(f for f in SUBJECTIVE.fields if f.role == "denied")
    talk = visit("D: Any numbness in the arms?", "P: No.", "D: Come back if you get numbness in the arms.", "P: Okay.")
    settled = OneExchange(talk).settled(SUBJECTIVE, [Phrase(denied, "numbness in the arms", ("u3", "u4"))])
    assert [p.evidence for p in settled] == [("u1", "u2")]


@pytest.mark.parametrize(
    ("question", "answer", "line"),
    [
        ("Does it go anywhere?", "Sometimes into my left shoulder.", "Chest pain into left shoulder"),
        ("When do you get it?", "Mostly when I carry shopping.", "Chest pain when carrying shopping"),
    ],
)
def test_the_complaint_spoken_of_last_is_meant_by_it(question: str, answer: str, line: str):
    lines = subjective(line.lower(), "D: Good morning.", "P: I have chest pain.", f"D: {question}", f"P: {answer}")
    assert any(said.startswith(line) for said in lines)


@pytest.mark.parametrize(
    ("question", "answer", "stands", "falls"),
    [
        ("Do you get cramps?", "Yes, at night.", "cramps", ""),
        ("Do you get cramps?", "No, never.", "", "cramps"),
        ("Any cough or wheeze?", "I do have a cough.", "cough", "wheeze"),
        ("Is it your left or right knee?", "The right one.", "right", "left"),
        ("How long have you had the rash?", "Ten days.", "rash", ""),
    ],
)
def test_words_of_a_question_stand_as_far_as_the_answer_takes_them(question: str, answer: str, stands: str, falls: str):
    said = " ".join(s.text for s in stretches_of(visit(f"D: {question}", f"P: {answer}")) if s.asked)
    assert stands in said
    assert not falls or falls not in said
