"""A proposal taken into a note: one version, one step to undo, checked anew, by whom, and never on a signed note."""

from dataclasses import replace

import pytest
from memory_store import PASSPHRASE, MemorySession

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, InputError, PermissionDeniedError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.revision import RevisedLine, Revision
from app.domain.transcript import Speaker, Transcript, Utterance
from app.review.changes import ChangeKind
from app.review.workflow import Review
from app.wiring import check

PEOPLE = {
    role: User(role.value, role.value, f"The {role.value}", frozenset({role}))
    for role in (Role.PHYSICIAN, Role.NURSE, Role.ADMINISTRATOR, Role.AUDITOR)
}
TRANSCRIPT = Transcript(
    9.0,
    "en",
    "m",
    (
        Utterance("u1", 0, 2, Speaker.PATIENT, "I have had chest pain and a cough since Monday."),
        Utterance("u2", 3, 5, Speaker.PATIENT, "I quit smoking eight years ago."),
    ),
)
DRAFT = check(
    Note(
        "soap",
        (
            Section(
                "subjective",
                "Subjective",
                (
                    Statement("s1", "Chest pain and cough since Monday.", ("u1",)),
                    Statement("s2", "Takes warfarin at night.", ()),
                    Statement("s3", "Lives alone.", (), author="The nurse"),
                ),
            ),
            Section("plan", "Plan", (Statement("s4", "Rest."),)),
        ),
        ("a notice",),
    ),
    TRANSCRIPT,
)
SECTION = DRAFT.sections[0]
S1, S2, S3 = SECTION.statements


def kept(s: Statement) -> RevisedLine:
    return RevisedLine(s.text, (s.id,), s.evidence, s.support, s.reasons)


def revision(*lines: RevisedLine, section: Section = SECTION) -> Revision:
    return Revision("as asked", section, lines)


SPLIT = revision(
    RevisedLine("Chest pain since Monday.", ("s1",), ("u1",), Support.SUPPORTED),
    RevisedLine("Cough since Monday.", ("s1",), ("u1",), Support.SUPPORTED),
    kept(S2),
    kept(S3),
    RevisedLine("Quit smoking eight years ago.", (), ("u2",), Support.SUPPORTED),
)


