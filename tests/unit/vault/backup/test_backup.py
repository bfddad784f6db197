"""A backup is made while the vault is in use, is whole or is not there, and restores to the same vault."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from backup_samples import RATE, SOUND, content, fill, restored
from vault_samples import PASSPHRASE, signed_in

from app.domain.errors import ConflictError, DiskFullError, InputError, PermissionDeniedError, WorkCancelledError
from app.domain.people import Role
from app.domain.work import CancelToken, no_progress
from app.vault import opening, vault_exists
from app.vault.backup.restoring import check_backup
from app.vault.records.last_backup import read_last


@pytest.fixture
def out(tmp_path):
    made = tmp_path / "usb"
    made.mkdir()
    return made


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_restored_on_another_machine_it_is_the_same_vault(folder, out, tmp_path):
    with signed_in(folder) as session:
        ids = fill(session)
        before = content(session, ids)
        backup = session.records.back_up(out / "b.anabackup")
        assert (backup.path, backup.recordings) == (out / "b.anabackup", 3)
        assert backup.size == backup.path.stat().st_size
        assert backup.path.stat().st_mode & 0o777 == 0o600
        assert session.records.last_backup().made_at == backup.made_at
        assert content(session, ids) == before
    assert names(out) == ["b.anabackup"]  # nothing was erased: there is no list
    check = check_backup(backup.path, no_progress, CancelToken())
    assert (check.intact, check.vault, len(check.sound)) == (True, True, 3)
    assert {state.value for _, state in check.sound} == {"whole"}
    target = tmp_path / "other" / "vault"
    target.parent.mkdir()
    result = restored(backup.path, target)
    assert (result.encounters, result.recordings, result.not_whole, result.erased_again) == (3, 3, (), 0)
    assert not (target / "vault.lock").exists()
    with signed_in(target) as session:
        assert content(session, ids) == before
        assert "vault.restored" in [e.action for e in session.audit.entries()]
    with signed_in(target, "ines") as session:
        assert session.encounters.list() == []


def test_recovery_code_restores_and_sets_a_new_passphrase(template, folder, out, tmp_path):
    from app.vault.backup.restoring import restore

    with signed_in(folder) as session:
        ids = fill(session)
        backup = session.records.back_up(out)
    new_codes = []

    def sign_in(place):
        session, code = opening.sign_in_with_recovery_code(place, "anna", template.code, "another passphrase")
        new_codes.append(code)
        return session

    target = tmp_path / "vault-2"
    restore(backup.path, target, sign_in, partial=False, erased_list=None, progress=no_progress, cancel=CancelToken())
    with signed_in(target, passphrase="another passphrase") as session:
        content(session, ids)
    session, _ = opening.sign_in_with_recovery_code(target, "anna", new_codes[0], "third passphrase")
    session.close()


def test_backup_while_recording_holds_what_was_synced(folder, out, tmp_path):
    with signed_in(folder) as session:
        store = session.encounters
        visit = store.create("running")
        writer = store.audio_writer(visit, RATE)
        writer.write(SOUND)

        def progress(fraction, phrase):
            if "database" in phrase:
                writer.write(SOUND)
                store.rename(visit, "renamed meanwhile")

        backup = session.records.back_up(out, progress)
        writer.write(SOUND)
        writer.close()
        assert len(store.read_audio(visit)) == 3 * len(SOUND)
    restored(backup.path, tmp_path / "vault-2")
    with signed_in(tmp_path / "vault-2") as session:
        found = session.encounters.read_audio(visit)
        assert (SOUND * 3).startswith(found)
        assert len(found) >= 2 * len(SOUND) - RATE
        assert not session.encounters.audio_info(visit).complete
        with session.encounters.resume_audio(visit) as writer:
            writer.write(SOUND)


def test_a_folder_gets_a_file_named_by_time(folder, out):
    with signed_in(folder) as session:
        backup = session.records.back_up(out)
        assert backup.path.parent == out
        assert backup.path.suffix == ".anabackup"
        assert abs((datetime.now(UTC) - backup.made_at).total_seconds()) < 600
        assert read_last(folder).folder == out


def test_two_backups_of_one_second_stand_side_by_side(folder, out, monkeypatch):
    from app.vault.backup import making

    monkeypatch.setattr(making, "now_text", lambda: "2026-11-22T10:00:00.000000Z")
    with signed_in(folder) as session:
        first, second = session.records.back_up(out), session.records.back_up(out)
    assert first.path != second.path
    assert sorted(p.name for p in out.glob("*.anabackup")) == sorted([first.path.name, second.path.name])


def test_nothing_is_overwritten(folder, out):
    with signed_in(folder) as session:
        (out / "b").write_text("mine")
        with pytest.raises(ConflictError):
            session.records.back_up(out / "b")
        assert (out / "b").read_text() == "mine"
        with pytest.raises(InputError):
            session.records.back_up(folder / "inside")
        with pytest.raises(InputError):
            session.records.back_up(out / "nowhere" / "b")
        assert session.records.last_backup() is None
    assert names(out) == ["b"]


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.8])
def test_cancelled_leaves_nothing(folder, out, moment):
    cancel = CancelToken()

    def progress(fraction, _phrase):
        if fraction >= moment:
            cancel.cancel()

    with signed_in(folder) as session:
        fill(session)
        with pytest.raises(WorkCancelledError):
            session.records.back_up(out, progress, cancel)
        assert names(out) == []
        session.records.back_up(out)


def test_full_disk_leaves_nothing(folder, out, monkeypatch):
    import errno

    from app.vault.backup.container import ContainerWriter

    real, puts = ContainerWriter._put, []

    def full(self, data):
        puts.append(data)
        if len(puts) == 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(self, data)

    with signed_in(folder) as session:
        fill(session)
        monkeypatch.setattr(ContainerWriter, "_put", full)
        with pytest.raises(DiskFullError):
            session.records.back_up(out)
        assert names(out) == []
        monkeypatch.undo()
        session.records.back_up(out)
        assert session.audit.verify().first_bad is None


def test_what_a_killed_backup_left_is_cleared_away(folder, out):
    with signed_in(folder) as session:
        for left in ("b.unfinished", "b.unfinished-db", "b.unfinished-db-wal"):
            (out / left).write_text("left")
        session.records.back_up(out / "b")
    assert "b" in names(out)
    assert not any("unfinished" in name for name in names(out))


def test_erased_while_it_was_made_the_copy_is_thrown_away(folder, out):
    with signed_in(folder) as session:
        ids = fill(session)
        done = []

        def progress(fraction, _phrase):
            if fraction > 0.3 and not done:
                done.append(True)
                session.encounters.destroy(ids["signed"], "asked for")

        with pytest.raises(ConflictError, match="erased"):
            session.records.back_up(out, progress)
        assert names(out) == []


def test_who_may(folder, out, tmp_path):
    for name, may in (("anna", True), ("adam", True), ("paul", False), ("ines", False), ("olga", False)):
        with signed_in(folder, name) as session:
            assert session.records.may_back_up() == may
            if not may:
                with pytest.raises(PermissionDeniedError):
                    session.records.back_up(out / name)


def test_a_physician_alone_in_practice_may(folder):
    with signed_in(folder, "paul") as session:
        session._vault.header = type("Alone", (), {"accounts": (1,)})()
        assert session.user.roles == {Role.PHYSICIAN}
        assert session.records.may_back_up()


def test_never_over_a_vault(folder, out):
    with signed_in(folder) as session:
        backup = session.records.back_up(out)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(ConflictError, match="overwrites nothing"):
        restored(backup.path, folder)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_only_a_vault_that_is_being_restored_is_changed_so(folder):
    with signed_in(folder) as session, pytest.raises(ConflictError):
        session.records.restored_vault()


def test_wrong_passphrase_leaves_nothing(folder, out, tmp_path):
    from app.domain.errors import SignInError
    from app.vault.backup.restoring import restore

    with signed_in(folder) as session:
        backup = session.records.back_up(out)
    target = tmp_path / "data" / "vault"
    target.parent.mkdir()
    with pytest.raises(SignInError):
        restore(
            backup.path, target, lambda place: opening.sign_in(place, "anna", PASSPHRASE + "x"),
            partial=False, erased_list=None, progress=no_progress, cancel=CancelToken(),
        )  # fmt: skip
    assert names(target.parent) == []
    assert not vault_exists(target)


def test_backup_shows_nothing_of_what_is_in_it(folder, out):
    with signed_in(folder) as session:
        visit = session.encounters.create("distinctive title")
        session.encounters.rename(visit, "distinctive again")
        data = Path(session.records.back_up(out).path).read_bytes()
    assert b"distinctive" not in data
    assert b"SQLite" not in data
