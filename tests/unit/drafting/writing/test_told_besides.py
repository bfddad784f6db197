"""What the patient told and no statement of a draft says stands there as it was told."""

from dataclasses import replace

import pytest
from drafting_doubles import visit

from app.domain.note import Section, Statement
from app.domain.style import Length
from app.drafting.checking.check import check_note
from app.drafting.templates.template import load_template
from app.drafting.writing.told_besides import MOST, with_told_besides

SOAP = load_template("soap")
FIELDS = {f.name: f for s in SOAP.sections for f in s.fields}
TALK = visit(
    "D: What brings you in today?",
    "P: My knee has been hurting since I fell off a ladder in the barn.",
    "D: Are you allergic to anything?",
    "P: Yes, sulfa drugs gave me a rash on my arms.",
    "D: Do you get any fever or chills?",
    "P: I had a fever last Tuesday night, but none since then.",
    "D: Do you take anything for it?",
    "P: I take ibuprofen, about three a day.",
    "D: The ligaments are stable and there is no effusion.",
)
BEGUN = (
    Section("subjective", "Subjective", (Statement("s1", "Chief complaint: knee pain.", ("u2",)),)),
    Section("objective", "Objective", (Statement("s2", "Examination: stable ligaments.", ("u9",)),)),
    Section("assessment", "Assessment"),
    Section("plan", "Plan"),
)


def completed(length=Length.STANDARD, sections=BEGUN, talk=TALK, template=SOAP):
    fields = {"s1": FIELDS["chief complaint"], "s2": FIELDS["examination findings"]}
    return with_told_besides(sections, fields, template, talk, length), fields


def added(sections):
    return [s for section in sections for s in section.statements if s.id not in {"s1", "s2"}]


def test_what_is_missing_is_told_under_its_label_with_its_evidence():
    sections, fields = completed()
    texts = {s.text: s.evidence for s in added(sections)}
    told = " ".join(texts)
    assert 'Allergies: "Yes, sulfa drugs gave me a rash on my arms"' in told
    assert "ibuprofen" in told
    assert "Tuesday" in told
    (medicine,) = [t for t in texts if "ibuprofen" in t]
    assert medicine.startswith("Medications: ")
    assert texts[medicine] == ("u8",)
    assert all(fields[s.id] is not None for s in added(sections))
    assert len({s.id for section in sections for s in section.statements}) == len(texts) + 2


def test_what_the_check_thinks_of_it_is_what_it_thinks_of_a_quotation():
    sections, _ = completed()
    note = replace(check_note(_note(sections), TALK))
    assert {s.support.value for s in note.statements() if s.id not in {"s1", "s2"}} == {"supported"}


def test_statements_of_the_clinician_are_none_of_its_business():
    sections, _ = completed()
    assert [s.id for s in sections[1].statements] == ["s2"]


def test_fields_keep_their_order_and_quotations_the_order_of_the_talk():
    sections, fields = completed()
    order = [f.name for f in SOAP.sections[0].fields]
    places = [order.index(fields[s.id].name) for s in sections[0].statements]
    assert places == sorted(places)


def test_a_brief_note_takes_up_only_what_nobody_signs_past_unasked():
    sections, _ = completed(Length.BRIEF)
    told = " ".join(s.text for s in added(sections))
    assert "ibuprofen" in told
    assert "Tuesday" not in told


@pytest.mark.parametrize(("length", "most"), [(Length.STANDARD, MOST), (Length.FULL, 99)])
def test_a_note_of_standard_length_takes_up_so_many_and_a_full_one_all(length, most):
    told = [
        "cough",
        "nausea",
        "dizziness",
        "rash",
        "fever",
        "tinnitus",
        "palpitations",
        "vomiting",
        "itching",
        "heartburn",
    ]
    turns = ((f"P: I had some {symptom} one morning while I cooked.", "D: I see.") for symptom in told)
    talk = visit(*(turn for pair in turns for turn in pair))
    sections, _ = completed(length, tuple(Section(s.key, s.title) for s in BEGUN), talk)
    assert len(sections[0].statements) == min(most, len(told))


def test_nothing_is_told_twice():
    once, fields = completed()
    again = with_told_besides(once, fields, SOAP, TALK, Length.FULL)
    assert len(added(again)) == len(added(completed(Length.FULL)[0]))


def test_a_note_for_the_patient_leaves_out_on_purpose():
    assert completed(template=load_template("patient-summary"))[0] == BEGUN


def _note(sections):
    from app.domain.note import Note

    return Note("soap", tuple(sections))
