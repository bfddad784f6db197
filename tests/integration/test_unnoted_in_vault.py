"""Said, not in the note: on the real review path, in a real vault, with the real check, and on the command line."""

import json
from pathlib import Path

from program import anamnesis, is_declared

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role
from app.domain.unnoted import UnnotedKind
from app.exchange.text_transcript import transcript_from_text
from app.settings import find_paths
from app.vault import create_vault, sign_in
from app.wiring import build, check

OWNER = "four small bridges"
NURSE = "three warm stones"
SPOKEN = """Doctor: What brings you in today?
Patient: I have had chest pain since Monday. I take metoprolol 50 milligrams every morning.
Doctor: Any fever or cough?
Patient: No, no fever at all.
Doctor: Are you allergic to anything?
Patient: Yes, I'm allergic to penicillin.
Doctor: I'd like to do an ECG today.
Patient: Okay, thank you.
"""
WRITTEN = Note(
    "soap",
    (
        Section("subjective", "Subjective", (Statement("s1", "Chest pain since Monday."),)),
        Section("plan", "Plan", (Statement("s2", "ECG today."),)),
    ),
)


def test_found_added_undone_and_found_again(tmp_path: Path) -> None:
    program = build(find_paths(tmp_path))
    session, _code = program.create_vault("ada", "Dr. Ada", OWNER)
    transcript = transcript_from_text(SPOKEN)
    store = session.encounters
    visit = store.create("Visit")
    store.save_transcript(visit, transcript)
    store.add_version(visit, check(WRITTEN, transcript), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    review = program.review(session)

    before = review.missing(visit)
    assert [u.kind for u in before] == [UnnotedKind.ALLERGY, UnnotedKind.MEDICINE, UnnotedKind.DENIED]
    allergy = before[0]
    added = review.add_unnoted(visit, allergy, 1)
    statement = list(added.note.sections[0].statements)[-1]
    assert statement.text == allergy.text
    assert statement.evidence[: len(allergy.evidence)] == allergy.evidence
    assert statement.support is Support.SUPPORTED
    assert statement.author is None
    assert review.missing(visit) == before[1:]

    nurse, _code = session.users.add("ben", "Nurse Ben", frozenset({Role.NURSE}), NURSE)
    store.share(visit, nurse.id)
    session.close()
    session = sign_in(program.paths.vault, "ben", NURSE)
    review = program.review(session)
    typed = review.add_statement(visit, "subjective", "Takes metoprolol 50 mg every morning.", 2)
    assert [u.kind for u in review.missing(visit)] == [UnnotedKind.DENIED]
    review.restore(visit, 1, typed.number)
    assert review.missing(visit) == before
    session.close()
    program.close()


def test_the_command_line_lists_it(tmp_path: Path) -> None:
    spoken, written = tmp_path / "visit.txt", tmp_path / "note.md"
    spoken.write_text(SPOKEN, encoding="utf-8")
    written.write_text("## Subjective\nChest pain since Monday.\n## Plan\nECG today.\n", encoding="utf-8")
    found = anamnesis("check", written, spoken, "--json")
    assert found.status == 0
    missing = json.loads(found.out)["missing"]
    assert [m["kind"] for m in missing] == ["allergy", "medicine", "denied symptom"]
    assert all(m["evidence"] and m["text"] for m in missing)
    page = anamnesis("check", written, spoken).out
    assert "SAID, NOT IN THE NOTE" in page
    assert "allergic to penicillin" in page

    session, _code = create_vault(tmp_path / "data" / "vault", name="ada", display_name="Ada", passphrase=OWNER)
    visit = session.encounters.create("Visit")
    transcript = transcript_from_text(SPOKEN)
    session.encounters.save_transcript(visit, transcript)
    note = check(WRITTEN, transcript)
    session.encounters.add_version(visit, note, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    session.close()
    secret = tmp_path / "secret"
    secret.write_text(OWNER, encoding="utf-8")
    secret.chmod(0o600)
    words = ("--data-dir", tmp_path / "data", "encounters", "show", visit)
    shown = anamnesis(*words, ANAMNESIS_PASSPHRASE_FILE=str(secret))
    assert "SAID, NOT IN THE NOTE" in shown.out
    stored = json.loads(anamnesis(*words, "--json", ANAMNESIS_PASSPHRASE_FILE=str(secret)).out)
    assert [m["kind"] for m in stored["missing"]] == ["allergy", "medicine", "denied symptom"]


def test_nobody_signs_past_an_allergy_unasked_on_the_command_line(tmp_path: Path) -> None:
    session, _code = create_vault(tmp_path / "data" / "vault", name="ada", display_name="Ada", passphrase=OWNER)
    visit = session.encounters.create("Visit")
    transcript = transcript_from_text(SPOKEN)
    session.encounters.save_transcript(visit, transcript)
    session.encounters.add_version(visit, check(WRITTEN, transcript), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    session.close()
    secret = tmp_path / "secret"
    secret.write_text(OWNER, encoding="utf-8")
    secret.chmod(0o600)
    words = ("--data-dir", tmp_path / "data", "encounters", "sign", visit)
    refused = anamnesis(*words, ANAMNESIS_PASSPHRASE_FILE=str(secret))
    assert is_declared(refused)
    assert "2 things that must not be missed were said and not noted" in refused.err
    assert "penicillin" not in refused.err
    signed = anamnesis(*words, "--acknowledge", ANAMNESIS_PASSPHRASE_FILE=str(secret))
    assert signed.status == 0
    for told in (refused, signed):
        assert "SAID, NOT IN THE NOTE" in told.out
        assert "allergic to penicillin" in told.out
        assert "metoprolol" in told.out
        assert "fever" not in told.out
    session = sign_in(tmp_path / "data" / "vault", "ada", OWNER)
    assert session.encounters.verify(visit, 2).valid
    entries = session.audit.entries()
    at = next(n for n, e in enumerate(entries) if e.action == "note.omissions-acknowledged")
    assert {entries[at - 1].action, entries[at + 1].action} >= {"note.signed"}
    assert entries[at].detail == "2 said, not in the note"
    assert session.audit.verify().first_bad is None
    session.close()
