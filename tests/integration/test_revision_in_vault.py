"""Edit by instruction on the real path: a real vault, the program's runner and review; taken or not stored at all."""

from pathlib import Path

import pytest

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role
from app.domain.work import CancelToken, no_progress
from app.exchange.text_transcript import transcript_from_text
from app.settings import find_paths
from app.vault import sign_in
from app.wiring import build, check

OWNER = "four small bridges"
NURSE = "three warm stones"
SPOKEN = """Doctor: What brings you in today?
Patient: I have had chest pain since Monday. No fever and no cough.
Doctor: Do you smoke?
Patient: I quit eight years ago.
Doctor: I'd like to do an ECG today.
"""
WRITTEN = Note(
    "soap",
    (
        Section(
            "subjective",
            "Subjective",
            (Statement("s1", "Chest pain since Monday; no fever, no cough."), Statement("s2", "Pt c/o pain.")),
        ),
        Section("plan", "Plan", (Statement("s3", "ECG today."),)),
    ),
)


def test_a_nurse_takes_it_a_physician_undoes_it_and_a_signed_note_refuses(tmp_path: Path) -> None:
    program = build(find_paths(tmp_path))
    owner, _code = program.create_vault("ada", "Dr. Ada", OWNER)
    transcript = transcript_from_text(SPOKEN)
    visit = owner.encounters.create("Visit")
    owner.encounters.save_transcript(visit, transcript)
    draft = check(WRITTEN, transcript)
    owner.encounters.add_version(visit, draft, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    nurse, _code = owner.users.add("ben", "Nurse Ben", frozenset({Role.NURSE}), NURSE)
    owner.encounters.share(visit, nurse.id)
    owner.close()

    session = sign_in(program.paths.vault, "ben", NURSE)
    runner, review = program.visits(session), program.review(session)

    def propose(instruction: str):
        return runner.revise(visit, "subjective", [], instruction, no_progress, CancelToken())

    split, added = propose("as bullets"), propose("add the smoking history")
    assert len(session.encounters.versions(visit)) == 1
    version = review.apply_revision(visit, split, 1)
    assert [s.text for s in version.note.sections[0].statements] == [
        "Chest pain since Monday.",
        "No fever.",
        "No cough.",
        "Pt c/o pain.",
    ]
    assert (version.author_name, version.kind) == ("Nurse Ben", VersionKind.EDIT)
    assert all(s.support is Support.SUPPORTED for s in version.note.sections[0].statements[:3])
    with pytest.raises(ConflictError):
        review.apply_revision(visit, added, 2)
    version = review.apply_revision(visit, propose("add the smoking history"), 2)
    assert "eight years ago" in version.note.sections[0].statements[-1].text
    session.close()

    session = sign_in(program.paths.vault, "ada", OWNER)
    review = program.review(session)
    assert review.restore(visit, 1, 3).note == draft
    assert {c.author_name for c in review.changes(visit)} == {"Nurse Ben", "Dr. Ada"}
    review.sign(visit, OWNER, "authorship", 4, acknowledged=True)
    with pytest.raises(ConflictError, match="signed"):
        program.visits(session).revise(visit, "plan", [], "as bullets", no_progress, CancelToken())
    with pytest.raises(ConflictError):
        review.apply_revision(visit, split, 5)
    assert session.encounters.verify(visit, 5).valid
    session.close()
    program.close()
