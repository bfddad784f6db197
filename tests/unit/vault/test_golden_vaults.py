"""A vault of every schema there ever was opens in this program, and a newer one is refused in one clear line."""

from contextlib import closing

import pytest
from golden_vaults import (
    CODE,
    DESTROYED,
    GOLDEN,
    PASSPHRASE,
    RATE,
    SHARED,
    SIGNED,
    SOUND,
    golden_copy,
    golden_names,
    golden_note,
    golden_session,
    golden_transcript,
)
from sqlalchemy import text

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import InputError, VersionError
from app.vault import opening, schema

RELEASED = ("0001", "0002", "0003", "0004")
"""Schemas that people have: each keeps its golden vault for good."""


def test_every_released_schema_has_its_vault():
    assert golden_names() == [f"schema-{revision}" for revision in RELEASED]
    assert schema.KNOWN[: len(RELEASED)] == RELEASED


@pytest.mark.parametrize("name", golden_names())
def test_vault_opens_migrates_and_verifies(name, tmp_path):
    folder = golden_copy(name, tmp_path)
    with golden_session(folder, "anna") as session:
        with session._vault.database.transaction() as connection:
            assert schema.revision(connection) == schema.HEAD
        store = session.encounters
        visits = {e.title: e for e in store.list()}
        assert set(visits) == {SIGNED, SHARED}
        signed, shared = visits[SIGNED].id, visits[SHARED].id
        assert visits[SIGNED].state is EncounterState.AMENDED
        assert [v.note for v in store.versions(signed)] == [golden_note(t) for t in ("Draft.", "Signed.", "Added.")]
        assert all(store.verify(signed, number).valid for number in (2, 3))
        for visit in (signed, shared):
            assert store.transcript(visit) == golden_transcript()
            assert store.read_audio(visit) == SOUND
            assert (store.audio_info(visit).rate, store.audio_info(visit).complete) == (RATE, True)
        assert session.audit.verify().first_bad is None
        destroyed = {e.subject for e in session.audit.entries() if e.action == "encounter.destroyed"}
        assert len(destroyed) == 1
        with pytest.raises(InputError, match="destroyed"):
            store.get(destroyed.pop())
        store.sign_version(shared, VersionKind.SIGNATURE, golden_note("New."), "authorship", PASSPHRASE, 1)
        assert store.verify(shared, 2).valid
    with golden_session(folder, "ines") as session:
        assert [e.title for e in session.encounters.list()] == [SHARED]
        assert session.encounters.verify(shared, 2).valid
    with golden_session(folder, "anna") as session:
        assert session.audit.verify().first_bad is None
        assert DESTROYED not in {e.title for e in session.encounters.list()}


@pytest.mark.parametrize("name", golden_names())
def test_recovery_code_of_that_time_opens_it(name, tmp_path):
    folder, code = golden_copy(name, tmp_path), (GOLDEN / name / CODE).read_text().strip()
    session, _ = opening.sign_in_with_recovery_code(folder, "anna", code, "another passphrase")
    with closing(session) as opened:
        assert {e.title for e in opened.encounters.list()} == {SIGNED, SHARED}


@pytest.mark.parametrize("name", golden_names())
def test_older_program_refuses_a_newer_vault_and_leaves_it(name, tmp_path, monkeypatch):
    """An older program is one that knows the schemas up to some other one."""
    folder = golden_copy(name, tmp_path)
    with golden_session(folder, "anna"):
        pass
    with monkeypatch.context() as older:
        older.setattr(schema, "HEAD", RELEASED[0])
        older.setattr(schema, "KNOWN", RELEASED[:1])
        with pytest.raises(VersionError) as refused:
            opening.sign_in(folder, "anna", PASSPHRASE)
        assert str(refused.value) == (
            "This vault was written by a newer Anamnesis. Update this program; the vault is untouched."
        )
    with golden_session(folder, "anna") as session:
        assert session.audit.verify().first_bad is None


def test_unknown_schema_is_refused(tmp_path):
    folder = golden_copy(golden_names()[-1], tmp_path)
    with golden_session(folder, "anna") as session, session._vault.database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(VersionError, match="newer Anamnesis"):
        opening.sign_in(folder, "anna", PASSPHRASE)