def desk(role: Role = Role.PHYSICIAN, *, transcript: bool = True) -> tuple[Review, MemorySession]:
    session = MemorySession(PEOPLE[role])
    visit = session.encounters.create("Visit")
    if transcript:
        session.encounters.save_transcript(visit, TRANSCRIPT)
    session.encounters.add_version(visit, DRAFT, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return Review(session, check), session


def subjective(note: Note) -> list[tuple[str, str, str | None]]:
    return [(s.id, s.text, s.author) for s in note.sections[0].statements]


def test_one_version_with_checked_lines_of_the_person():
    review, _ = desk()
    version = review.apply_revision("e1", SPLIT, 1)
    assert (version.number, version.kind, version.author_name) == (2, VersionKind.EDIT, "The physician")
    assert subjective(version.note) == [
        ("s1", "Chest pain since Monday.", "The physician"),
        ("s5", "Cough since Monday.", "The physician"),
        ("s2", S2.text, None),
        ("s3", S3.text, "The nurse"),
        ("s6", "Quit smoking eight years ago.", None),
    ]
    assert version.note.sections[1] == DRAFT.sections[1]
    assert version.note.notices == ("a notice",)
    assert all(version.note.statement(i).support is Support.SUPPORTED for i in ("s1", "s5", "s6"))
    assert version.note.statement("s6").evidence[0] == "u2"


def test_undo_takes_all_of_it_back_in_one_go():
    review, _ = desk()
    review.apply_revision("e1", SPLIT, 1)
    assert review.restore("e1", 1, 2).note == DRAFT


def test_changes_are_tracked_line_by_line():
    review, _ = desk()
    review.apply_revision("e1", SPLIT, 1)
    assert [(c.kind, c.statement_id, c.author_name) for c in review.changes("e1")] == [
        (ChangeKind.EDITED, "s1", "The physician"),
        (ChangeKind.ADDED, "s5", "The physician"),
        (ChangeKind.ADDED, "s6", "The physician"),
    ]


def test_marks_come_from_the_check_not_from_the_proposal():
    review, _ = desk()
    lie = RevisedLine("Denies chest pain.", ("s1",), ("u1",), Support.SUPPORTED)
    version = review.apply_revision("e1", revision(lie, kept(S2), kept(S3)), 1)
    marked = version.note.statement("s1")
    assert marked.support is Support.CONTRADICTED
    assert marked.reasons


def test_what_nobody_said_does_not_become_a_persons_own_words():
    review, _ = desk()
    assert S2.support is Support.UNSUPPORTED
    line = RevisedLine("Warfarin at night.", ("s2",), (), Support.UNSUPPORTED, ("drug: not heard",))
    version = review.apply_revision("e1", revision(kept(S1), line, kept(S3)), 1)
    assert version.note.statement("s2").text == "Warfarin at night."
    assert version.note.statement("s2").author is None
    own = RevisedLine("Lives by herself.", ("s3",), (), Support.UNSUPPORTED)
    version = review.apply_revision("e1", revision(own, section=replace(SECTION, statements=(S3,))), 2)
    assert version.note.statement("s3").author == "The physician"


def test_removed_lines_are_gone_and_their_ids_stay_theirs():
    review, _ = desk()
    version = review.apply_revision("e1", revision(kept(S1), kept(S3)), 1)
    assert [s.id for s in version.note.sections[0].statements] == ["s1", "s3"]
    again = review.add_statement("e1", "subjective", "cough", 2)
    assert again.note.sections[0].statements[-1].id == "s5"


def test_joined_lines_keep_the_first_id_in_place():
    review, _ = desk()
    joined = RevisedLine("Chest pain and cough since Monday; lives alone.", ("s1", "s3"), ("u1",), Support.SUPPORTED)
    version = review.apply_revision("e1", revision(joined, kept(S2)), 1)
    assert [s.id for s in version.note.sections[0].statements] == ["s1", "s2"]


def test_one_line_of_a_section_leaves_its_neighbours():
    review, _ = desk()
    only = replace(SECTION, statements=(S2,))
    version = review.apply_revision("e1", revision(section=only), 1)
    assert [s.id for s in version.note.sections[0].statements] == ["s1", "s3"]


def test_nothing_new_makes_no_version():
    review, session = desk()
    assert review.apply_revision("e1", revision(kept(S1), kept(S2), kept(S3)), 1).number == 1
    assert len(session.encounters.versions("e1")) == 1


def test_a_note_that_changed_meanwhile_is_left_alone():
    review, session = desk()
    review.edit_statement("e1", "s1", "Cough.", 1)
    for latest in (1, 2):
        with pytest.raises(ConflictError):
            review.apply_revision("e1", SPLIT, latest)
    assert len(session.encounters.versions("e1")) == 2


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_may_not_edit_may_not_take_it(role: Role):
    review, session = desk(role)
    with pytest.raises(PermissionDeniedError):
        review.apply_revision("e1", SPLIT, 1)
    assert len(session.encounters.versions("e1")) == 1


def test_a_nurse_may():
    review, _ = desk(Role.NURSE)
    assert review.apply_revision("e1", SPLIT, 1).note.statement("s5").author == "The nurse"


def test_never_on_a_signed_note():
    review, session = desk()
    review.sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True)
    with pytest.raises(ConflictError, match="addendum"):
        review.apply_revision("e1", SPLIT, 2)
    assert session.encounters.versions("e1")[-1].note == DRAFT


def test_without_a_transcript_the_words_are_taken_unchecked():
    review, _ = desk(transcript=False)
    version = review.apply_revision("e1", SPLIT, 1)
    assert "no transcript" in version.note.statement("s5").reasons[0]


@pytest.mark.parametrize("text", [" ", "x" * 4_001, "\ud83d"])
def test_unusable_text_is_refused(text: str):
    review, session = desk()
    with pytest.raises(InputError):
        review.apply_revision("e1", revision(RevisedLine(text, ("s1",)), kept(S2), kept(S3)), 1)
    assert len(session.encounters.versions("e1")) == 1
