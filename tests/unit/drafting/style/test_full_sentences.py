"""Prose: the patient is the subject where a statement has none or only 'they'; nothing else changes."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.style import Form, Style
from app.drafting.checking.check import check_note
from app.drafting.drafter import Drafter
from app.drafting.style.full_sentences import in_full_sentence
from app.drafting.templates.template import load_template


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Denies fever, rash.", "The patient denies fever, rash."),
        ("Reports just soup.", "The patient reports just soup."),
        ("They have not slept.", "The patient has not slept."),
        ("They were dizzy and they fell.", "The patient was dizzy and they fell."),
        ("They vomited.", "The patient vomited."),
        ("They quit in May.", "The patient quit in May."),
        ("Their knee hurts.", "The patient's knee hurts."),
        ("They live alone.", "They live alone."),
        ("They need it.", "They need it."),
        ("Onset: they fell.", "Onset: they fell."),
        ("Denies.", "Denies."),
        ("No allergies.", "No allergies."),
        ("Acute sprain.", "Acute sprain."),
    ],
)
def test_the_patient_is_the_subject(text: str, sentence: str):
    assert in_full_sentence(text) == sentence
    assert in_full_sentence(sentence) == sentence


def test_a_draft_in_prose_says_the_same_with_the_same_marks():
    said = visit("D: What is it?", "P: My knee hurts.", "D: Any fever?", "P: No.", "D: I see.")
    notes = [
        check_note(
            Drafter(ScriptedModel(always(form(denied=["fever"])))).draft(
                said, load_template("soap"), style=Style(form=f)
            ),
            said,
        )
        for f in Form
    ]
    bullets, prose = ([(s.text, s.support, s.evidence) for s in n.statements()] for n in notes)
    assert [b[1:] for b in bullets] == [p[1:] for p in prose]
    assert {b[0] for b in bullets} == {"Knee hurts.", "Denies fever."}
    assert {p[0] for p in prose} == {"The patient's knee hurts.", "The patient denies fever."}
