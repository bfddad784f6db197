"""`anamnesis bench`: measures the program on this machine, each figure beside its aim."""

import argparse
from collections.abc import Callable
from pathlib import Path

from app.commands.choices import (
    add_draft_options,
    add_language_model_option,
    add_model_options,
    add_speech_model_option,
)

Run = Callable[[argparse.Namespace], int]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    from app.commands import bench_runs as runs

    parser = subparsers.add_parser("bench", help="measure this machine", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)

    def part(name: str, run: Run, text: str, audio: str | None = None) -> argparse.ArgumentParser:
        added = parts.add_parser(name, help=text, description=f"Measures {text}.")
        if audio is not None:
            added.add_argument("audio", type=Path, metavar="AUDIO", nargs=audio or None)
        added.add_argument("--json", action="store_true")
        added.set_defaults(run=run)
        return added

    visit = part("visit", runs.run_visit, "a visit recorded live from a file: text while it speaks, stop to draft", "")
    visit.add_argument("--speed", type=float, default=1.0, help="1.0 is real time; above 4 no lag is measured")
    visit.add_argument("--against-plain", action="store_true", help="measure the plain way too, in the same run")
    visit.add_argument(
        "--offline",
        action=argparse.BooleanOptionalAction,
        help="transcribe the same sound offline afterwards (default: if the true words lie beside AUDIO)",
    )
    add_draft_options(visit, "draft and check after the stop")
    add_model_options(visit)

    record = part("record", runs.run_record, "the recorder alone on a real microphone")
    record.add_argument("--device", metavar="ID", help="a microphone; the system's default if none is named")
    record.add_argument("--seconds", type=float, default=30.0)

    kills = part("kills", runs.run_kills, "what recordings that are killed at random moments lose", "?")
    kills.add_argument("--times", type=int, default=50)
    kills.add_argument("--seed", type=int, default=1)
    kills.add_argument("--vault", action="store_true", help="kill a vault's mixed writing instead: what is lost")
    kills.add_argument("--device", metavar="ID", help="record a microphone ('default' or an id) instead of AUDIO")

    long = part("long", runs.run_long, "memory over a long visit, simulated faster than real time", "")
    long.add_argument("--hours", type=float, default=3.0)
    long.add_argument("--speed", type=float, default=8.0, help="slows down by itself where the text does not keep up")
    add_speech_model_option(long)
    long.set_defaults(draft=False)  # no draft is measured here, so none is prepared

    draft = part("draft", runs.run_draft, "the draft of a long visit: time, memory, and that nothing is left out")
    draft.add_argument("data", type=Path, metavar="DATA", help="a folder of labelled visits, joined to one long one")
    draft.add_argument("--minutes", type=float, default=90.0)
    add_language_model_option(draft)

    quiet = part("quiet", runs.run_quiet, "words found in silence, noise, hum, keyboard and music")
    quiet.add_argument("--seconds", type=float, default=60.0, help="length of each sound")
    add_speech_model_option(quiet)

    window = part("window", runs.run_window, "how long the window lets a key press wait during a live visit", "")
    window.add_argument("--seconds", type=float, default=60.0)

    engines = part("engines", runs.run_engines, "language models side by side: tokens read and written a second")
    engines.add_argument("--model", dest="models", action="append", metavar="ID", help="may be given several times")

    vault = part("vault", runs.run_vault, "a vault with many visits: opening, list, search, one visit, an audit entry")
    vault.add_argument("--encounters", type=int, default=10_000, metavar="N")

    server = part("server", runs.run_server, "a draft on its way to another machine, through an empty shared database")
    server.add_argument("--dsn-file", type=Path, metavar="FILE", required=True, help="TOML with the user")
    server.add_argument("--drafts", type=int, default=20, metavar="N")
    server.add_argument("--encounters", type=int, default=0, metavar="N", help="measure a vault on the server too")

    part("start", runs.run_start, "the time from the start of the process to a usable window")
    part("cancel", runs.run_cancel, "how long the models take to stop, in each of their phases", "")
