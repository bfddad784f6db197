"""`anamnesis revise`: lines of a note in other words, as an instruction asks; nothing is left on disk.

Asked may be "shorter", "as bullets", "as one sentence", "expand abbreviations", "remove the part about X", "add X", or
anything else. Only what the transcript bears out is added. The difference is printed with the note.
"""

import argparse
import itertools
from pathlib import Path

from app.commands.choices import add_language_model_option, engine_process
from app.commands.output import print_json, terminal_progress


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("revise", help="edit lines of a note by instruction", description=__doc__)
    parser.add_argument("note", type=Path, metavar="NOTE", help="note JSON, or plain text or Markdown")
    parser.add_argument("transcript", type=Path, metavar="TRANSCRIPT")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--statement", metavar="ID", help="one statement, by its id in the note's JSON (s3)")
    which.add_argument("--section", metavar="KEY", help="all statements of a section (plan)")
    parser.add_argument("--instruction", required=True, metavar="TEXT", help='what to do, such as "shorter"')
    add_language_model_option(parser)
    parser.add_argument("--json", action="store_true", help="the JSON contract; without it, Markdown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Propose, take and print."""
    from app.domain.revision_codec import revision_to_json
    from app.drafting.checking.plain_text import statements_from_text
    from app.drafting.revising.sections import sections_of
    from app.exchange.difference_markdown import difference_markdown
    from app.exchange.markdown import note_markdown
    from app.exchange.note_file import read_note
    from app.exchange.note_json import note_json
    from app.exchange.transcript_file import read_transcript
    from app.policy import load_policy
    from app.review.edits import found_statement
    from app.review.revised import with_revision
    from app.visit.choice import language_model_of
    from app.visit.revising import propose_revision
    from app.wiring import check

    transcript = read_transcript(arguments.transcript)
    note = check(read_note(arguments.note, statements_from_text), transcript)
    progress = terminal_progress(quiet=arguments.json)
    section, statements = arguments.section, []
    if arguments.statement is not None:
        section, statements = found_statement(note, arguments.statement)[0].key, [arguments.statement]
    model = language_model_of(load_policy(), arguments.language_model)
    with engine_process(arguments) as (engine, cancel):
        revision = propose_revision(
            engine,
            note,
            transcript,
            section,
            statements,
            arguments.instruction,
            model,
            progress,
            cancel,
            sections_of(note.type),
        )
    progress(1.0, "revised")
    used = {s.id for s in note.statements()}
    ids = (f"s{n}" for n in itertools.count(1) if f"s{n}" not in used)
    revised = check(with_revision(note, revision, ids, author=None)[0], transcript)
    if arguments.json:
        print_json({**note_json(revised), "revision": revision_to_json(revision)})
    else:
        print(f"{note_markdown(revised, transcript)}\n{difference_markdown(revision)}")
    return 0
