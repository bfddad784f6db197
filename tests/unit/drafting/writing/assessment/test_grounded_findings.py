"""Findings and diagnoses of the model stand only where one statement of the clinician holds them."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.transcript import Transcript
from app.drafting.drafter import Drafter
from app.drafting.lexicon.sounds import sounds_like
from app.drafting.spoken.heard_names import heard_diagnosis
from app.drafting.templates.template import load_template


def drafted(transcript: Transcript, key: str, **labels: list[str]) -> str:
    note = Drafter(ScriptedModel(always(form(**labels)))).draft(transcript, load_template("soap"))
    return "\n".join(s.text for section in note.sections if section.key == key for s in section.statements)


@pytest.mark.parametrize(
    "said",
    [
        "D: Today we are screening for osteoporosis, because of the tablets.",
        "D: When we see patients with such falls, we often look for osteoporosis.",
    ],
)
def test_what_is_only_looked_for_is_no_diagnosis(said):
    assert "steoporosis" not in drafted(visit("P: I fell.", said), "assessment", diagnosis=["osteoporosis"])


def test_a_plainly_stated_diagnosis_keeps_its_full_name_and_certainty():
    said = visit("P: My shoulder hurts.", "D: You have what we call a left deltoid muscle strain.")
    assert "eft deltoid muscle strain" in drafted(said, "assessment", diagnosis=["back strain"])
    assert "ikely" not in drafted(said, "assessment", diagnosis=["back strain"])


def test_an_eponym_is_a_name_and_no_misheard_word():
    assert heard_diagnosis("Colles' fracture") == "Colles' fracture"
    assert heard_diagnosis("colles fracture") == "colles fracture"
    assert sounds_like("colles") == ""
    assert sounds_like("injina") == "angina"
