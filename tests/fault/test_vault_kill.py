"""kill -9 of a working process: what it said was stored is stored, the trail verifies, nothing is half done."""

import random
import subprocess
import sys
import time

import pytest
from vault_samples import PASSPHRASE, Template, no_delay, signed_in

from app.domain.encounter import EncounterState
from app.vault import opening

pytestmark = pytest.mark.timeout(900)

KILLS = 20
RATE = 1000
WORK = """
import sys
from pathlib import Path
from vault_samples import PASSPHRASE, make_note, make_transcript
from app.domain.encounter import EncounterState, VersionKind
from app.vault import opening

session = opening.sign_in(Path(sys.argv[1]), "anna", PASSPHRASE)
store = session.encounters
number = 0
while True:
    number += 1
    visit = store.create(f"visit {number}")
    print("created", visit, flush=True)
    writer = store.audio_writer(visit, 1000)
    for second in range(1, 4):
        writer.write(bytes((second, 0)) * 1000)
        print("second", visit, second, flush=True)
    writer.close()
    print("closed", visit, flush=True)
    store.save_transcript(visit, make_transcript())
    print("transcript", visit, flush=True)
    store.add_version(visit, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    print("draft", visit, flush=True)
    store.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    print("signed", visit, flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    return Template(tmp_path).folder


def work_and_kill(folder, seconds):
    """Let the child work, kill it, return what it said it had done."""
    child = subprocess.Popen(
        [sys.executable, "-c", WORK, folder],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p), "PATH": "/usr/bin:/bin"},
    )
    first = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    whole = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
    return [tuple(line.split()) for line in whole]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_at_any_moment(folder):
    chance = random.Random(20261121)  # noqa: S311 - moments, not secrets
    done = []
    for kill in range(KILLS):
        done += work_and_kill(folder, chance.uniform(0.0, 0.35))
        session = opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder))
        try:
            assert session.audit.verify().first_bad is None, kill
            check_everything(session, done)
        finally:
            session.close()
    assert {line[0] for line in done} >= {"created", "second", "closed", "signed"}
    with signed_in(folder) as session:
        result = session._vault.database
        with result.transaction() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def check_everything(session, done):
    store = session.encounters
    present = {e.id: e for e in store.list()}
    for what, visit, *more in done:
        assert visit in present
        if what == "second":
            second = int(more[0])
            pcm = store.read_audio(visit, second - 1.0, second)
            assert pcm == bytes((second, 0)) * RATE
        elif what == "closed":
            assert store.audio_info(visit).complete
        elif what == "transcript":
            assert store.transcript(visit) is not None
        elif what == "draft":
            assert present[visit].versions >= 1
        elif what == "signed":
            assert present[visit].state is EncounterState.SIGNED
    for visit, encounter in present.items():
        versions = store.versions(visit)
        assert len(versions) == encounter.versions
        assert (encounter.state is EncounterState.SIGNED) == (len(versions) == 2)
        if len(versions) == 2:
            assert store.verify(visit, 2).valid
