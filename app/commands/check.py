"""`anamnesis check`: marks each statement of a note against a transcript; nothing is left on disk."""

import argparse
import shutil
import sys
from pathlib import Path

from app.commands.output import print_json
from app.domain.unnoted_codec import missing_to_json
from app.exchange.note_json import note_json
from app.wiring import check, missing


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("check", help="mark a note against a transcript", description=__doc__)
    parser.add_argument("note", type=Path, metavar="NOTE", help="note JSON, or plain text or Markdown")
    parser.add_argument("transcript", type=Path, metavar="TRANSCRIPT")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check and print."""
    from app.drafting.checking.plain_text import statements_from_text
    from app.exchange.note_file import read_note
    from app.exchange.terminal import missing_text, note_text
    from app.exchange.transcript_file import read_transcript

    note = read_note(arguments.note, statements_from_text)
    transcript = read_transcript(arguments.transcript)
    checked = check(note, transcript)
    unnoted = missing(checked, transcript)
    if arguments.json:
        print_json({**note_json(checked), "missing": missing_to_json(unnoted)})
    else:
        width = min(shutil.get_terminal_size().columns, 100)
        print(note_text(checked, transcript, width, sys.stdout.isatty()))
        print(f"\n{missing_text(unnoted, transcript, width, sys.stdout.isatty())}")
    return 0
