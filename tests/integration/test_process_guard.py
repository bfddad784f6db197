"""Every process of the program keeps its files and its memory to itself."""

import json
import subprocess
import sys

import guarded_process
import pytest
from program import REPOSITORY, environment

from app import process_guard
from app.insight.child_process import child_process

GUARDED = {"mask": 0o077, "core": [0, 0], "dumpable": 0}
linux = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux")


def in_new_process(code):
    paths = f"{REPOSITORY}:{REPOSITORY}/tests/support"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(PYTHONPATH=paths), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@linux
@pytest.mark.parametrize(
    "code",
    [
        "from app.cli import main; main(['audit', 'verify'])",
        "from app.spawning import settle_child; settle_child()",
        "from app.engine.worker import _settle; os.environ['ANAMNESIS_ENGINE_STDERR'] = '1'; _settle()",
    ],
)  # fmt: skip
def test_program_and_engine_are_guarded(code):
    tell = "import json, guarded_process; print(json.dumps(guarded_process.state()))"
    assert in_new_process(f"import os; os.umask(0); {code}; {tell}") == GUARDED


@linux
def test_child_is_guarded():
    with child_process(guarded_process.tell) as (_process, connection):
        assert json.loads(connection.recv_bytes()) == GUARDED


@linux
def test_recording_process_is_guarded_before_it_does_anything():
    code = (
        "import os, json, multiprocessing, guarded_process; os.umask(0)\n"
        "from app.audio import capture_process\n"
        "capture_process._listen = lambda *_: print(json.dumps(guarded_process.state()), flush=True)\n"
        "ours, theirs = multiprocessing.Pipe()\n"
        "capture_process.main(theirs, None)"
    )
    assert in_new_process(code) == GUARDED


class Library:
    """Writes down what is called."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments: self.calls.append((name, *arguments))


@pytest.mark.parametrize(
    ("platform", "calls"),
    [
        ("linux", [("prctl", 4, 0, 0, 0, 0)]),
        ("darwin", [("ptrace", 31, 0, 0, 0)]),
        ("win32", [("SetErrorMode", 3), ("WerSetFlags", 1)]),
        ("freebsd", []),
    ],
)
def test_each_system_is_asked_for_what_it_has(monkeypatch, platform, calls):
    library, masks = Library(), []
    monkeypatch.setattr(process_guard.os, "umask", masks.append)
    monkeypatch.setattr(process_guard, "_no_core_file", lambda: None)
    process_guard.guard_process(platform, lambda _name: library)
    assert library.calls == calls
    assert masks == [0o077]
