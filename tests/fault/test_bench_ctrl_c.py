"""Ctrl-C during a measurement: one line, exit 1, no process and no file left."""

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


@pytest.mark.parametrize(
    ("part", "seconds"),
    [("visit", 2.0), ("visit", 8.0), ("kills", 1.5), ("kills", 4.0), ("long", 8.0), ("window", 7.0), ("quiet", 4.0)],
)
def test_nothing_stays(tmp_path, part, seconds):
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "bench", part, *([] if part == "quiet" else [SAMPLE]), "--json"],
        cwd=REPOSITORY,
        env=environment(TMPDIR=str(tmp_path)),
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
    assert (process.returncode, out, err) == (1, "", "anamnesis: Cancelled.\n")
    assert psutil.wait_procs(children, timeout=5)[1] == []
    assert list(tmp_path.rglob("*")) == []
