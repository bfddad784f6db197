"""Plain text and Markdown notes become sections and statements; no word is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.checking.plain_text import sentences, statements_from_text


@pytest.mark.parametrize(
    "heading", ["## Plan\n", "PLAN:\n", "P: ", "Plan - ", "**Plan:** ", "plan:\n", "TREATMENT PLAN\n\n"]
)
def test_headings_of_a_plan(heading: str):
    note = statements_from_text(f"S: cough\n{heading}Rest and fluids.")
    assert [(s.key, [x.text for x in s.statements]) for s in note.sections] == [
        ("subjective", ["cough"]),
        ("plan", ["Rest and fluids."]),
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Take 2.5 mg b.i.d. for pain. See Dr. Smith.", ["Take 2.5 mg b.i.d. for pain.", "See Dr. Smith."]),
        ("500 mg p.o. t.i.d. Return in 1 week.", ["500 mg p.o. t.i.d.", "Return in 1 week."]),
        ("Temp. 98.6 today; BP 120/80.", ["Temp. 98.6 today;", "BP 120/80."]),
        ("Fever? No.", ["Fever?", "No."]),
        ("Allergies: no. Smokes.", ["Allergies: no.", "Smokes."]),
    ],
)
def test_sentences(text: str, pieces: list[str]):
    assert sentences(text) == pieces


def test_bullets_numbers_and_own_sections():
    note = statements_from_text("Hello.\nSOCIAL WORK\n- lives alone\n2) walks\n* **Diet:** poor")
    assert [(s.key, s.title) for s in note.sections] == [("note", "Note"), ("social-work", "SOCIAL WORK")]
    assert [x.text for x in note.sections[1].statements] == ["lives alone", "walks", "Diet: poor"]
    assert [x.id for x in note.statements()] == ["s1", "s2", "s3", "s4"]


def test_empty_text_has_no_sections():
    assert statements_from_text("\n  \n").sections == ()


@given(st.text(alphabet="xy .,;\n", max_size=120))
def test_no_word_is_lost(text: str):
    note = statements_from_text(text)
    kept = " ".join(s.text for s in note.statements())
    assert re.findall(r"\w+", kept) == re.findall(r"\w+", text)


def test_a_line_of_shorthand_in_capitals_is_a_statement():
    note = statements_from_text("ALLERGIES\n\nNKDA\n\nPLAN\n\nRest.")
    found = [(s.key, [t.text for t in s.statements]) for s in note.sections]
    assert found == [("subjective", ["NKDA"]), ("plan", ["Rest."])]
