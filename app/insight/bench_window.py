"""How long the window lets a key press wait while a live visit runs in it."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.domain.errors import MachineError
from app.domain.work import Progress
from app.insight.aims import beside_aims
from app.insight.hardware import hardware
from app.insight.percentiles import percentile

_STARTING = 120.0  # seconds that the window and the first text may take beside the measured ones


def bench_window(audio: Path, *, seconds: float, progress: Progress) -> dict[str, object]:
    """Open the real window, let it record `audio` as if it were spoken, and return its event loop's gaps.

    `gap_ms` is by how much beats of a precise 10 ms timer of the interface thread came late, from the press on
    Start until `seconds` after the first text (p50, p99 and the longest), in milliseconds. Without a screen Qt
    draws off screen, which costs about the same.

    Raises `MachineError` if the window or the recording did not start.
    """
    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder:
        found = _measured(Path(folder), audio, seconds, progress)
    if "error" in found:
        raise MachineError(found["error"], found["remedy"])
    gaps: list[float] = found["gaps"]
    figures: dict[str, object] = {
        "audio": audio.name,
        "seconds": seconds,
        "gap_ms": {
            "p50": _rounded(percentile(gaps, 0.5)),
            "p99": _rounded(percentile(gaps, 0.99)),
            "max": _rounded(max(gaps, default=None)),
            "mean": _rounded(statistics.fmean(gaps) if gaps else None),
        },
        "beats": len(gaps),
        "words_on_screen": found["words"],
        "page": found["page"],
        "screen": _screen()["QT_QPA_PLATFORM"] or "default",
        "hardware": hardware(),
    }
    return {**figures, "aims": beside_aims("window", figures)}


def _measured(folder: Path, audio: Path, seconds: float, progress: Progress) -> dict[str, Any]:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    options = ["--measure-live", str(audio.absolute()), "--measure-seconds", str(seconds)]
    environment = {**os.environ, **{name: value for name, value in _screen().items() if value}}
    process = subprocess.Popen(  # noqa: S603 - the program itself
        [*program, "--data-dir", str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        out, err = _wait(process, seconds, progress)
    finally:
        process.kill()
        process.wait()
    if process.returncode or not out.strip():
        raise MachineError("The window could not be measured.", err.strip().removeprefix("anamnesis: "))
    found: dict[str, Any] = json.loads(out)
    return found


def _wait(process: "subprocess.Popen[str]", seconds: float, progress: Progress) -> tuple[str, str]:
    passed, whole = 0.0, seconds + _STARTING
    while passed < whole:
        try:
            return process.communicate(timeout=0.5)
        except subprocess.TimeoutExpired:
            passed += 0.5
            progress(passed / whole, "the window records")
    raise MachineError("The window did not end.", "Close other programs and try again.")


def _screen() -> dict[str, str]:
    """The platform that Qt is to draw on: what the environment says, or off screen where there is no screen."""
    named = os.environ.get("QT_QPA_PLATFORM", "")
    screen = named or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return {"QT_QPA_PLATFORM": named if screen or not sys.platform.startswith("linux") else "offscreen"}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
