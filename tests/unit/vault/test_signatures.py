"""Signatures: what they cover, and every way to break one."""

import base64
from dataclasses import replace

import pytest
from sqlalchemy import text
from vault_samples import PASSPHRASE, allow_changes, make_note, make_transcript, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import InputError
from app.domain.people import Role, User
from app.domain.recording import Mark, MarkKind
from app.vault import note_versions as notes
from app.vault import signing
from app.vault.certificates import issue, unpack_certificate
from app.vault.key_material import new_signing_key

KINDS = ("embedded", "postgres")


@pytest.fixture
def signed(session):
    """A signed encounter: its id, facts, version and transcript."""
    store = session.encounters
    encounter = store.create("t")
    store.save_transcript(encounter, make_transcript())
    store.add_version(encounter, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(encounter, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    with session._vault.database.transaction() as connection:
        found = notes.read_versions(connection, session._keys.get(connection, encounter), encounter)
    facts, version = found[-1]
    return encounter, facts, version


def check(session, facts, version, transcript=None):
    with session._vault.database.transaction() as connection:
        return signing.check(session._vault, connection, facts, version, transcript or make_transcript())


def forged(version, **changes):
    return replace(version, signature=replace(version.signature, **changes))


def test_signature_verifies_and_says_who_what_when(session, signed):
    encounter, _, version = signed
    assert session.encounters.verify(encounter, 2).valid
    signature = version.signature
    assert (signature.signer_name, signature.role, signature.meaning) == ("Anna Ek, MD", "physician", "authorship")
    assert signature.signed_at == version.created_at
    assert not session.encounters.verify(encounter, 1).valid
    with pytest.raises(InputError):
        session.encounters.verify(encounter, 3)


def test_what_was_left_out_knowingly_is_covered_by_the_signature(session):
    store = session.encounters
    encounter = store.create("t")
    store.add_version(encounter, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(encounter, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1, left_out=3)
    assert store.verify(encounter, 2).valid
    with session._vault.database.transaction() as connection:
        rows = connection.execute(text("SELECT action, detail, hash FROM audit ORDER BY sequence")).all()
    at = next(n for n, row in enumerate(rows) if row.action == "note.omissions-acknowledged")
    assert rows[at].detail == "3 said, not in the note"
    assert rows[at + 1].action == "note.signed"
    assert store.versions(encounter)[-1].signature.audit_sha256 == rows[at].hash


def test_verifies_for_another_reader(folder):
    with signed_in(folder) as session:
        store = session.encounters
        encounter = store.create("t")
        store.add_version(encounter, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        store.sign_version(encounter, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
        store.share(encounter, next(u.id for u in session.users.list() if u.name == "ines"))
    with signed_in(folder, "ines") as session:
        assert session.encounters.verify(encounter, 2).valid


def test_other_note_or_evidence_is_noticed(session, signed):
    _, facts, version = signed
    assert check(session, facts, version).valid
    changed = replace(version, note=make_note("Takes metoprolol 500 mg."))
    assert "note" in check(session, facts, changed).reason
    assert "utterances" in check(session, facts, version, make_transcript("Five hundred.")).reason
    cited_nowhere = replace(version, note=make_note("Takes metoprolol 50 mg.", "u2"))
    assert not check(session, facts, cited_nowhere).valid


@pytest.mark.parametrize("field", ["meaning", "role", "signer_name", "signer_id", "note_sha256", "evidence_sha256",
                                   "audit_sha256", "public_key", "certificate", "value"])  # fmt: skip
def test_every_field_is_covered(session, signed, field):
    _, facts, version = signed
    old = getattr(version.signature, field)
    for new in ("", "nurse", old[:-4] + ("AAAA" if old[-4:] != "AAAA" else "BBBB"), old + "0"):
        result = check(session, facts, forged(version, **{field: new}))
        assert not result.valid
        assert result.reason


@pytest.mark.parametrize(
    "change", [{"number": 3}, {"encounter_id": "0" * 32}, {"kind": VersionKind.ADDENDUM}, {"transcript_number": 9},
               {"created_at": "2020-01-01T00:00:00.000000Z"}, {"author_id": "someone"}],
)  # fmt: skip
def test_signature_cannot_be_pasted_elsewhere(session, signed, change):
    _, facts, version = signed
    assert not check(session, replace(facts, **change), version).valid


def test_certificate_of_another_organisation_is_refused(session, signed):
    """A forger with keys of their own signs everything anew; only the organisation's key is missing."""
    _, facts, version = signed
    vault = session._vault
    certificate = issue(
        new_signing_key(), vault.vault_id, session.user, vault.keys.sealing.public(), vault.keys.signing_public
    )
    result = check(session, facts, forged(version, certificate=certificate.packed))
    assert "certificate" in result.reason


@pytest.mark.parametrize("roles", [{Role.NURSE}, {Role.ADMINISTRATOR}, {Role.AUDITOR}])
def test_role_without_the_right_to_sign_is_refused(session, signed, roles):
    _, facts, version = signed
    vault = session._vault
    user = User(session.user.id, session.user.name, session.user.display_name, frozenset(roles))
    certificate = issue(
        vault.keys.organisation_signing, vault.vault_id, user, vault.keys.sealing.public(), vault.keys.signing_public
    )
    for role in ("physician", *(r.value for r in roles)):
        result = check(session, facts, forged(version, certificate=certificate.packed, role=role))
        assert "role" in result.reason


def test_signature_without_its_audit_entry_is_refused(session, signed):
    encounter, _, _ = signed
    with session._vault.database.transaction() as connection:
        allow_changes(connection, "audit")
        connection.execute(text("DELETE FROM audit WHERE action = 'note.signed'"))
    assert "audit" in session.encounters.verify(encounter, 2).reason


@pytest.mark.embedded
def test_damaged_note_is_an_invalid_signature_not_a_crash(session, signed):
    encounter, _, _ = signed
    with session._vault.database.transaction() as connection:
        allow_changes(connection, "note_versions")
        connection.execute(text("UPDATE note_versions SET note = zeroblob(200) WHERE number = 2"))
    assert not session.encounters.verify(encounter, 2).valid


def test_certificate_is_packed_and_unpacked(session):
    certificate = session._vault.certificate
    assert (
        unpack_certificate(certificate.packed, session._vault.directory.organisation_public, session._vault.vault_id)
        == certificate
    )
    assert base64.b64decode(certificate.packed)


def test_hash_of_the_cited_utterances_never_changes():
    """Computed when transcripts had no marks: old signatures must verify for ever."""
    note = make_note("x", "u1", "u2")
    marked = replace(make_transcript(), marks=(Mark(MarkKind.BOOKMARK, 1.0),), notices=("cut",))
    for transcript in (make_transcript(), marked):
        assert (
            signing.evidence_digest(note, transcript)
            == "32df7be53bf1a76947702b4c698cd4ce34a9a05848b4ce65e54c6c751d62fbcb"
        )


def test_transcript_with_marks_is_signed_and_verifies(session):
    store = session.encounters
    encounter = store.create("t")
    marked = replace(make_transcript(), marks=(Mark(MarkKind.LOSS, 1.0, 2.0, "overflow"),))
    store.save_transcript(encounter, marked)
    store.add_version(encounter, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(encounter, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    assert store.transcript(encounter) == marked
    assert store.verify(encounter, 2).valid
