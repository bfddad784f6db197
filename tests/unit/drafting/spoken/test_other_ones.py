"""'Any other operations?' 'No.' is no denial of all where the patient told of one."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.other_ones import asks_for_others
from app.drafting.templates.template import load_template
from app.drafting.writing.note_writer import NoteWriter


@pytest.mark.parametrize(
    ("question", "told", "others"),
    [
        ("Any other operations?", "P: They took my appendix out, an appendectomy.", True),
        ("Anything else, any surgeries?", "P: I had an appendectomy.", True),
        ("Any operations?", "P: I had an appendectomy.", False),
        ("Any other operations?", "P: My knee hurts.", False),
        ("Any other operations?", "D: Was it an appendectomy?", False),
    ],
)
def test_only_where_the_patient_told_of_one(question, told, others):
    assert asks_for_others(question, {"procedure"}, visit(told)) is others


def test_the_note_does_not_deny_the_operation_that_was_told():
    talk = visit("D: Any surgeries?", "P: I had an appendectomy.", "D: Any other surgeries?", "P: No.")
    sections = NoteWriter(talk, [], talk.utterances).sections(load_template("soap"))
    assert not any(s.text == "No past surgeries." for section in sections for s in section.statements)
