"""A vault of the first schema, with content in it, opened by this program."""

import pytest
from sqlalchemy import Engine, event, inspect
from sqlcipher3 import dbapi2
from vault_samples import CHEAP, PASSPHRASE, make_consent, make_note, make_transcript, make_window, signed_in

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, DiskFullError
from app.vault import opening, schema

SOUND = bytes(range(1, 101))


@pytest.fixture
def old(tmp_path, monkeypatch):
    """Folder, signed visit, and a visit whose recording was cut off, as the first schema held them."""
    folder = tmp_path / "vault"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "HEAD", "0001")
        session, _ = opening.create_vault(
            folder, name="anna", display_name="Anna Ek, MD", passphrase=PASSPHRASE, cost=CHEAP
        )
        store = session.encounters
        signed, cut = store.create("signed"), store.create("cut off")
        store.save_transcript(signed, make_transcript())
        store.add_version(signed, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        store.sign_version(signed, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
        with session._vault.database.transaction() as connection:
            assert schema.revision(connection) == "0001"
            assert not inspect(connection).has_table("consents")
            key = session._keys.get(connection, cut)
        writer = session._recordings.start(key, cut, 80, 1, lambda _: None)
        writer.write(SOUND)
        writer.abandon()
        session.close()
    return folder, signed, cut


def test_old_vault_opens_and_can_do_what_is_new(old):
    folder, signed, cut = old
    with signed_in(folder) as session:
        store = session.encounters
        with session._vault.database.transaction() as connection:
            assert schema.revision(connection) == schema.HEAD
        assert [e.title for e in store.list()] == ["cut off", "signed"]
        assert store.transcript(signed) == make_transcript()
        assert store.verify(signed, 2).valid
        assert store.audio_info(signed) is None
        assert store.consent(cut) is None
        assert list(store.journal(cut)) == []
        assert store.draft_choice(cut) is None
        store.choose_draft(cut, DraftChoice("nursing-note"))
        store.record_consent(cut, make_consent())
        store.append_journal(cut, make_window())
        with store.resume_audio(cut) as writer:
            writer.write(SOUND)
        with pytest.raises(ConflictError):
            store.append_journal(signed, make_window())
    with signed_in(folder) as session:
        assert session.encounters.read_audio(cut) == SOUND[:80] + SOUND
        assert list(session.encounters.journal(cut)) == [make_window()]
        assert session.encounters.consent(cut) == make_consent()
        assert session.encounters.draft_choice(cut) == DraftChoice("nursing-note")
        assert session.audit.verify().first_bad is None


def test_upgrade_that_fails_leaves_the_old_vault(old):
    folder, signed, _ = old
    refused = []

    def full(_cursor, statement, _parameters, _context):
        if "ALTER TABLE encounters" in statement:
            refused.append(statement)
            raise dbapi2.OperationalError("database or disk is full")

    event.listen(Engine, "do_execute", full)
    try:
        with pytest.raises(DiskFullError), signed_in(folder):
            pass
    finally:
        event.remove(Engine, "do_execute", full)
    assert refused
    with signed_in(folder) as session:
        assert session.encounters.verify(signed, 2).valid
        assert session.audit.verify().first_bad is None
