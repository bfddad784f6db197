"""Prose: the statements of a section as one paragraph; nothing of them is lost on the way."""

from dataclasses import replace

import pytest
from drafting_doubles import visit
from hypothesis import given
from hypothesis import strategies as st

from app.domain.note import Note, Section, Statement, Support
from app.domain.style import Form, Style
from app.exchange.markdown import note_markdown
from app.exchange.markdown_text import escape_markdown
from app.exchange.running_text import as_sentence, is_prose

TALK = visit("P: My knee hurts since Monday.", "D: We will do an X-ray.")
NOTE = Note(
    "soap",
    (
        Section(
            "subjective",
            "Subjective",
            (
                Statement("s1", "Knee pain since Monday", ("u1",), Support.SUPPORTED),
                Statement("s2", "Takes 500 mg.", (), Support.CONTRADICTED, ("dose: note 500 mg, transcript 50 mg",)),
                Statement("s3", "Own words.", (), Support.SUPPORTED, author="Dr. Ada"),
            ),
        ),
        Section("plan", "Plan"),
    ),
    style=Style(form=Form.PROSE),
)


def test_a_section_is_one_paragraph_with_its_doubts_and_footnotes():
    text = note_markdown(NOTE, TALK)
    assert (
        "Knee pain since Monday. [^1] Takes 500 mg. (**⚠ contradicted by the recording**: dose: note 500 mg, transcript"
        " 50 mg) Own words. (written by Dr. Ada)"
    ) in text
    assert "## Plan\n\nNothing noted." in text
    assert "\n- " not in text
    assert "patient: “My knee hurts since Monday.”" in text


def test_bullets_stay_bullets():
    bullets = replace(NOTE, style=Style())
    assert not is_prose(bullets)
    assert "- Knee pain since Monday [^1]" in note_markdown(bullets, TALK)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("Cough", "Cough."), ("Cough.", "Cough."), ('Said "no."', 'Said "no."'), ("Worse?", "Worse?"), ("", ""),
     ("Cut …", "Cut …"), ("Pain (at night)", "Pain (at night).")],
)  # fmt: skip
def test_every_statement_gets_its_end_once(text, sentence):
    assert as_sentence(text) == sentence
    assert as_sentence(as_sentence(text)) == as_sentence(text)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    str.strip
)
STATEMENTS = st.lists(
    st.tuples(TEXTS, st.sampled_from(list(Support)), st.lists(st.sampled_from(["u1", "u2"]), max_size=2, unique=True)),
    min_size=1,
    max_size=6,
)


@given(STATEMENTS)
def test_prose_says_every_statement_with_evidence_and_doubt_as_bullets_do(parts):
    statements = tuple(
        Statement(f"s{n}", text, tuple(evidence), support, ("a reason",) if support is not Support.SUPPORTED else ())
        for n, (text, support, evidence) in enumerate(parts)
    )
    note = replace(NOTE, sections=(Section("plan", "Plan", statements),))
    prose, bullets = note_markdown(note, TALK), note_markdown(replace(note, style=Style()), TALK)
    assert prose.count("[^") == bullets.count("[^")
    assert prose.count("⚠") == bullets.count("⚠")
    assert prose.partition("## Evidence")[2] == bullets.partition("## Evidence")[2]
    for statement in statements:
        assert escape_markdown(as_sentence(statement.text)) in prose
