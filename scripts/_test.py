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

UNIT = ("tests/unit",)
_REST = ("tests/integration", "tests/fault")
REAL_TIME = ("-m", "real_time or pulse", *_REST)
WORKING = ("-m", "models and not (real_time or pulse or waits)", *_REST)
WAITING = ("-m", "not (real_time or pulse) and (waits or not models)", *_REST)
"""Every test outside of `tests/unit` is in one of these three: what a microphone hears must be taken at once, models
take both cores, and what remains waits for disks, processes and the clock."""


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
    """Two at a time, of which one gives way: the unit tests beside those in real time, what waits beside the models.

    Two of the four print when they are through, so that no lines mix.
    """
    if not hasattr(os, "nice"):
        return max(_status([*pytest, *part]) for part in (UNIT, REAL_TIME, WAITING, WORKING))
    with tempfile.TemporaryFile() as heard, tempfile.TemporaryFile() as waited:
        real_time = _start([*pytest, *REAL_TIME], heard)
        statuses = [_start([*pytest, *UNIT], niceness=10).wait()]
        waiting = _start([*pytest, *WAITING], waited, niceness=5)
        statuses.append(real_time.wait())
        _print(heard)
        statuses.append(_status([*pytest, *WORKING]))
        statuses.append(waiting.wait())
        _print(waited)
    return max(statuses)


def _print(kept: IO[bytes]) -> None:
    kept.seek(0)
    shutil.copyfileobj(kept, sys.stdout.buffer)
    sys.stdout.flush()


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
