"""A note type learned from an example: its headings and wordings, and not one word of its patient."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.lexicon.tables import forms, rows
from app.drafting.templates.learned_template import DENIALS, NO_ALLERGIES, learn
from app.drafting.templates.template import load_template
from app.drafting.templates.template_reading import template_from_text

EXAMPLE = """
Zacharias Quimbleton, DOB 03/04/1951, MRN 7788123
Seen on 12 May by Dr. Featherstonehaugh

CC: tightness in the chest since Tuesday

HPI: Mr. Quimbleton is a 75 y/o retired clockmaker from Ballachulish who presents with tightness.
No radiation to the jaw. No syncope, no fever.

PMH: hypertension, gout
Meds:
- lisinopril 10 mg daily
- allopurinol 300 mg daily
Allergies: NKDA
FH: father with MI at 59
Social History: lives with his sister Wilhelmina; ex-smoker

QUIMBLETON FAMILY TREE:
none of this

PE:
BP 148/92. Lungs clear.

Assessment and Plan
1. Angina. ECG today.
   Aspirin 81 mg daily.
2. Hypertension. Continue lisinopril.

F/U: two weeks
"""


def read(text: str, name: str = "mine"):
    return template_from_text(text, f"{name}.toml", name)


def vocabulary() -> set[str]:
    """Every word that a learned template may hold: those of our tables, of our wordings and of the fields."""
    known = [form for row in rows("note-titles") for form in (*forms(row[3]), *forms(row[1]), row[0])]
    known += [*DENIALS, *NO_ALLERGIES, "mine"]
    fixed = """Learned from the headings of an example note none of its content is here Edit it as you like then try it
    with anamnesis templates check How it is written templates show history-and-physical type title fields_of by_problem
    soap section key loinc optional true use labels false field say none Other history Findings other-history plan"""
    return {w.lower() for text in (*known, fixed) for w in re.findall(r"[A-Za-z]+", text)}


def test_headings_are_learned_in_their_order_and_case():
    learned = learn(EXAMPLE, "mine")
    assert learned.titles == (
        "CC", "HPI", "PMH", "Meds", "Allergies", "FH", "Social History", "PE", "Assessment and Plan", "F/U",
    )  # fmt: skip
    template = read(learned.text)
    assert [title for _, title in template.printed] == [
        "CC", "HPI", "PMH", "Meds", "Allergies", "FH", "Social History", "PE", "Findings", "Assessment", "Plan", "F/U",
    ]  # fmt: skip


def test_wordings_are_learned():
    learned = learn(EXAMPLE, "mine")
    assert (learned.denial, learned.no_allergies, learned.by_problem) == ("No {}.", "NKDA.", True)
    fields = {f.name: f for s in read(learned.text).sections for f in s.fields}
    assert fields["allergies"].none == "NKDA."
    assert read(learned.text).by_problem == ("assessment", "plan")


def test_what_is_not_known_is_told_by_line_and_left_out():
    learned = learn(EXAMPLE, "mine")
    assert [EXAMPLE.splitlines()[n - 1] for n in learned.unknown] == ["QUIMBLETON FAMILY TREE:"]


def test_nothing_of_the_patient_gets_into_the_template():
    text = learn(EXAMPLE, "mine").text
    assert {w.lower() for w in re.findall(r"[A-Za-z]+", text)} <= vocabulary()
    for told in ("Quimbleton", "Zacharias", "Featherstonehaugh", "Ballachulish", "Wilhelmina", "clockmaker", "7788123",
                 "1951", "lisinopril", "allopurinol", "gout", "Tuesday", "angina", "81", "148", "59"):  # fmt: skip
        assert told.lower() not in text.lower()


LINES = st.sampled_from(EXAMPLE.splitlines()) | st.text(string.ascii_letters + " :#*&/-", max_size=40).map(
    lambda words: f"ZQX {words}"
)


@given(st.lists(LINES, max_size=30))
def test_whatever_the_example_the_template_is_well_formed_and_holds_only_our_words(lines):
    learned = learn("\n".join(lines), "mine")
    if learned is None:
        return
    template = read(learned.text)
    assert {w.lower() for w in re.findall(r"[A-Za-z]+", learned.text)} <= vocabulary()
    shown = {f"{s.key}.{f.name}" for s in template.sections for f in s.fields if f.under}
    assert shown == {f"{s.key}.{f.name}" for s in load_template().sections for f in s.fields}


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("## Chief Complaint", "Chief Complaint"),
        ("**Plan:**", "Plan"),
        ("**Plan**", "Plan"),
        ("PHYSICAL EXAM:", "PHYSICAL EXAM"),
        ("physical exam: normal", "Physical exam"),
        ("S:", "S"),
        ("A&P:", "A&P"),
        ("O/E: clear", "O/E"),
    ],
)
def test_ways_to_write_a_heading(line, title):
    learned = learn(f"{line}\nx\nAllergies: none\nFamily history: none", "mine")
    assert learned.titles[0] == title


@pytest.mark.parametrize(
    "text", ["", "Plan: rest", "Dear colleague,\nthank you.", "the plan is to rest\nhistory repeats"]
)
def test_an_example_without_known_headings_teaches_nothing(text):
    assert learn(text, "mine") is None


def test_every_title_of_the_table_makes_a_well_formed_template():
    for row in rows("note-titles"):
        for form in forms(row[3]):
            learned = learn(f"{form}:\n1. x\n2. y\n z\nFamily history: none\nVitals: 1", "mine")
            assert form in learned.titles or learned.titles, form
            read(learned.text)
