"""Misheard names of medicines are guessed; words that mean something themselves are not."""

import pytest

from app.drafting.lexicon import english
from app.drafting.lexicon.drugs import FUZZY_LEAST, guess_drugs
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.heard_names import heard_diagnosis, heard_names
from app.insight.self_test import Health, _dictionary


@pytest.mark.parametrize(
    "said",
    [
        "A soft systolic murmur at the apex.",
        "His baseline is lower than that.",
        "Dilation of the left ventricle was mild.",
        "She was on quinidine, and norepinephrine was running.",
        "The bacterium is gone and hearing is limited.",
    ],
)
def test_a_word_with_a_meaning_of_its_own_is_no_misheard_medicine(said):
    assert not guess_drugs(tokenise(said), FUZZY_LEAST)
    assert heard_names(said) == said


def test_a_misspelt_name_is_written_with_what_was_heard():
    assert heard_names("Takes lysinopril daily.") == "Takes lisinopril (heard as “lysinopril”) daily."


@pytest.mark.parametrize(
    "diagnosis", ["Giant cell arteritis", "Pertussis", "Biliary colic", "Osteoma", "Adduction deformity"]
)
def test_a_word_that_exists_is_no_misheard_diagnosis(diagnosis):
    assert heard_diagnosis(diagnosis) == diagnosis


def test_the_self_test_tries_the_dictionary(monkeypatch):
    assert _dictionary()[0] is Health.OK
    monkeypatch.setattr(english, "is_english", lambda _word: False)
    assert _dictionary()[0] is Health.FAIL


def test_a_guess_does_not_cross_kinds():
    assert heard_diagnosis("erythemia") == "erythemia"  # a redness misheard, no disorder of the rhythm
    assert heard_diagnosis("Injina").startswith("angina")
