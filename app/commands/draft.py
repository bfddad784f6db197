"""`anamnesis draft`: a transcript becomes a checked note on stdout; nothing is left on disk."""

import argparse
from pathlib import Path

from app.commands.choices import add_language_model_option, add_template_option, choice_from, engine_process
from app.commands.output import print_json, terminal_progress
from app.commands.style_options import add_style_options
from app.domain.unnoted_codec import missing_to_json
from app.exchange.note_json import note_json
from app.wiring import check, missing


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("draft", help="draft a note from a transcript", description=__doc__)
    parser.add_argument("transcript", type=Path, metavar="TRANSCRIPT", help="JSON, or lines such as 'Doctor: …'")
    add_template_option(parser)
    add_style_options(parser)
    add_language_model_option(parser)
    parser.add_argument("--json", action="store_true", help="the JSON contract; without it, Markdown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draft, check and print."""
    from app.exchange.markdown import note_markdown
    from app.exchange.transcript_file import read_transcript
    from app.visit.attempts import draft_with_retry

    transcript = read_transcript(arguments.transcript)
    progress = terminal_progress(quiet=arguments.json)
    with engine_process(arguments) as (engine, cancel):
        note = draft_with_retry(engine, transcript, choice_from(arguments), progress, cancel)
    progress(1.0, "drafted")
    note = check(note, transcript)
    if arguments.json:
        print_json({**note_json(note), "missing": missing_to_json(missing(note, transcript))})
    else:
        print(note_markdown(note, transcript))
    return 0
