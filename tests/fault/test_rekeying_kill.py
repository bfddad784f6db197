"""kill -9 while encounters are re-keyed: every value opens, signed notes stay as they were, and it is gone on with."""

import random
import subprocess
import sys
import time

import pytest
from team_samples import content, earlier_keys, full_encounter, key_ids, person
from vault_samples import Template, signed_in

pytestmark = pytest.mark.timeout(600)

KILLS = 12
WORK = """
import sys
from pathlib import Path
from vault_samples import PASSPHRASE
from app.vault import opening

session = opening.sign_in(Path(sys.argv[1]), "anna", PASSPHRASE)
rotation = session.team.rotation
print("signed in", flush=True)
while True:
    rotation.run()
    rotation.request()
    print("asked", flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    return Template(tmp_path).folder


def rekey_and_kill(folder, seconds):
    """Let the child re-key, kill it, return how often it began anew."""
    child = subprocess.Popen(
        [sys.executable, "-c", WORK, folder],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p), "PATH": "/usr/bin:/bin"},
    )
    assert child.stdout.readline() == "signed in\n"
    time.sleep(seconds)
    child.kill()
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    return rest.count("asked")


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_at_any_moment(folder):
    chance = random.Random(20261122)  # noqa: S311 - moments, not secrets
    with signed_in(folder) as session:
        visits = [full_encounter(session, f"visit {number}", windows=25) for number in range(2)]
        session.team.share(visits[0], person(session, "ines"))
        before = {visit: content(session, visit) for visit in visits}
        seen = {visit: key_ids(session, visit) for visit in visits}
    interrupted = 0
    for kill in range(KILLS):
        rekey_and_kill(folder, chance.uniform(0.0, 0.4))
        with signed_in(folder) as session:
            left = session.team.rotation.state()
            interrupted += not left.done
            assert {visit: content(session, visit) for visit in visits} == before, kill
            assert session.audit.verify().first_bad is None, kill
    assert interrupted >= KILLS // 3, "the kills came beside the work"
    with signed_in(folder, "ines") as session:
        assert content(session, visits[0]) == before[visits[0]]
    with signed_in(folder) as session:
        session.team.rotation.request()
        assert session.team.rotation.run().done
        assert {visit: content(session, visit) for visit in visits} == before
        for visit in visits:
            assert earlier_keys(session, visit) == 0
            assert not key_ids(session, visit) & seen[visit]
        assert not list((folder / "audio").glob("*.resealed"))
