"""kill -9 of a process that records and resumes, at random moments: all sealed blocks open, at most one is missing."""

import random
import subprocess
import sys
import time
from array import array

import pytest
from vault_samples import PASSPHRASE, Template, no_delay, signed_in

from app.domain.recording import Mark, MarkKind
from app.vault import opening

pytestmark = pytest.mark.timeout(900)

KILLS = 50
RATE = 2000
BLOCK = RATE // 4
RECORD = """
import sys
from array import array
from pathlib import Path
from vault_samples import PASSPHRASE
from app.domain.recording import Mark, MarkKind
from app.vault import opening

session = opening.sign_in(Path(sys.argv[1]), "anna", PASSPHRASE)
store, visit, rate, piece = session.encounters, sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print("ready", 0, flush=True)
if store.audio_info(visit) is None:
    writer = store.audio_writer(visit, rate)
else:
    writer = store.resume_audio(visit)
frames = round(store.audio_info(visit).duration * rate)
print("from", frames, flush=True)
while True:
    print("handing", frames + piece, flush=True)
    writer.write(array("h", (n % 30000 for n in range(frames, frames + piece))).tobytes())
    frames += piece
    print("written", frames, flush=True)
    if frames % 5 == 0:
        store.append_journal(visit, Mark(MarkKind.BOOKMARK, float(frames)))
        print("marked", frames, flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    return Template(tmp_path).folder


def record_and_kill(folder, visit, piece, seconds, after):
    """Let the child record, kill it `seconds` after it said `after`; return what it said, with numbers."""
    child = subprocess.Popen(
        [sys.executable, "-c", RECORD, folder, visit, str(RATE), str(piece)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p), "PATH": "/usr/bin:/bin"},
    )
    lines = []
    while not lines or (lines[-1] and not lines[-1].startswith(after)):
        lines.append(child.stdout.readline())
    time.sleep(seconds)
    child.kill()
    lines += child.stdout.read().splitlines(keepends=True)
    child.wait()
    child.stdout.close()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(what, int(number)) for what, number in whole]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_while_recording_and_while_resuming(folder):
    chance = random.Random(20261121)  # noqa: S311 - moments, not secrets
    with signed_in(folder) as session:
        visit = session.encounters.create("visit")
    marked = []
    recorded = begun = 0
    for kill in range(KILLS):
        piece = chance.choice([1, 37, BLOCK, 3 * BLOCK + 1])
        after, seconds = chance.choice([("ready", chance.uniform(0, 0.02)), ("from", chance.uniform(0, 0.1))])
        said = record_and_kill(folder, visit, piece, seconds, after)
        begun += any(what == "from" for what, _ in said)
        handed = max([number for what, number in said if what == "written"], default=recorded)
        marked += [number for what, number in said if what == "marked"]
        session = opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder))
        try:
            recorded = check(session, visit, handed, marked, kill)
        finally:
            session.close()
    assert recorded > BLOCK
    assert len(list((folder / "audio").glob(f"{visit}.*audio"))) >= begun > KILLS // 5
    with signed_in(folder) as session:
        session.encounters.resume_audio(visit).close()
        assert session.encounters.audio_info(visit).complete
        assert session.encounters.get(visit).duration == recorded / RATE
        assert session.audit.verify().first_bad is None
        session.encounters.destroy(visit, "asked for")
    assert list((folder / "audio").iterdir()) == []


def check(session, visit, handed, marked, kill):
    """Return the frames that are there, after making sure that they are the right ones, and nearly all."""
    store = session.encounters
    found = store.audio_info(visit)
    if found is None:
        assert handed == 0
        return 0
    assert not found.complete
    pcm = array("h", store.read_audio(visit))
    assert list(pcm) == [n % 30000 for n in range(len(pcm))], kill
    assert len(pcm) > handed - BLOCK, kill
    at = [entry.at for entry in store.journal(visit) if entry == Mark(MarkKind.BOOKMARK, entry.at)]
    assert set(marked) <= set(at)
    assert session.audit.verify().first_bad is None
    return len(pcm)
