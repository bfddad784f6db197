"""`scripts/test`: set-up for tests, checks, pytest."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO

from _setup import ROOT, ensure_environment, ensure_models, venv_python
from _system import SetupError, say

MODELS = ("whisper-base", "whisper-tiny.en", "qwen2.5-coder-1.5b-q4", "qwen2.5-coder-0.5b-q4", "speaker-ge2e")


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
    """Tests that listen in real time mostly wait: the unit tests run beside them, and give way. Models come alone."""
    unit, models = ["tests/unit"], ["-m", "not pulse", "tests/integration", "tests/fault"]
    if not hasattr(os, "nice"):
        return max(_status([*pytest, *part]) for part in (unit, models))
    with tempfile.TemporaryFile() as kept:
        listening = _start([*pytest, "-m", "pulse", "tests/integration", "tests/fault"], kept)
        statuses = [_start([*pytest, *unit], niceness=10).wait(), listening.wait()]
        kept.seek(0)
        shutil.copyfileobj(kept, sys.stdout.buffer)
        sys.stdout.flush()
    return max(*statuses, _status([*pytest, *models]))


def _status(command: list[str]) -> int:
    return _start(command).wait()


def _start(command: list[str], output: IO[bytes] | None = None, niceness: int = 0) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ)
    if sys.platform.startswith("linux"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.flush()
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        preexec_fn=(lambda: os.nice(niceness)) if niceness else None,  # noqa: PLW1509 - no other thread runs here
    )
