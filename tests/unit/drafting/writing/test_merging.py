"""Phrases of several passages become one note; what a speaker takes back is put right."""

import pytest
from drafting_doubles import visit

from app.drafting.templates.template import load_template
from app.drafting.writing.corrections import corrections_in, without_corrected
from app.drafting.writing.merging import merged
from app.drafting.writing.phrases import Phrase

SUBJECTIVE = load_template("soap").sections[0]
FIELDS = {field.label: field for field in SUBJECTIVE.fields}


def phrase(label: str, text: str, *evidence: str) -> Phrase:
    return Phrase(FIELDS[label], text, evidence)


def test_a_fuller_phrase_takes_the_place_of_a_shorter_one_with_its_evidence():
    short = phrase("symptom", "knee pain", "u1")
    full = phrase("symptom", "sharp knee pain for three days", "u7")
    for order in ([[short], [full]], [[full], [short]]):
        (kept,) = merged(SUBJECTIVE, order)
        assert kept.text == full.text
        assert set(kept.evidence) == {"u1", "u7"}


def test_other_numbers_are_not_the_same():
    one, two = phrase("symptom", "pain for three days", "u1"), phrase("symptom", "pain for two days", "u7")
    assert len(merged(SUBJECTIVE, [[one], [two]])) == 2


def test_the_first_chief_complaint_counts():
    found = merged(
        SUBJECTIVE, [[], [phrase("complaint", "cough", "u1")], [phrase("complaint", "prescription refill", "u9")]]
    )
    assert [p.text for p in found] == ["cough"]


def test_fields_keep_the_order_of_the_template():
    found = merged(SUBJECTIVE, [[phrase("allergy", "penicillin", "u2")], [phrase("symptom", "cough", "u5")]])
    assert [p.field.label for p in found] == ["symptom", "allergy"]


@pytest.mark.parametrize(
    ("turns", "before", "after"),
    [
        (("P: It began three days ago. No, wait, two weeks ago.",), "three days", "two weeks"),
        (("P: I take 50 mg.", "D: Okay.", "P: Sorry, I meant 25 mg."), "50 mg", "25 mg"),
        (("D: We will start with 400 mg. Correction, make that 600 mg.",), "400 mg", "600 mg"),
        (("P: It's my left knee.", "P: Sorry, no, the right knee."), "left", "right"),
    ],
)
def test_what_a_speaker_takes_back_is_found(turns, before, after):
    (correction,) = corrections_in(visit(*turns))
    assert (correction.before, correction.after) == (before, after)


@pytest.mark.parametrize(
    "turns",
    [
        ("P: I've had it for three days, I mean it's really bad, an attack takes ten minutes.",),
        ("P: It began three days ago.", "D: Sorry, no, two weeks of rest it is."),
        ("P: It actually hurts. It began three days ago, and the cough two weeks ago.",),
        ("P: I take 50 mg. Sorry, no idea what for.",),
    ],
)
def test_talk_that_takes_nothing_back_is_left_alone(turns):
    assert corrections_in(visit(*turns)) == ()


def test_only_phrases_that_rest_on_what_was_taken_back_change():
    corrections = corrections_in(visit("P: The cough began three days ago. No, wait, two weeks ago."))
    changed = without_corrected(
        [
            phrase("symptom", "cough for 3 days", "u1"),
            phrase("symptom", "fever for three days", "u9"),
            phrase("symptom", "cough since two weeks, not three days", "u1"),
        ],
        corrections,
    )
    assert [p.text for p in changed] == [
        "cough for two weeks",
        "fever for three days",
        "cough since two weeks, not three days",
    ]
