"""Own signed notes and own settings: for one person alone, sealed, and damage of one visit hides no other."""

import pytest
from sqlalchemy import text, update
from vault_samples import PASSPHRASE, allow_changes, make_note, make_transcript, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import InputError, SealBrokenError
from app.vault.models import NoteVersionRow, OwnSettingRow

KINDS = ("embedded", "postgres")


def sign(session, words):
    store = session.encounters
    visit = store.create(words)
    store.save_transcript(visit, make_transcript())
    store.add_version(visit, make_note(words), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(visit, VersionKind.SIGNATURE, make_note(words), "authorship", PASSPHRASE, 1)
    return visit


def words_of(found):
    return [next(versions[-1].note.statements()).text for versions in found]


def test_the_last_signed_come_first_and_no_more_than_wanted(session):
    for words in ("one", "two", "three"):
        sign(session, words)
    assert words_of(session.own_notes.signed(2)) == ["three", "two"]
    assert [len(versions) for versions in session.own_notes.signed(9)] == [2, 2, 2]


def test_unsigned_and_destroyed_visits_are_not_among_them(session):
    store = session.encounters
    draft = store.create("draft")
    store.add_version(draft, make_note("draft"), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.destroy(sign(session, "gone"), "test")
    sign(session, "kept")
    assert words_of(session.own_notes.signed(9)) == ["kept"]


def test_a_damaged_visit_hides_no_other(session):
    damaged = sign(session, "damaged")
    sign(session, "whole")
    with session._vault.database.transaction() as connection:
        allow_changes(connection, "note_versions")
        row = NoteVersionRow
        connection.execute(update(row).where(row.encounter_id == damaged).values(note=b"ANSF" + bytes(100)))
    assert words_of(session.own_notes.signed(9)) == ["whole"]


def test_a_setting_is_kept_sealed_and_replaced(folder):
    with signed_in(folder) as session:
        assert session.own_notes.setting("style.learning") == ""
        session.own_notes.set_setting("style.learning", "off-and-secret")
        session.own_notes.set_setting("style.learning", "on-and-secret")
        with session._vault.database.transaction() as connection:
            (content,) = connection.execute(text("SELECT content FROM own_settings")).one()
        assert b"secret" not in content
    with signed_in(folder) as session:
        assert session.own_notes.setting("style.learning") == "on-and-secret"


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_setting_needs_a_name(session, name):
    with pytest.raises(InputError):
        session.own_notes.set_setting(name, "on")


def test_a_value_moved_to_another_name_does_not_open(session):
    session.own_notes.set_setting("style.learning", "off")
    with session._vault.database.transaction() as connection:
        connection.execute(update(OwnSettingRow).values(name="style.since"))
    with pytest.raises(SealBrokenError):
        session.own_notes.setting("style.since")
