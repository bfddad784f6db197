"""A complaint with a limit is written with it."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.drafting.drafter import Drafter
from app.drafting.templates.template import load_template

SOAP = load_template("soap")


def subjective(symptoms: list[str], *said: str) -> str:
    note = Drafter(ScriptedModel(always(form(symptoms=symptoms)))).draft(visit(*said), SOAP)
    return "\n".join(s.text for section in note.sections if section.key == "subjective" for s in section.statements)


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("Do you get short of breath?", "Only on the stairs.", "only on the stairs"),
        ("Are you short of breath?", "Sometimes, at night.", "sometimes, at night"),
        ("Any shortness of breath?", "A little bit.", "a little bit"),
    ],
)
def test_the_limit_of_an_answer_stands_behind_the_complaint(question: str, answer: str, words: str):
    lines = subjective(["short of breath"], "P: I feel unwell.", f"D: {question}", f"P: {answer}")
    line = next(li for li in lines.splitlines() if "breath" in li.lower())
    assert words in line


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Do you get short of breath?", "Yes."),
        ("Have you ever been short of breath before?", "Only as a child."),
        ("When do you get short of breath?", "Sometimes."),
    ],
)
def test_no_limit_no_quotation(question: str, answer: str):
    lines = subjective(["short of breath"], "P: I am short of breath.", f"D: {question}", f"P: {answer}")
    assert "Short of breath (" not in lines
