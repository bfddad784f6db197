"""kill -9 of a backup and of a restore: the vault works, and nothing claims to be whole that is not."""

import random
import subprocess
import sys
import time

import pytest
from backup_samples import content, fill, restored
from vault_samples import Template, no_delay, signed_in

from app.domain.work import CancelToken, no_progress
from app.vault import opening, vault_exists
from app.vault.backup.restoring import check_backup

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX"),
]
KILLS = 10
BACKUP = """
import sys
from pathlib import Path
from vault_samples import PASSPHRASE
from app.vault import opening

session = opening.sign_in(Path(sys.argv[1]), "anna", PASSPHRASE)
print("ready", flush=True)
number = 0
while True:
    number += 1
    session.records.back_up(Path(sys.argv[2]) / f"{sys.argv[3]}-{number}.anabackup")
"""
RESTORE = """
import sys
from pathlib import Path
from backup_samples import restored

print("ready", flush=True)
number = 0
while True:
    number += 1
    folder = Path(sys.argv[2]) / f"{sys.argv[3]}-{number}"
    folder.mkdir()
    restored(Path(sys.argv[1]), folder / "vault")
"""


@pytest.fixture
def vault(tmp_path):
    folder = Template(tmp_path).folder
    with signed_in(folder) as session:
        ids = fill(session)
        big = session.encounters.create("long")
        with session.encounters.audio_writer(big, 48_000, 2) as writer:
            writer.write(random.Random(5).randbytes(48_000 * 4 * 20))  # noqa: S311 - sound, no secret
        return folder, ids, content(session, ids)


def run_and_kill(program, seconds, *words):
    child = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p), "PATH": "/usr/bin:/bin"},
    )
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    child.kill()
    child.wait()
    child.stdout.close()


def test_backup_killed_at_any_moment(vault, tmp_path):
    folder, ids, before = vault
    out = tmp_path / "usb"
    out.mkdir()
    chance = random.Random(20261121)  # noqa: S311 - moments, not secrets
    for kill in range(KILLS):
        run_and_kill(BACKUP, chance.uniform(0.0, 0.6), folder, out, kill)
        session = opening.sign_in(folder, "anna", "correct horse battery", delay=no_delay(folder))
        try:
            assert content(session, ids) == before
        finally:
            session.close()
    named = sorted(out.glob("*.anabackup"))
    assert all(check_backup(path, no_progress, CancelToken()).intact for path in named)
    unfinished = [p for p in out.iterdir() if "unfinished" in p.name]
    assert unfinished, "no kill came while a backup was being written"
    with signed_in(folder) as session:
        last = session.records.back_up(out / f"{KILLS - 1}-1.anabackup.again")
    restored(last.path, tmp_path / "vault-2")
    with signed_in(tmp_path / "vault-2") as session:
        assert content(session, ids) == before


def test_restore_killed_at_any_moment(vault, tmp_path):
    folder, ids, before = vault
    with signed_in(folder) as session:
        path = session.records.back_up(tmp_path / "b.anabackup").path
    chance = random.Random(20261122)  # noqa: S311 - moments, not secrets
    cut_off = 0
    for kill in range(KILLS):
        run_and_kill(RESTORE, chance.uniform(0.0, 0.8), path, tmp_path, kill)
        for data in tmp_path.glob(f"{kill}-*"):
            if vault_exists(data / "vault"):
                with signed_in(data / "vault") as session:
                    assert content(session, ids) == before
                continue
            cut_off += 1
            assert not (data / "vault").exists()
            restored(path, data / "vault")  # what was left is no obstacle
            assert [p.name for p in data.iterdir()] == ["vault"]
            with signed_in(data / "vault") as session:
                assert content(session, ids) == before
    assert cut_off
