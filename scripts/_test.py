"""`scripts/test`: set-up for tests, checks, pytest."""

import os
import subprocess
import sys
from collections.abc import Sequence

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
    tests = _status([str(venv_python()), "-m", "pytest", *arguments])
    return tests or checks


def _status(command: list[str]) -> int:
    environment = dict(os.environ)
    if sys.platform.startswith("linux"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.flush()
    return subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
