"""Where something that was said is put into a note, and adding it on the review path."""

import pytest
from memory_store import MemorySession

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, PermissionDeniedError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.unnoted import Unnoted, UnnotedKind
from app.review.placing import section_of
from app.review.workflow import Review

K = UnnotedKind
SPOKEN = Transcript(
    9.0,
    "en",
    "m",
    (
        Utterance("u1", 0, 2, Speaker.CLINICIAN, "any fever"),
        Utterance("u2", 2, 4, Speaker.PATIENT, "no"),
        Utterance("u3", 4, 6, Speaker.PATIENT, "nausea"),
    ),
)
FEVER = Unnoted(("u1", "u2"), K.DENIED, "Denies fever.")


def note(*sections: tuple[str, str], kind: str = "soap") -> Note:
    return Note(kind, tuple(Section(key, title) for key, title in sections))


SOAP = note(("subjective", "Subjective"), ("objective", "Objective"), ("assessment", "Assessment"), ("plan", "Plan"))
PHYSICAL = note(
    ("complaint", "Chief complaint"),
    ("hpi", "History of present illness"),
    ("pmh", "Past medical history"),
    ("medications", "Medications"),
    ("allergies", "Allergies"),
    ("family", "Family history"),
    ("social", "Social history"),
    ("ros", "Review of systems"),
    ("exam", "Physical examination"),
    ("results", "Results"),
    ("assessment-plan", "Assessment and plan"),
    kind="history-and-physical",
)


@pytest.mark.parametrize(
    ("kind", "soap", "physical"),
    [
        (K.RED_FLAG, "subjective", "hpi"),
        (K.ALLERGY, "subjective", "allergies"),
        (K.MEDICINE, "subjective", "medications"),
        (K.VITAL_SIGN, "objective", "exam"),
        (K.SYMPTOM, "subjective", "hpi"),
        (K.DENIED, "subjective", "ros"),
        (K.ILLNESS, "subjective", "pmh"),
        (K.OPERATION, "subjective", "pmh"),
        (K.FAMILY, "subjective", "family"),
        (K.FINDING, "objective", "exam"),
        (K.TEST, "objective", "results"),
        (K.ASSESSMENT, "assessment", "assessment-plan"),
        (K.PLAN, "plan", "assessment-plan"),
        (K.SOCIAL, "subjective", "social"),
    ],
)
def test_each_kind_has_its_section(kind, soap, physical):
    assert section_of(SOAP, kind) == soap
    assert section_of(PHYSICAL, kind) == physical


@pytest.mark.parametrize("kind", list(K))
def test_every_kind_has_a_section_in_any_note(kind):
    letter = note(("body", "Letter"), kind="letter")
    assert section_of(letter, kind) == "body"
    assert section_of(Note("soap", ()), kind) in {"subjective", "objective", "assessment", "plan"}
    signed = note(("plan", "Plan"), ("addendum-1", "Addendum 1: history"), kind="letter")
    assert section_of(signed, kind) == "plan"


def unmarked(checked: Note, _transcript: Transcript) -> Note:
    """A check that finds everything supported by the last utterance."""
    for s in checked.statements():
        checked = checked.with_statement(Statement(s.id, s.text, ("u3",), Support.SUPPORTED, (), s.author))
    return checked


def listing(known: Note, _transcript: Transcript) -> tuple[Unnoted, ...]:
    return () if any(s.text == FEVER.text for s in known.statements()) else (FEVER,)


@pytest.fixture
def session() -> MemorySession:
    made = MemorySession(User("p", "ada", "Dr. Ada", frozenset({Role.PHYSICIAN})))
    visit = made.encounters.create("Visit")
    made.encounters.save_transcript(visit, SPOKEN)
    made.encounters.add_version(visit, SOAP, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return made


def test_added_with_its_own_evidence_first_and_without_an_author(session):
    review = Review(session, unmarked, missing=listing)
    assert review.missing("e1") == (FEVER,)
    version = review.add_unnoted("e1", FEVER, 1)
    (added,) = version.note.statements()
    assert (added.text, added.author, added.support) == ("Denies fever.", None, Support.SUPPORTED)
    assert added.evidence == ("u1", "u2", "u3")
    assert version.author_name == "Dr. Ada"
    assert review.missing("e1") == ()
    review.restore("e1", 1, 2)
    assert review.missing("e1") == (FEVER,)


def test_evidence_that_the_transcript_does_not_have_is_left_out(session):
    review = Review(session, unmarked)
    version = review.add_unnoted("e1", Unnoted(("u1", "u77"), K.DENIED, "Denies fever."), 1)
    assert next(version.note.statements()).evidence == ("u1", "u3")


def test_adding_obeys_version_state_and_right(session):
    review = Review(session, unmarked)
    with pytest.raises(ConflictError):
        review.add_unnoted("e1", FEVER, 7)
    session.encounters.add_version("e1", SOAP, VersionKind.SIGNATURE, EncounterState.SIGNED, 1)
    with pytest.raises(ConflictError):
        review.add_unnoted("e1", FEVER, 2)
    other = MemorySession(User("a", "cy", "Cy", frozenset({Role.ADMINISTRATOR})))
    with pytest.raises(PermissionDeniedError):
        Review(other, unmarked).add_unnoted("e1", FEVER, 2)


def test_nothing_is_missing_without_note_or_transcript(session):
    review = Review(session, unmarked, missing=listing)
    visit = session.encounters.create("Other")
    assert review.missing(visit) == ()
    session.encounters.add_version(visit, SOAP, VersionKind.EDIT, EncounterState.DRAFT, 0)
    assert review.missing(visit) == ()
