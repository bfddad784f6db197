"""Ctrl-C at any moment: one line, exit 1, no process and no file left, a kept visit can be finished."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from program import REPOSITORY, environment

pytestmark = [pytest.mark.models, pytest.mark.skipif(os.name == "nt", reason="needs POSIX process groups")]

SAMPLE = REPOSITORY / "resources" / "sample" / "visit.ogg"


def _interrupted(words, seconds, **extra):
    """Run a command in a process group of its own, as a shell does, and press Ctrl-C after some seconds.

    On a busy machine Python itself may not be up by then, and nothing of ours can answer: then it is done again, later.
    """
    outcome = _interrupted_once(words, seconds, **extra)
    return _interrupted(words, 2 * seconds, **extra) if "<frozen " in outcome[2] and seconds < 5 else outcome


def _interrupted_once(words, seconds, **extra):
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *map(str, words)],
        cwd=REPOSITORY,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(seconds)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err, psutil.wait_procs(children, timeout=5)[1]


@pytest.mark.parametrize("seconds", [0.4, 0.9, 1.6, 3.0, 6.0, 12.0])
def test_transcription_stops_with_one_line(tmp_path, seconds):
    status, out, err, alive = _interrupted(["transcribe", SAMPLE], seconds, TMPDIR=str(tmp_path))
    assert (status, out, err, alive) == (1, "", "anamnesis: Cancelled.\n", [])
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0])
def test_demo_in_a_throw_away_vault_leaves_nothing(tmp_path, seconds):
    status, out, err, alive = _interrupted(["demo"], seconds, TMPDIR=str(tmp_path))
    assert (status, out, err, alive) == (1, "", "anamnesis: Cancelled.\n", [])
    assert list(tmp_path.rglob("*")) == []
