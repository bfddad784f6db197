"""How commands speak: results on stdout, progress on a terminal's stderr, one line for a declared error."""

import json
import sys
import time
from collections.abc import Mapping

from app.domain.work import Progress, no_progress


def print_json(value: Mapping[str, object]) -> None:
    """Write a value to stdout as indented UTF-8 JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def terminal_progress(*, quiet: bool) -> Progress:
    """Return a progress callback that redraws one stderr line, silent if `quiet` or stderr is no terminal."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        return no_progress
    last = 0.0

    def draw(fraction: float, phrase: str) -> None:
        nonlocal last
        now = time.monotonic()
        if fraction < 1 and now - last < 0.1:
            return
        last = now
        filled = round(24 * min(max(fraction, 0.0), 1.0))
        line = f"\r[{'#' * filled}{'.' * (24 - filled)}] {fraction:4.0%} {phrase}"
        end = "\n" if fraction >= 1 else ""
        print(f"{line:<78}", end=end, file=sys.stderr, flush=True)

    return draw
