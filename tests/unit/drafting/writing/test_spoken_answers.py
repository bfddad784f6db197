"""An answer to a question for two matters stands with it: alone it would read as the other one's."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.exchanges import Exchanges
from app.drafting.templates.template import load_template
from app.drafting.writing.spoken_answers import asked_and_answered

SECTION = next(s for s in load_template("soap").sections if s.key == "subjective")
ASKED = "D: Any over-the-counter medications or allergies?"


def lines(*turns: str) -> set[str]:
    talk = visit(*turns)
    return {p.sentence for p in asked_and_answered(talk, Exchanges(talk), SECTION, ())}


def test_a_medicine_is_no_allergy_because_both_were_asked():
    (line,) = [t for t in lines(ASKED, "P: No, only the Nurofen I took yesterday.") if t.startswith("Allergies")]
    assert "over-the-counter medications or allergies" in line


@pytest.mark.parametrize("said", ["I'm allergic to penicillin.", "Penicillin. It is an allergy since childhood."])
def test_an_allergy_that_is_called_one_stands_alone(said: str):
    (line,) = [t for t in lines(ASKED, f"P: {said}") if t.startswith("Allergies")]
    assert "over-the-counter" not in line
