"""How long the window takes from the start of its process until it can be used."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from app.domain.errors import MachineError
from app.insight.hardware import hardware

_ROUNDS = 5


def bench_start(data: Path) -> dict[str, object]:
    """Open and close the window five times (after one that is not counted) and return medians and maxima in seconds."""
    rounds = [_once(data) for _ in range(_ROUNDS + 1)][1:]
    figures: dict[str, object] = {
        name: {"median": round(statistics.median(r[name] for r in rounds), 3), "longest": max(r[name] for r in rounds)}
        for name in ("first_paint", "usable")
    }
    return {"unit": "s", **figures, "screen": os.environ.get("QT_QPA_PLATFORM", "default"), "hardware": hardware()}


def _once(data: Path) -> dict[str, float]:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    done = subprocess.run(  # noqa: S603 - the program itself
        [*program, "--data-dir", str(data), "--quit-after-show"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MachineError("The window did not open.", done.stderr.strip().removeprefix("anamnesis: "))
    result: dict[str, float] = json.loads(done.stdout)
    return result
