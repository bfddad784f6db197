"""Sound and words go for good, each alone; the signed note still verifies and says what is gone."""

from dataclasses import replace

import pytest
from golden_vaults import SIGNED as GOLDEN_SIGNED
from golden_vaults import golden_copy, golden_names, golden_session
from record_samples import SOUND, make_signed
from sqlalchemy import text
from vault_samples import PASSPHRASE, make_note, make_transcript, signed_in

from app.domain.encounter import VersionKind
from app.domain.errors import AnamnesisError, ConflictError, SealBrokenError
from app.domain.records import Part
from app.vault.audio_format import AudioSeal
from app.vault.earlier_keys import earlier_blobs
from app.vault.field_blob import DataKey
from app.vault.records.part_keys import part_key, replace_part_keys


def erase(session, visit, part):
    session.records.retention._erasing.erase_part(visit, part, "retention policy", by_policy=True)
    session.records.retention._erasing.tidy()


def test_erased_sound_is_gone_and_the_rest_stays(session, folder):
    visit = make_signed(session)
    path = folder / "audio" / f"{visit}.audio"
    kept = path.read_bytes()
    with session._vault.database.transaction() as connection:
        data_key = session._keys.get(connection, visit)
    assert path.exists()
    erase(session, visit, Part.AUDIO)
    assert not path.exists()
    store = session.encounters
    assert store.audio_info(visit) is None
    assert store.transcript(visit) == make_transcript()
    check = store.verify(visit, 2)
    assert (check.valid, check.evidence_erased) == (True, False)
    with pytest.raises(ConflictError, match="erased"):
        store.audio_writer(visit, 100)
    with pytest.raises(SealBrokenError):  # a file that survived somewhere does not open with what members hold
        AudioSeal.of_header(data_key, visit, kept)


def test_erased_words_are_gone_and_the_signature_stays_valid(session):
    visit = make_signed(session)
    with session._vault.database.transaction() as connection:
        data_key = session._keys.get(connection, visit)
        sealed = connection.execute(text("SELECT content FROM transcripts")).scalars().all()
    erase(session, visit, Part.TRANSCRIPT)
    store = session.encounters
    assert store.transcript(visit) is None
    assert list(store.journal(visit)) == []
    assert store.read_audio(visit) == SOUND
    check = store.verify(visit, 2)
    assert (check.valid, check.evidence_erased, check.reason) == (True, True, "")
    assert store.versions(visit)[1].note == make_note()
    assert sealed
    assert not any(data_key.id in blob for blob in sealed)  # a row that survived names a key that is no more
    with session._vault.database.transaction() as connection:
        assert part_key(connection, data_key, visit, Part.TRANSCRIPT) == data_key
    store.sign_version(visit, VersionKind.ADDENDUM, make_note("Later."), "amendment", PASSPHRASE, 2)
    assert store.verify(visit, 3).valid
    assert session.audit.verify().first_bad is None


def test_words_taken_away_without_a_record_are_noticed(session):
    visit = make_signed(session)
    with session._vault.database.transaction() as connection:
        connection.execute(text("DELETE FROM transcripts"))
    check = session.encounters.verify(visit, 2)
    assert not check.valid
    with session._vault.database.transaction() as connection:
        connection.execute(
            text("INSERT INTO erasures VALUES (:e, 'transcript', '2026-01-01T00:00:00.000000Z', :u, 'policy', '')"),
            {"e": visit, "u": session.user.id},
        )
    check = session.encounters.verify(visit, 2)
    assert not check.valid  # a row alone is no proof: the audit trail has no entry


def test_an_altered_note_is_not_excused_by_erased_words(session):
    visit = make_signed(session)
    erase(session, visit, Part.TRANSCRIPT)
    with session._vault.database.transaction() as connection:
        connection.execute(text("DROP TRIGGER note_versions_no_update"))
        connection.execute(text("UPDATE note_versions SET note = (SELECT note FROM note_versions WHERE number = 1)"))
    assert not session.encounters.verify(visit, 2).valid


@pytest.mark.parametrize("name", golden_names()[-1:])
def test_visits_from_before_lose_rows_and_files(name, tmp_path):
    folder = golden_copy(name, tmp_path)
    with golden_session(folder, "anna") as session:
        visit = next(e.id for e in session.encounters.list() if e.title == GOLDEN_SIGNED)
        for part in (Part.AUDIO, Part.TRANSCRIPT):
            erase(session, visit, part)
        assert session.encounters.transcript(visit) is None
        assert session.encounters.audio_info(visit) is None
        check = session.encounters.verify(visit, 2)
        assert (check.valid, check.evidence_erased) == (True, True)
        assert session.audit.verify().first_bad is None
    assert not (folder / "audio" / f"{visit}.audio").exists()


def test_a_crash_after_the_record_is_made_good_at_the_next_sign_in(folder):
    with signed_in(folder) as session:
        visit = make_signed(session)
        path = folder / "audio" / f"{visit}.audio"
        sound = path.read_bytes()
        erase(session, visit, Part.AUDIO)
    path.write_bytes(sound)
    with signed_in(folder) as session:
        assert not path.exists()
        assert session.encounters.audio_info(visit) is None


def test_part_gets_a_new_key_and_what_it_had_stays_until_it_is_erased(session):
    visit = make_signed(session)
    new = DataKey.generate()
    with session._vault.database.transaction() as connection:
        old = session._keys.get(connection, visit)
        before = part_key(connection, old, visit, Part.AUDIO)
        replace_part_keys(connection, visit, old, new)
        ring = replace(new, earlier=(old,))
        after = part_key(connection, ring, visit, Part.AUDIO)
        assert after.id != before.id
        assert after.named(before.id) == before
        with pytest.raises(AnamnesisError):
            part_key(connection, old, visit, Part.AUDIO)
    erase(session, visit, Part.AUDIO)
    with session._vault.database.transaction() as connection:
        assert part_key(connection, ring, visit, Part.AUDIO) is ring
        assert not earlier_blobs(connection, visit, Part.AUDIO)
        assert earlier_blobs(connection, visit, Part.TRANSCRIPT)
