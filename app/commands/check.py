"""`anamnesis check`: marks each statement of a note against a transcript; nothing is left on disk."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.choices import add_language_model_option, choice_from
from app.commands.output import print_json, terminal_progress
from app.domain.unnoted_codec import missing_to_json
from app.exchange.note_json import note_json
from app.settings import find_paths
from app.wiring import check, missing

if TYPE_CHECKING:
    from app.domain.note import Note
    from app.domain.transcript import Transcript


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("check", help="mark a note against a transcript", description=__doc__)
    parser.add_argument("note", type=Path, metavar="NOTE", help="note JSON, or plain text or Markdown")
    parser.add_argument("transcript", type=Path, metavar="TRANSCRIPT")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--second-look",
        action="store_true",
        help="ask the language model about each supported statement, too: it can only add doubt (seconds a statement)",
    )
    add_language_model_option(parser)
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
    if arguments.second_look:
        checked = _second_look(arguments, checked, transcript)
    unnoted = missing(checked, transcript)
    if arguments.json:
        print_json({**note_json(checked), "missing": missing_to_json(unnoted)})
    else:
        width = min(shutil.get_terminal_size().columns, 100)
        print(note_text(checked, transcript, width, sys.stdout.isatty()))
        print(f"\n{missing_text(unnoted, transcript, width, sys.stdout.isatty())}")
    return 0


def _second_look(arguments: argparse.Namespace, note: "Note", transcript: "Transcript") -> "Note":
    from app.domain.second_look import with_doubts
    from app.drafting.checking.judge import Judge, second_look
    from app.drafting.engines.loading import load_language_model
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    progress = terminal_progress(quiet=arguments.json)
    store = ModelStore(find_paths(arguments.data_dir).models, Catalogue.load())
    model = load_language_model(store.open(choice_from(arguments).language_model))
    try:
        look = second_look(
            note,
            transcript,
            Judge(model).belief,
            on_turn=lambda number, total: progress(number / total, "the second look"),
        )
    finally:
        model.close()
    progress(1.0, "the second look")
    return with_doubts(note, look)
