"""The reading grade of a note for the patient stands in Markdown, on the terminal and in the JSON; in no other note."""

import pytest

from app.domain.codec import note_from_json, note_to_json
from app.domain.note import Note, Section, Statement
from app.exchange.markdown import note_markdown
from app.exchange.note_json import note_json
from app.exchange.terminal import note_text

SECTIONS = (Section("a", "What we think", (Statement("s1", "Your heart is strong."),)),)
FOR_PATIENT = Note("patient-summary", SECTIONS, title="Your visit summary", reader="patient")
FOR_CLINICIAN = Note("progress-note", SECTIONS, title="Progress note")


def test_it_is_shown_for_the_patient():
    assert "Reading grade -2.2 (Flesch-Kincaid)" in note_text(FOR_PATIENT, None, 80, False)
    assert "Reading grade -2.2 (Flesch-Kincaid)" in note_markdown(FOR_PATIENT)
    assert note_json(FOR_PATIENT)["reading_grade"] == pytest.approx(-2.2)


def test_other_notes_have_none():
    for text in (note_text(FOR_CLINICIAN, None, 80, False), note_markdown(FOR_CLINICIAN)):
        assert "grade" not in text.lower()
    assert "reading_grade" not in note_json(FOR_CLINICIAN)


def test_the_title_of_the_type_is_the_documents():
    assert note_markdown(FOR_CLINICIAN).startswith("# Progress note\n")
    assert note_markdown(Note("soap", SECTIONS)).startswith("# SOAP note\n")


@pytest.mark.parametrize("note", [FOR_PATIENT, FOR_CLINICIAN, Note("soap", SECTIONS)])
def test_json_reads_back_the_same(note):
    assert note_from_json(note_json(note)) == note
    assert note_from_json(note_to_json(note)) == note


def test_notes_without_title_and_reader_look_as_before():
    assert set(note_to_json(Note("soap", SECTIONS))) == {"schema", "type", "sections"}
