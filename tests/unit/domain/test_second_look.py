"""Doubts of a second look: they lower trust and touch nothing that changed since."""

from dataclasses import replace

from app.domain.note import Note, Section, Statement, Support
from app.domain.second_look import REASON, SecondLook, needs_second_look, with_doubts

TOLD = Statement("s1", "Fever for two days.", ("u1",), Support.SUPPORTED)
DOUBTED = Statement("s2", "Cough.", ("u1",), Support.PARTIAL, ("time: …",))
TYPED = Statement("s3", "Lives alone.", (), Support.SUPPORTED, author="The nurse")
NOTE = Note("soap", (Section("subjective", "Subjective", (TOLD, DOUBTED, TYPED)),))


def test_only_what_the_rules_passed_and_nobody_typed_is_looked_at():
    assert [needs_second_look(s) for s in NOTE.statements()] == [True, False, False]


def test_a_doubt_keeps_words_and_evidence_and_says_why():
    marked = with_doubts(NOTE, SecondLook(1, (TOLD,)))
    assert marked.statement("s1") == replace(TOLD, support=Support.PARTIAL, reasons=(REASON,))
    assert [s for s in marked.statements() if s.id != "s1"] == [DOUBTED, TYPED]


def test_what_was_changed_doubted_or_removed_since_stays_as_it_is():
    changed = NOTE.with_statement(replace(TOLD, text="Fever for three days."))
    assert with_doubts(changed, SecondLook(1, (TOLD,))) == changed
    gone = Note("soap", (Section("subjective", "Subjective", (DOUBTED, TYPED)),))
    assert with_doubts(gone, SecondLook(3, (TOLD, replace(DOUBTED, support=Support.SUPPORTED), TYPED))) == gone
