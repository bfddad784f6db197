"""Runs the program as its users do: as a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit status and the text of its two streams."""

    status: int
    out: str
    err: str


def environment(**extra: str) -> dict[str, str]:
    """The environment of a user: no test variables, no display."""
    dropped = ("PYTEST", "QT_", "ANAMNESIS_PASS", "ANAMNESIS_DATA", "CI", "ORT_", "HF_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    return {**kept, **extra}


def anamnesis(*words: object, stdin: str | None = None, timeout: float = 200, **extra: str) -> Outcome:
    """Run `anamnesis WORDS…` and wait for it."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *map(str, words)],
        cwd=REPOSITORY,
        env=environment(**extra),
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def is_declared(outcome: Outcome) -> bool:
    """Whether a command ended as the contract wants for an error: exit 1, one line on stderr, no traceback."""
    lines = outcome.err.strip().splitlines()
    return outcome.status == 1 and len(lines) == 1 and lines[0].startswith("anamnesis: ")
