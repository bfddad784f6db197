"""Doubts of a second look in a note: one version that undo takes back, words untouched, never on a signed one."""

import pytest
from memory_store import PASSPHRASE, MemorySession

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, PermissionDeniedError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.second_look import SecondLook
from app.review.workflow import Review
from app.wiring import check

S1 = Statement("s1", "Cough for two weeks.", ("u1",), Support.SUPPORTED)
S2 = Statement("s2", "Denies fever.", ("u1",), Support.SUPPORTED)
NOTE = Note("soap", (Section("subjective", "Subjective", (S1, S2)),))
LOOK = SecondLook(2, (S2,))


def desk(role=Role.PHYSICIAN):
    session = MemorySession(User("p1", "anna", "Anna", frozenset({role})))
    visit = session.encounters.create("Cough")
    session.encounters.add_version(visit, NOTE, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return Review(session, check), visit


def test_one_version_with_the_marks_and_the_same_words_and_undo_takes_it_back():
    review, visit = desk()
    version = review.add_doubts(visit, LOOK, 1)
    assert (version.number, version.kind) == (2, VersionKind.EDIT)
    assert [s.text for s in version.note.statements()] == [S1.text, S2.text]
    assert [s.support for s in version.note.statements()] == [Support.SUPPORTED, Support.PARTIAL]
    assert review.changes(visit) == []
    assert review.restore(visit, 1, 2).note == NOTE


def test_nothing_new_makes_no_version():
    review, visit = desk()
    assert review.add_doubts(visit, SecondLook(2), 1).number == 1
    review.add_doubts(visit, LOOK, 1)
    assert review.add_doubts(visit, LOOK, 2).number == 2


def test_a_reviewed_note_with_a_new_doubt_is_a_draft_again():
    review, visit = desk()
    review.mark_reviewed(visit, 1)
    review.add_doubts(visit, LOOK, 2)
    assert review._session.encounters.get(visit).state is EncounterState.DRAFT


def test_a_signed_note_an_older_version_and_a_reader_are_refused():
    review, visit = desk()
    with pytest.raises(ConflictError):
        review.add_doubts(visit, LOOK, 0)
    review.sign(visit, PASSPHRASE, "author", 1)
    with pytest.raises(ConflictError):
        review.add_doubts(visit, LOOK, 2)
    reader, other = desk(Role.AUDITOR)
    with pytest.raises(PermissionDeniedError):
        reader.add_doubts(other, LOOK, 1)
