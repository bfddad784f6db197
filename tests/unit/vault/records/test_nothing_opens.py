"""Crypto-shredding, proven by trying: every key that members still hold, on everything that is left."""

import pytest
from backup_samples import restored
from record_samples import make_signed
from sqlalchemy import LargeBinary, select
from vault_samples import signed_in

from app.domain.errors import AnamnesisError, SealBrokenError
from app.domain.records import Part
from app.vault.audio_format import AudioSeal
from app.vault.blob import PREFIX
from app.vault.field_blob import KEY_ID, DataKey
from app.vault.field_blob import KIND as FIELD
from app.vault.models import Base, SealedKeyRow
from app.vault.sealing_pair import KIND as SEALED_KEY
from app.vault.sealing_pair import KeyOpener

SECRET = "distinctive words of the erased visit"


def blobs(session):
    """Every binary value of every table."""
    found = []
    with session._vault.database.transaction() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, LargeBinary)]
            if columns:
                found += [v for row in connection.execute(select(*columns)) for v in row if v is not None]
    return found


def held_keys(folder, names):
    """Every data key that these people and the organisation can still open, and their own keys."""
    found = []
    for name in names:
        with signed_in(folder, name) as session:
            keys = session._vault.keys
            found.append(keys.own_key())
            openers = [KeyOpener(keys.sealing)]
            if keys.organisation_recovery is not None:
                openers.append(KeyOpener(keys.organisation_recovery))
            with session._vault.database.transaction() as connection:
                rows = connection.execute(select(SealedKeyRow.encounter_id, SealedKeyRow.blob)).all()
            for encounter_id, blob in rows:
                for opener in openers:
                    try:
                        found.append(opener.open(blob, session._vault.vault_id, encounter_id))
                    except AnamnesisError:
                        continue
    return found


def names_a_key(blob, keys):
    """Whether a sealed value says that one of these keys opens it."""
    if blob[: PREFIX - 2] == FIELD.magic:
        return any(blob[PREFIX : PREFIX + KEY_ID] == key.id for key in keys)
    return blob[: PREFIX - 2] == SEALED_KEY.magic and any(blob[PREFIX : PREFIX + KEY_ID] == key.id for key in keys)


@pytest.fixture
def shared(folder):
    """Two visits shared with the nurse; the data key, the sound and the sealed values of the one to be erased."""
    with signed_in(folder) as session:
        nurse = next(u.id for u in session.users.list() if u.name == "ines")
        gone, kept = make_signed(session, SECRET), make_signed(session, "kept")
        for visit in (gone, kept):
            session.encounters.share(visit, nurse)
        with session._vault.database.transaction() as connection:
            key = session._keys.get(connection, gone)
    with signed_in(folder, "ines") as session:
        session.encounters.list()
        session.search.find("distinctive", 5)
    return gone, kept, key


def test_destroyed_visit_opens_for_nobody_not_even_from_a_backup(folder, shared, tmp_path):
    gone, kept, key = shared
    sound = (folder / "audio" / f"{gone}.audio").read_bytes()
    with signed_in(folder) as session:
        session.encounters.destroy(gone, "article 17")
        backup = session.records.back_up(tmp_path / "after.anabackup").path
        assert not list((folder / "audio").glob(f"{gone}*"))
        own = [DataKey(key.id, key.secret)]
        left = [b for b in blobs(session) if names_a_key(b, own)]
        assert left  # note versions stay, under a key that is no more: that is what is tried below
    (tmp_path / "again").mkdir()
    restored(backup, tmp_path / "again" / "vault")
    for place in (folder, tmp_path / "again" / "vault"):
        keys = held_keys(place, ("anna", "ines", "adam", "paul", "olga"))
        assert len(keys) > 5
        assert key.secret not in {k.secret for k in keys}
        assert not any(names_a_key(blob, keys) for blob in left)
        for held in keys:
            for as_if in (held, DataKey(key.id, held.secret)):
                with pytest.raises(SealBrokenError):
                    AudioSeal.of_header(as_if, gone, sound)
        with signed_in(place) as session:
            assert [e.title for e in session.encounters.list()] == ["kept"]
            assert session.encounters.verify(kept, 2).valid
            assert list(session.search.find("distinctive", 5)) == []
            assert session.audit.verify().first_bad is None
    for path in (folder / "vault.db", folder / "vault.db-wal", backup):
        if path.exists():
            assert key.secret not in path.read_bytes()


