"""Adding to a section that the note was printed without: found by its key or its name, made at its place."""

import pytest
from drafting_doubles import visit

from app.domain.note import Note, Section, Statement
from app.domain.work import CancelToken, no_progress
from app.drafting.revising.sections import sections_of, target_of
from app.review.revised import with_revision
from app.visit.revising import propose_revision
from app.wiring import check

TALK = visit(
    "P: I have had a cough for two weeks.",
    "D: Does anything run in the family?",
    "P: My mother had asthma.",
    "D: Are you allergic to anything?",
    "P: Penicillin gave me a rash.",
)
SECTIONS = sections_of("history-and-physical")
NOTE = check(
    Note(
        "history-and-physical",
        (
            Section("history-of-present-illness", "History of present illness", (Statement("s1", "Cough, 2 weeks."),)),
            Section("social-history", "Social history"),
            Section("plan", "Plan of treatment", (Statement("s2", "Rest."),)),
        ),
    ),
    TALK,
)


def propose(section, instruction, *, sections=SECTIONS, statements=()):
    return propose_revision(
        None, NOTE, TALK, section, statements, instruction, "none", no_progress, CancelToken(), sections
    )


def keys(note):
    return [s.key for s in note.sections]


@pytest.mark.parametrize(
    ("section", "instruction", "statements"),
    [
        ("family-history", "add the family history", ()),
        ("plan", "add the family history", ()),
        ("history-of-present-illness", "please add the family history", ("s1",)),
    ],
)
def test_the_section_is_made_at_its_place_with_what_was_said(section, instruction, statements):
    revision = propose(section, instruction, statements=statements)
    assert revision.section.key == "family-history"
    told = "It goes under Family history, where nothing is noted."
    assert (told in revision.notices) is (section != "family-history")
    note, changed = with_revision(NOTE, revision, iter(["s3", "s4"]), "Ada")
    assert keys(note) == ["history-of-present-illness", "family-history", "social-history", "plan"]
    assert "asthma" in note.statement("s3").text.lower()
    assert note.statement("s3").evidence
    assert changed == {"s3"}
    assert [s.statements for s in note.sections if s.key != "family-history"] == [s.statements for s in NOTE.sections]


def test_a_title_is_meant_by_what_it_means_too():
    assert propose("plan", "add the allergies").section.key == "allergies"


@pytest.mark.parametrize("instruction", ["add the cough", "add the social history", "add what he said", "shorter"])
def test_other_words_stay_where_they_were_asked(instruction):
    target = target_of(NOTE, "plan", (), instruction, SECTIONS)
    assert (target.section, target.place, target.note) == ("plan", None, NOTE)


def test_what_is_no_addition_says_that_nothing_is_there():
    with pytest.raises(Exception, match="Nothing is written here yet"):
        propose("family-history", "shorter")


@pytest.mark.parametrize("sections", [(), SECTIONS])
def test_a_key_that_no_type_has_is_told(sections):
    with pytest.raises(Exception, match="does not have this section"):
        propose("weather", "add the family history" if not sections else "add the cough", sections=sections)


def test_what_was_already_there_is_not_made_twice():
    made = propose("family-history", "add the family history")
    there = NOTE.with_section(Section("family-history", "Family history"), made.place)
    note, _ = with_revision(there, made, iter(["s3"]), None)
    assert keys(note).count("family-history") == 1


def test_sections_of_a_type():
    assert [k for k, _ in sections_of("soap")] == ["subjective", "objective", "assessment", "plan"]
    assert sections_of("soap", "/nowhere/gone.toml") == sections_of("soap")
    assert sections_of("soap", "history-and-physical") == sections_of("soap")
    assert sections_of("../soap") == ()
    assert sections_of("of-somebody") == ()


def test_the_first_section_of_a_type_comes_first():
    assert keys(NOTE.with_section(Section("chief-complaint", "Chief complaint"), ()))[0] == "chief-complaint"
