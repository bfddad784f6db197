"""A vault of the first schema does what is new in this program; an upgrade that fails changes nothing."""

import pytest
from golden_vaults import PASSPHRASE, SHARED, SIGNED, SOUND, golden_copy, golden_session, golden_transcript
from sqlalchemy import Engine, event, update
from sqlcipher3 import dbapi2
from vault_samples import make_consent, make_window, signed_in

from app.domain.draft_choice import DraftChoice
from app.domain.errors import ConflictError, DiskFullError
from app.vault import schema
from app.vault.models import EncounterRow

BLOCK = 2000
"""Bytes of the second that a block of the first format holds."""


@pytest.fixture
def old(tmp_path):
    return golden_copy("schema-0001", tmp_path)


def visits(session):
    return {e.title: e.id for e in session.encounters.list()}


def test_old_vault_opens_and_can_do_what_is_new(old):
    with golden_session(old, "anna") as session:
        store, found = session.encounters, visits(session)
        signed, cut = found[SIGNED], found[SHARED]
        with session._vault.database.transaction() as connection:
            assert schema.revision(connection) == schema.HEAD
            connection.execute(update(EncounterRow).where(EncounterRow.id == cut).values(duration=None))
        path = old / "audio" / f"{cut}.audio"
        path.write_bytes(path.read_bytes()[:-10])  # as if a crash had come before the end mark
        assert store.transcript(signed) == golden_transcript()
        assert store.consent(cut) is None
        assert list(store.journal(cut)) == []
        assert store.draft_choice(cut) is None
        store.choose_draft(cut, DraftChoice("nursing-note"))
        store.record_consent(cut, make_consent())
        store.append_journal(cut, make_window())
        assert store.read_audio(cut) == SOUND[:BLOCK]
        with store.resume_audio(cut) as writer:
            writer.write(SOUND)
        with pytest.raises(ConflictError):
            store.append_journal(signed, make_window())
    with golden_session(old, "anna") as session:
        assert session.encounters.read_audio(cut) == SOUND[:BLOCK] + SOUND
        assert list(session.encounters.journal(cut)) == [make_window()]
        assert session.encounters.consent(cut) == make_consent()
        assert session.encounters.draft_choice(cut) == DraftChoice("nursing-note")
        assert session.audit.verify().first_bad is None


def test_upgrade_that_fails_leaves_the_old_vault(old):
    refused = []

    def full(_cursor, statement, _parameters, _context):
        if "ALTER TABLE encounters" in statement:
            refused.append(statement)
            raise dbapi2.OperationalError("database or disk is full")

    event.listen(Engine, "do_execute", full)
    try:
        with pytest.raises(DiskFullError), signed_in(old, passphrase=PASSPHRASE):
            pass
    finally:
        event.remove(Engine, "do_execute", full)
    assert refused
    with golden_session(old, "anna") as session:
        assert session.encounters.verify(visits(session)[SIGNED], 2).valid
        assert session.audit.verify().first_bad is None
