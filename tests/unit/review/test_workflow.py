"""Edits, review, signature and addenda on one visit, by physician and nurse."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_store import PASSPHRASE, START, MemorySession

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError, ConflictError, InputError, PermissionDeniedError, SignInError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.transcript import Speaker, Transcript, Utterance
from app.review.changes import ChangeKind
from app.review.workflow import Review

PHYSICIAN = User("p", "ada", "Dr. Ada", frozenset({Role.PHYSICIAN}))
NURSE = User("n", "ben", "Nurse Ben", frozenset({Role.NURSE}))
ADMINISTRATOR = User("a", "cy", "Cy", frozenset({Role.ADMINISTRATOR}))
TRANSCRIPT = Transcript(4.0, "en", "m", (Utterance("u1", 0, 2, Speaker.PATIENT, "chest pain since Monday"),))
DRAFT = Note(
    "soap",
    (
        Section(
            "subjective",
            "Subjective",
            (
                Statement("s1", "chest pain", ("u1",), Support.SUPPORTED),
                Statement("s2", "takes aspirin", (), Support.CONTRADICTED, ("not said",)),
            ),
        ),
        Section("plan", "Plan"),
    ),
    ("a notice",),
)


def said(note: Note, transcript: Transcript) -> Note:
    """Mark statements whose every word was said."""
    heard = {w for u in transcript.utterances for w in u.text.split()}
    for s in note.statements():
        missing = [w for w in s.text.split() if w not in heard]
        support = Support.UNSUPPORTED if missing else Support.SUPPORTED
        note = note.with_statement(
            replace(
                s,
                support=support,
                evidence=() if missing else ("u1",),
                reasons=tuple(f"{w}: not said" for w in missing),
            )
        )
    return note


@pytest.fixture
def physician() -> MemorySession:
    session = MemorySession(PHYSICIAN)
    visit = session.encounters.create("Visit")
    session.encounters.save_transcript(visit, TRANSCRIPT)
    session.encounters.add_version(visit, DRAFT, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return session


@pytest.fixture
def review(physician: MemorySession) -> Review:
    return Review(physician, said, now=lambda: START)


@pytest.fixture
def nurse(physician: MemorySession) -> Review:
    return Review(MemorySession(NURSE, physician.shelves), said)


def state(session: MemorySession) -> EncounterState:
    return session.encounters.get("e1").state


def test_edit_is_checked_again_and_names_its_author(review: Review, physician: MemorySession) -> None:
    version = review.edit_statement("e1", "s2", "  pain since\n Friday ", 1)
    assert (version.number, version.kind) == (2, VersionKind.EDIT)
    assert version.note.statement("s2") == Statement(
        "s2", "pain since Friday", (), Support.UNSUPPORTED, ("Friday: not said",), "Dr. Ada"
    )
    assert version.note.statement("s1") == DRAFT.statement("s1")
    assert version.note.notices == DRAFT.notices
    assert physician.encounters.versions("e1")[0].note == DRAFT


def test_same_words_make_no_version(review: Review) -> None:
    assert review.edit_statement("e1", "s1", " chest  pain ", 1).number == 1
    assert review.restore("e1", 1, 1).number == 1


def test_edit_without_transcript_is_unsupported(review: Review, physician: MemorySession) -> None:
    physician.shelves["e1"].transcript = None
    edited = review.edit_statement("e1", "s1", "chest pain since Monday", 1).note.statement("s1")
    assert edited is not None
    assert edited.support is Support.UNSUPPORTED
    assert edited.reasons


def test_add_uses_ids_that_were_never_used(review: Review) -> None:
    review.remove_statement("e1", "s2", 1)
    version = review.add_statement("e1", "plan", "pain since Monday", 2)
    assert [s.id for s in version.note.statements()] == ["s1", "s3"]
    added = version.note.statement("s3")
    assert added is not None
    assert (added.author, added.support) == ("Dr. Ada", Support.SUPPORTED)


def test_add_makes_missing_standard_sections_in_order(review: Review) -> None:
    version = review.add_statement("e1", "assessment", "pain", 1)
    assert [s.key for s in version.note.sections] == ["subjective", "assessment", "plan"]
    with pytest.raises(InputError):
        review.add_statement("e1", "gossip", "pain", 2)


def test_a_note_may_be_written_without_a_draft(physician: MemorySession, review: Review) -> None:
    visit = physician.encounters.create("Second")
    assert review.current(visit) is None
    with pytest.raises(ConflictError):
        review.sign(visit, PASSPHRASE, "authorship", 0)
    version = review.add_statement(visit, "plan", "rest", 0)
    assert (version.number, version.note.type) == (1, "soap")
    assert physician.encounters.get(visit).state is EncounterState.DRAFT


def test_restore_brings_back_and_destroys_nothing(review: Review, physician: MemorySession) -> None:
    review.remove_statement("e1", "s1", 1)
    version = review.restore("e1", 1, 2)
    assert (version.number, version.note) == (3, DRAFT)
    assert len(physician.encounters.versions("e1")) == 3
    with pytest.raises(InputError):
        review.restore("e1", 9, 3)


def test_edit_after_review_is_a_draft_again(review: Review, nurse: Review, physician: MemorySession) -> None:
    assert nurse.mark_reviewed("e1", 1).kind is VersionKind.REVIEW
    assert state(physician) is EncounterState.REVIEWED
    nurse.edit_statement("e1", "s1", "pain", 2)
    assert state(physician) is EncounterState.DRAFT


def test_contradicted_statements_need_acknowledgement(review: Review, physician: MemorySession) -> None:
    with pytest.raises(ConflictError, match="1 of 2") as caught:
        review.sign("e1", PASSPHRASE, "authorship", 1)
    assert "aspirin" not in str(caught.value)
    version = review.sign("e1", PASSPHRASE, " authorship ", 1, acknowledged=True)
    assert version.signature is not None
    assert version.signature.meaning == "authorship"
    assert (version.note, state(physician)) == (DRAFT, EncounterState.SIGNED)


def test_signing_needs_passphrase_meaning_and_statements(review: Review, physician: MemorySession) -> None:
    review.remove_statement("e1", "s2", 1)
    with pytest.raises(SignInError):
        review.sign("e1", "wrong", "authorship", 2)
    with pytest.raises(InputError, match="meaning"):
        review.sign("e1", PASSPHRASE, " ", 2)
    review.remove_statement("e1", "s1", 2)
    with pytest.raises(ConflictError, match="nothing to sign"):
        review.sign("e1", PASSPHRASE, "authorship", 3)
    assert state(physician) is EncounterState.DRAFT


def test_addendum_keeps_the_signed_words(review: Review, physician: MemorySession) -> None:
    with pytest.raises(ConflictError):
        review.add_addendum("e1", "later", PASSPHRASE, 1)
    review.sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True)
    with pytest.raises(InputError):
        review.add_addendum("e1", " \n ", PASSPHRASE, 2)
    first = review.add_addendum("e1", "Troponin normal.\n\nCalled the patient.", PASSPHRASE, 2)
    second = review.add_addendum("e1", "pain since Monday", PASSPHRASE, 3)
    assert second.note.sections[:2] == DRAFT.sections
    assert second.note.sections[2] == first.note.sections[2]
    assert [s.key for s in second.note.sections[2:]] == ["addendum-1", "addendum-2"]
    assert first.note.sections[2].title == "Addendum 1: Dr. Ada, 2026-03-01 09:00 UTC"
    assert [s.text for s in first.note.sections[2].statements] == ["Troponin normal.", "Called the patient."]
    assert {s.author for s in second.note.sections[2].statements} == {"Dr. Ada"}
    assert state(physician) is EncounterState.AMENDED
    assert len({s.id for s in second.note.statements()}) == 5


def test_nurses_never_sign_and_administrators_read_nothing(nurse: Review, physician: MemorySession) -> None:
    with pytest.raises(PermissionDeniedError):
        nurse.sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True)
    administrator = Review(MemorySession(ADMINISTRATOR, physician.shelves), said)
    for act in (administrator.current, administrator.changes):
        with pytest.raises(PermissionDeniedError):
            act("e1")


ACTS: dict[str, Callable[[Review, int], object]] = {
    "edit": lambda r, n: r.edit_statement("e1", "s1", "pain", n),
    "add": lambda r, n: r.add_statement("e1", "plan", "pain", n),
    "remove": lambda r, n: r.remove_statement("e1", "s1", n),
    "restore": lambda r, n: r.restore("e1", 1, n),
    "review": lambda r, n: r.mark_reviewed("e1", n),
    "sign": lambda r, n: r.sign("e1", PASSPHRASE, "authorship", n, acknowledged=True),
    "addendum": lambda r, n: r.add_addendum("e1", "later", PASSPHRASE, n),
}


@pytest.mark.parametrize("name", ACTS)
def test_who_looked_at_an_older_version_is_told(review: Review, physician: MemorySession, name: str) -> None:
    if name == "addendum":
        review.sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True)
        review.add_addendum("e1", "first", PASSPHRASE, 2)
    else:
        review.edit_statement("e1", "s2", "pain", 1)
    before = physician.encounters.versions("e1")
    with pytest.raises(ConflictError):
        ACTS[name](review, len(before) - 1)
    assert physician.encounters.versions("e1") == before


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"addendum"}))
def test_nothing_changes_a_signed_note(review: Review, physician: MemorySession, name: str) -> None:
    review.sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True)
    before = physician.encounters.versions("e1")
    with pytest.raises(ConflictError):
        ACTS[name](review, 2)
    assert physician.encounters.versions("e1") == before


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "a" * 4001])
def test_unusable_text_is_refused(review: Review, text: str) -> None:
    for act in (
        lambda: review.edit_statement("e1", "s1", text, 1),
        lambda: review.add_statement("e1", "plan", text, 1),
    ):
        with pytest.raises(InputError):
            act()
    with pytest.raises(InputError):
        review.edit_statement("e1", "s77", "pain", 1)


def test_changes_name_who_when_and_what(review: Review, nurse: Review) -> None:
    nurse.edit_statement("e1", "s1", "pain", 1)
    review.remove_statement("e1", "s2", 2)
    nurse.mark_reviewed("e1", 3)
    review.add_statement("e1", "plan", "rest", 4)
    changes = review.changes("e1")
    assert [(c.version, c.kind, c.section_key, c.statement_id, c.before, c.after) for c in changes] == [
        (2, ChangeKind.EDITED, "subjective", "s1", "chest pain", "pain"),
        (3, ChangeKind.REMOVED, "subjective", "s2", "takes aspirin", None),
        (5, ChangeKind.ADDED, "plan", "s3", None, "rest"),
    ]
    assert [c.author_name for c in changes] == ["Nurse Ben", "Dr. Ada", "Dr. Ada"]
    assert changes[0].at < changes[1].at < changes[2].at


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.booleans()), max_size=12))
def test_whatever_happens_versions_only_grow_and_signed_words_stay(steps: list[tuple[str, bool]]) -> None:
    session = MemorySession(PHYSICIAN)
    session.encounters.create("Visit")
    session.encounters.save_transcript("e1", TRANSCRIPT)
    session.encounters.add_version("e1", DRAFT, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    reviews = (Review(session, said), Review(MemorySession(NURSE, session.shelves), said))
    for name, by_nurse in steps:
        before = session.encounters.versions("e1")
        try:
            ACTS[name](reviews[by_nurse], len(before))
        except AnamnesisError:
            assert session.encounters.versions("e1") == before
        after = session.encounters.versions("e1")
        assert after[: len(before)] == before
        signed = next((v for v in after if v.signature is not None), None)
        if signed is not None:
            assert after[-1].note.sections[: len(signed.note.sections)] == signed.note.sections
            assert all(v.author_name == "Dr. Ada" for v in after[signed.number - 1 :])


def test_what_was_left_out_knowingly_reaches_the_store_as_a_count(review: Review, physician: MemorySession) -> None:
    review.sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True, left_out=2)
    assert physician.shelves["e1"].left_out == [2]
