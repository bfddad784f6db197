"""The Markdown document: what a physician reads of a draft, a signed and an amended note."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from memory_store import PASSPHRASE, MemorySession

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.ports import SignatureCheck
from app.domain.transcript import Speaker, Transcript, Utterance
from app.exchange.markdown import NoteHeader, encounter_markdown, note_markdown
from app.review.workflow import Review

TRANSCRIPT = Transcript(
    4000.0,
    "en",
    "m",
    (
        Utterance("u1", 0, 2, Speaker.PATIENT, "My chest hurts."),
        Utterance("u2", 83.9, 90, Speaker.CLINICIAN, "Take *fifty* milligrams."),
        Utterance("u3", 3725, 3730, Speaker.PATIENT, "never cited"),
    ),
    ("The recording was cut.",),
)
NOTE = Note(
    "soap",
    (
        Section("subjective", "Subjective", (Statement("s1", "Chest pain.", ("u1",), Support.SUPPORTED),)),
        Section(
            "plan",
            "Plan",
            (
                Statement("s2", "# Dose 500 mg", ("u2", "u1"), Support.CONTRADICTED, ("dose: note 500 mg",)),
                Statement("s3", "Rest.", (), Support.UNSUPPORTED, (), "Dr. Ada"),
                Statement("s4", "Walk.", ("u9",), Support.PARTIAL, ("side",)),
            ),
        ),
        Section("assessment", "Assessment"),
    ),
)
PHYSICIAN = User("p", "ada", "Dr. Ada", frozenset({Role.PHYSICIAN}))


def test_draft_with_evidence() -> None:
    page = note_markdown(NOTE, TRANSCRIPT)
    assert page.startswith("# SOAP note\n\n**DRAFT – not signed.**\n\n> The recording was cut.\n\n## Subjective\n\n")
    assert "- Chest pain. [^1]\n" in page
    assert "- \\# Dose 500 mg [^2] [^1]\n  **⚠ contradicted by the recording**: dose: note 500 mg\n" in page
    assert "- Rest. (written by Dr. Ada)\n  **⚠ not supported by the recording**\n" in page
    assert "- Walk. [^3]\n  **⚠ only partly supported by the recording**: side\n" in page
    assert "## Assessment\n\nNothing noted." in page
    assert "[^1]: \\[00:00\\] patient: “My chest hurts.”\n" in page
    assert "[^2]: \\[01:23\\] clinician: “Take \\*fifty\\* milligrams.”\n" in page
    assert page.endswith("[^3]: ⚠ The transcript has no utterance u9.\n")
    assert "never cited" not in page


@pytest.mark.parametrize("transcript", [None, TRANSCRIPT])
def test_without_evidence_nothing_of_the_transcript_is_quoted(transcript: Transcript | None) -> None:
    page = note_markdown(NOTE, transcript, evidence=False)
    assert "hurts" not in page
    assert "[^" not in page


@pytest.fixture
def session() -> MemorySession:
    session = MemorySession(PHYSICIAN)
    visit = session.encounters.create("<b>Mr.</b> [X](y)")
    session.encounters.save_transcript(visit, TRANSCRIPT)
    session.encounters.add_version(visit, NOTE, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return session


def exported(session: MemorySession, evidence: bool = False) -> str:
    return encounter_markdown(session.encounters, session.encounters.get("e1"), evidence=evidence)


def test_states_of_a_stored_note(session: MemorySession) -> None:
    review = Review(session, lambda note, _transcript: note)
    assert "**DRAFT – not signed.**\n" in exported(session)
    review.mark_reviewed("e1", 1)
    assert "**DRAFT – not signed.** Reviewed by Dr. Ada, 2026-03-01 09:02:00 UTC." in exported(session)
    review.sign("e1", PASSPHRASE, "authorship", 2, acknowledged=True)
    page = exported(session)
    assert "**Signed.**" in page
    assert "DRAFT" not in page
    assert (
        "Signed by Dr. Ada, physician; meaning: authorship; 2026-03-01 09:00:00 UTC; version 3; signature valid" in page
    )
    review.add_addendum("e1", "Called her.", PASSPHRASE, 3)
    page = exported(session, evidence=True)
    assert "**Signed, with addenda.**" in page
    order = [
        "## Plan",
        "version 3; signature valid",
        "## Addendum 1: Dr. Ada",
        "- Called her.",
        "version 4;",
        "## Evidence",
    ]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)


def test_broken_or_unverified_signatures_are_said_first(session: MemorySession) -> None:
    Review(session, lambda note, _transcript: note).sign("e1", PASSPHRASE, "authorship", 1, acknowledged=True)
    encounter, versions = session.encounters.get("e1"), session.encounters.versions("e1")
    header = NoteHeader(encounter.title, encounter.created_at, encounter.state, versions)
    page = note_markdown(NOTE, header=header)
    assert "SIGNATURE NOT VALID (version 2)" in page
    assert "**not verified**" in page
    bad = replace(header, checks={2: SignatureCheck(False, "the note was altered")})
    page = note_markdown(NOTE, header=bad)
    assert "SIGNATURE NOT VALID: the note was altered" in page
    assert "signature valid" not in page
    assert "**Signed" not in page


def test_a_state_without_signature_is_never_called_signed(session: MemorySession) -> None:
    encounter = session.encounters.get("e1")
    header = NoteHeader(encounter.title, encounter.created_at, EncounterState.SIGNED, session.encounters.versions("e1"))
    assert "DRAFT – not signed" in note_markdown(NOTE, header=header)


def test_every_field_is_escaped() -> None:
    evil = "<script>x</script> [a](b) `c` \n# h\n\n- i"
    note = Note(
        evil, (Section("plan", evil, (Statement("s1", evil, ("u1", evil), Support.PARTIAL, (evil,), evil),)),), (evil,)
    )
    transcript = Transcript(1.0, "en", "m", (Utterance("u1", 0, 1, Speaker.OTHER, evil),), (evil,))
    session = MemorySession(replace(PHYSICIAN, display_name=evil))
    visit = session.encounters.create(evil)
    session.encounters.save_transcript(visit, transcript)
    session.encounters.add_version(visit, note, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    Review(session, lambda n, _t: n).sign(visit, PASSPHRASE, evil, 1)
    page = MarkdownIt("commonmark").render(exported(session, evidence=True))
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"h1", "h2", "p", "ul", "li", "strong", "blockquote"}
    assert page.count("<h2>") == 3
    assert page.count("<h1>") == 1
