"""The N-th call to the machine fails, for every N: a backup is whole or not there, an erasure done or not done."""

import errno
import os
import shutil

import pytest
from backup_samples import content, fill, restored
from sqlalchemy import Engine, event
from sqlcipher3 import dbapi2
from vault_samples import Template, signed_in

from app.domain.errors import DiskFullError, MachineError
from app.domain.records import Part
from app.domain.work import CancelToken, no_progress
from app.vault import vault_exists
from app.vault.backup.restoring import check_backup
from app.vault.records.last_backup import NAME

FILE_CALLS = ("open", "write", "fsync", "fdatasync", "replace", "rename", "unlink")
ENDLESS = 400


class Fault:
    """Fails the N-th watched call."""

    def __init__(self, number, error):
        self.number = number
        self.error = error
        self.calls = 0

    def strike(self):
        self.calls += 1
        if self.calls == self.number:
            raise self.error


def failing_files(patch, fault):
    for name in FILE_CALLS:
        real = getattr(os, name)

        def call(*args, _real=real, **kwargs):
            fault.strike()
            return _real(*args, **kwargs)

        patch.setattr(os, name, call)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    template = Template(tmp_path_factory.mktemp("vault"))
    with signed_in(template.folder) as session:
        template.ids = fill(session)
        template.before = content(session, template.ids)
        template.backup = session.records.back_up(template.folder.parent / "b.anabackup").path
    (template.folder / NAME).unlink()  # or copies that erase would tell the list beside this backup
    return template


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_backup_is_whole_or_not_there(made, tmp_path, error):
    folder, out = made.copy(tmp_path), tmp_path / "usb"
    out.mkdir()
    with signed_in(folder) as session:
        for number in range(1, ENDLESS):
            target = out / f"{number}.anabackup"
            fault, failed = Fault(number, OSError(error, os.strerror(error))), None
            with pytest.MonkeyPatch.context() as patch:
                failing_files(patch, fault)
                try:
                    session.records.back_up(target)
                except MachineError as caught:
                    failed = caught
            if failed is None:
                assert check_backup(target, no_progress, CancelToken()).intact
            else:
                assert isinstance(failed, DiskFullError) == (error == errno.ENOSPC)
                assert not target.exists()
            if fault.calls < number:
                break
        else:
            pytest.fail("the backup never succeeded")
        assert number > 5
        assert content(session, made.ids) == made.before


def test_database_that_fails_makes_no_backup(made, tmp_path):
    folder, out = made.copy(tmp_path), tmp_path / "usb"
    out.mkdir()
    with signed_in(folder) as session:
        for number in range(1, ENDLESS):
            fault = Fault(number, dbapi2.OperationalError("disk I/O error"))

            def execute(_cursor, _statement, _parameters, _context, fault=fault):
                fault.strike()

            def commit(_connection, fault=fault):
                fault.strike()

            event.listen(Engine, "do_execute", execute)
            event.listen(Engine, "commit", commit)
            try:
                session.records.back_up(out / f"{number}.anabackup")
            except MachineError:
                assert list(out.glob("*.anabackup")) == []
            finally:
                event.remove(Engine, "do_execute", execute)
                event.remove(Engine, "commit", commit)
            if fault.calls < number:
                break
        else:
            pytest.fail("the backup never succeeded")
        assert content(session, made.ids) == made.before


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_restore_is_whole_or_not_there(made, tmp_path, error):
    for number in range(1, ENDLESS):
        target = tmp_path / str(number) / "vault"
        target.parent.mkdir()
        fault = Fault(number, OSError(error, os.strerror(error)))
        with pytest.MonkeyPatch.context() as patch:
            failing_files(patch, fault)
            try:
                restored(made.backup, target)
            except MachineError:
                assert not vault_exists(target)
        if vault_exists(target):
            with signed_in(target) as session:
                assert content(session, made.ids) == made.before
        shutil.rmtree(target.parent)
        if fault.calls < number:
            assert number > 5
            return
    pytest.fail("the restore never succeeded")


@pytest.mark.parametrize("part", [Part.AUDIO, Part.TRANSCRIPT, Part.ENCOUNTER])
def test_erasure_is_done_or_not_done(made, tmp_path, part):
    visit = made.ids["signed"]
    for number in range(1, ENDLESS):
        folder = made.copy(tmp_path / str(number))
        fault = Fault(number, OSError(errno.EIO, "Input/output error"))
        with signed_in(folder) as session:
            erasing = session.records.retention._erasing
            with pytest.MonkeyPatch.context() as patch:
                failing_files(patch, fault)
                try:
                    if part is Part.ENCOUNTER:
                        session.encounters.destroy(visit, "asked for")
                    else:
                        erasing.erase_part(visit, part, "policy", by_policy=True)
                        erasing.tidy()
                except MachineError:
                    pass
            gone = [r.part for r in session.records.erased(visit)] == [part]
        with signed_in(folder) as session:
            assert session.audit.verify().first_bad is None
            assert (visit in {e.id for e in session.encounters.list()}) == (not gone or part is not Part.ENCOUNTER)
            if part is not Part.TRANSCRIPT:
                assert (folder / "audio" / f"{visit}.audio").exists() == (not gone)
        shutil.rmtree(tmp_path / str(number))
        if fault.calls < number:
            assert gone
            return
    pytest.fail("the erasure never succeeded")
