"""`anamnesis export`: writes a visit's note as a readable file. The file is not encrypted."""

import argparse
from pathlib import Path

from app.commands.finding import find
from app.commands.signed_in import add_user_option, signed_in
from app.domain.errors import InputError, PermissionDeniedError
from app.domain.people import Permission


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("export", help="write a note as a file", description=__doc__)
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--format", choices=["markdown"], default="markdown")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write; without it, stdout")
    parser.add_argument("--evidence", action="store_true", help="quote the utterances behind each statement")
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    add_user_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Render, record in the audit trail, write."""
    from app.exchange.markdown import encounter_markdown, write_export

    with signed_in(arguments, by_passphrase=True) as (_program, session):
        if not session.user.may(Permission.EXPORT):
            raise PermissionDeniedError("Your role may not export notes.", "Ask the physician of the visit.")
        encounter = find(session, arguments.id)
        versions = session.encounters.versions(encounter.id)
        if not versions:
            raise InputError("This visit has no note yet.", "Draft it first.")
        text = encounter_markdown(session.encounters, encounter, evidence=arguments.evidence)
        session.audit.record("export", encounter.id, arguments.format)
    if arguments.output is None:
        print(text)
    else:
        write_export(arguments.output, text, overwrite=arguments.force)
    return 0