def test_no_page_of_the_database_keeps_the_deleted_key(folder, shared):
    """Also below SQLCipher: the decrypted file holds neither the sealed keys nor the erased words' rows."""
    gone, _kept, _key = shared
    with signed_in(folder) as session:
        with session._vault.database.transaction() as connection:
            sealed = connection.execute(
                select(SealedKeyRow.blob, SealedKeyRow.quick).where(SealedKeyRow.encounter_id == gone)
            ).all()
        session.encounters.destroy(gone, "article 17")
        assert (folder / "vault.db-wal").stat().st_size == 0
        plain = folder.parent / "plain.db"
        raw = session._vault.database._connect()
        try:
            raw.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
            raw.execute("SELECT sqlcipher_export('plain')").fetchall()
        finally:
            raw.close()
    data = plain.read_bytes()
    assert b"SQLite format 3" in data
    for row in sealed:
        for blob in row:
            assert blob is None or blob not in data


def test_erased_sound_and_words_open_for_nobody(folder, shared, tmp_path):
    gone, _kept, _key = shared
    sound = (folder / "audio" / f"{gone}.audio").read_bytes()
    with signed_in(folder) as session:
        erasing = session.records.retention._erasing
        for part in (Part.AUDIO, Part.TRANSCRIPT):
            erasing.erase_part(gone, part, "policy", by_policy=True)
        erasing.tidy()
    keys = held_keys(folder, ("anna", "ines", "adam", "paul", "olga"))
    for held in keys:
        with pytest.raises(SealBrokenError):
            AudioSeal.of_header(held, gone, sound)


def test_a_backup_made_before_still_opens_unless_the_list_says_what_went(folder, shared, tmp_path):
    gone, kept, _key = shared
    usb = tmp_path / "usb"
    usb.mkdir()
    with signed_in(folder) as session:
        path = session.records.back_up(usb / "before.anabackup").path
        session.encounters.destroy(gone, "article 17")
        erasing = session.records.retention._erasing
        erasing.erase_part(kept, Part.AUDIO, "policy", by_policy=True)
        erasing.tidy()
    assert [p.suffix for p in sorted(usb.iterdir())] == [".erased", ".anabackup"]
    alone = tmp_path / "alone.anabackup"
    alone.write_bytes(path.read_bytes())
    (tmp_path / "a").mkdir()
    restored(alone, tmp_path / "a" / "vault")  # honest: without the list it comes back
    with signed_in(tmp_path / "a" / "vault") as session:
        assert {e.title for e in session.encounters.list()} == {SECRET, "kept"}
    for name, source, erased_list in (("b", path, None), ("c", alone, folder / "vault.erased")):
        (tmp_path / name).mkdir()
        target = tmp_path / name / "vault"
        assert restored(source, target, erased_list=erased_list).erased_again == 2
        with signed_in(target) as session:
            assert [e.title for e in session.encounters.list()] == ["kept"]
            assert session.encounters.audio_info(kept) is None
            assert session.encounters.verify(kept, 2).valid
            assert {r.part for r in session.records.erased()} == {Part.ENCOUNTER, Part.AUDIO}
            assert session.audit.verify().first_bad is None
        assert not list((target / "audio").glob("*"))


def test_a_damaged_list_is_told_and_nothing_is_restored(folder, shared, tmp_path):
    gone, _kept, _key = shared
    usb = tmp_path / "usb"
    usb.mkdir()
    with signed_in(folder) as session:
        path = session.records.back_up(usb / "before.anabackup").path
        session.encounters.destroy(gone, "article 17")
    found = next(usb.glob("*.erased"))
    data = bytearray(found.read_bytes())
    data[40] ^= 1
    found.write_bytes(data)
    with pytest.raises(SealBrokenError, match="list of erased visits"):
        restored(path, tmp_path / "vault-2")
    assert not (tmp_path / "vault-2").exists()
