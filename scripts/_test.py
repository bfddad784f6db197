"""`scripts/test`: set-up for tests, checks, pytest."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from typing import IO

from _setup import ROOT, ensure_environment, ensure_models, venv_python
from _system import SetupError, say

MODELS = ("whisper-base", "whisper-tiny.en", "qwen2.5-coder-1.5b-q4", "qwen2.5-coder-0.5b-q4", "speaker-ge2e")
_GIVES_WAY = 10  # niceness

REST = ("tests/integration", "tests/fault")
REAL_TIME = ("-m", "real_time or pulse", *REST)
WORKING = ("-m", "models and not (real_time or pulse or waits)", *REST)
_WAITING = "not (real_time or pulse) and (waits or not models)"
FOREMOST = (REAL_TIME, WORKING)
"""What a microphone hears must be taken at once, and models take both cores: one after the other."""
BESIDE = (
    ("tests/unit", "tests/golden", "--ignore=tests/unit/ui"),
    ("-m", _WAITING, "tests/fault"),
    ("-m", _WAITING, "tests/integration"),
    ("tests/unit/ui",),
)
"""What gives way to them: the tests of single pieces, then those that wait for disks, processes and the clock."""


def main(arguments: Sequence[str]) -> int:
    """Return 0 only if the checks and the tests pass; the last lines are those of pytest."""
    try:
        ensure_environment(testing=True)
        ensure_models(MODELS)
    except SetupError as error:
        say(str(error))
        return 1
    checks = _status([str(venv_python()), str(ROOT / "scripts/check")])
    pytest = [str(venv_python()), "-m", "pytest"]
    tests = _status([*pytest, *arguments]) if arguments else _all(pytest)
    return tests or checks


def _all(pytest: list[str]) -> int:
    """Two parts at a time, of which one gives way; who is through first takes of the other's. Each prints when done."""
    foremost, beside = deque[tuple[str, ...]](FOREMOST), deque[tuple[str, ...]](BESIDE)
    printing = threading.Lock()
    statuses: list[int] = []

    def work(parts: "deque[tuple[str, ...]]", niceness: int) -> None:
        while parts:
            part = parts.popleft()
            with tempfile.TemporaryFile() as printed:
                statuses.append(_start([*pytest, *part], printed, niceness).wait())
                with printing:
                    say(f"\npytest {' '.join(part)}")
                    printed.seek(0)
                    shutil.copyfileobj(printed, sys.stdout.buffer)
                    sys.stdout.flush()

    second = threading.Thread(target=work, args=(beside, _GIVES_WAY))
    second.start()
    try:
        work(foremost, 0)
        work(beside, 0)
    finally:
        beside.clear()  # Ctrl-C ends the parts that run; no other begins
        second.join()
    return max(statuses)


def _status(command: list[str]) -> int:
    return _start(command).wait()


def _start(command: list[str], output: IO[bytes] | None = None, niceness: int = 0) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ)
    if sys.platform.startswith("linux"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.flush()
    if niceness and hasattr(os, "nice"):
        command = ["nice", "-n", str(niceness), *command]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )
