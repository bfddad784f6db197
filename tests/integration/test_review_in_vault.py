"""Draft, nurse's review, signature, addendum and export, in a real vault and with the real check."""

from pathlib import Path

import pytest

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, PermissionDeniedError, SignInError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role
from app.drafting.checking.check import check_note
from app.exchange.markdown import encounter_markdown, write_export
from app.exchange.text_transcript import transcript_from_text
from app.review.workflow import Review
from app.vault import create_vault, sign_in

PHYSICIAN_WORDS = "seven green lanterns"
NURSE_WORDS = "nine quiet harbours"
SPOKEN = """Doctor: What brings you in today?
Patient: I have had chest pain since Monday. I take metoprolol 50 milligrams every morning.
Doctor: Any fever?
Patient: No, no fever at all.
Doctor: Keep taking the metoprolol, and come back in two weeks.
"""


def test_a_note_goes_from_draft_to_amended(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    session, _code = create_vault(vault, name="ada", display_name="Dr. Ada", passphrase=PHYSICIAN_WORDS)
    transcript = transcript_from_text(SPOKEN)
    store = session.encounters
    visit = store.create("Visit")
    store.save_transcript(visit, transcript)
    draft = Note(
        "soap",
        (
            Section("subjective", "Subjective", (Statement("s1", "The patient reports chest pain since Monday."),)),
            Section("plan", "Plan", (Statement("s2", "Continue metoprolol 500 mg every morning."),)),
        ),
    )
    store.add_version(visit, check_note(draft, transcript), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    review = Review(session, check_note)

    current = review.current(visit)
    assert current is not None
    dose = current.note.statement("s2")
    assert dose is not None
    assert dose.support is not Support.SUPPORTED
    corrected = review.edit_statement(visit, "s2", "Continue metoprolol 50 mg every morning.", 1).note.statement("s2")
    assert corrected is not None
    assert (corrected.support, corrected.author) == (Support.SUPPORTED, "Dr. Ada")
    assert corrected.evidence

    nurse_user, _code = session.users.add("ben", "Nurse Ben", frozenset({Role.NURSE}), NURSE_WORDS)
    store.share(visit, nurse_user.id)
    session.close()
    nurse = sign_in(vault, "ben", NURSE_WORDS)
    nurse_review = Review(nurse, check_note)
    nurse_review.add_statement(visit, "subjective", "No fever.", 2)
    assert nurse_review.mark_reviewed(visit, 3).author_name == "Nurse Ben"
    with pytest.raises(PermissionDeniedError):
        nurse_review.sign(visit, NURSE_WORDS, "authorship", 4)
    nurse.close()

    session = sign_in(vault, "ada", PHYSICIAN_WORDS)
    store, review = session.encounters, Review(session, check_note)
    with pytest.raises(SignInError):
        review.sign(visit, "wrong words entirely", "authorship", 4)
    signed = review.sign(visit, PHYSICIAN_WORDS, "authorship", 4)
    assert store.verify(visit, signed.number).valid
    with pytest.raises(ConflictError):
        review.edit_statement(visit, "s1", "No pain.", 5)
    amended = review.add_addendum(visit, "Troponin came back normal.", PHYSICIAN_WORDS, 5)
    assert store.verify(visit, amended.number).valid
    assert store.verify(visit, signed.number).valid
    assert [(c.kind.value, c.author_name) for c in review.changes(visit)] == [
        ("edited", "Dr. Ada"),
        ("added", "Nurse Ben"),
        ("added", "Dr. Ada"),
    ]
    session.close()

    session = sign_in(vault, "ada", PHYSICIAN_WORDS)
    encounter = session.encounters.get(visit)
    assert encounter.state is EncounterState.AMENDED
    page = encounter_markdown(session.encounters, encounter, evidence=True)
    session.close()
    assert page.count("signature valid") == 2
    assert "(written by Nurse Ben)" in page
    assert "SIGNATURE NOT VALID" not in page
    assert page.index("Troponin") > page.index("meaning: authorship")
    write_export(tmp_path / "note.md", page)
    assert (tmp_path / "note.md").read_text(encoding="utf-8") == page
