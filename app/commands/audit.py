"""`anamnesis audit`: walks the chain and names the first bad entry, shows the entries, or writes them to a file."""

import argparse
from pathlib import Path

from app.commands.output import print_json
from app.commands.signed_in import add_user_option, signed_in


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("audit", help="the record of who did what", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    for name, text, run in (
        ("verify", "walk the chain", run_verify),
        ("show", "show the entries, newest last", run_show),
    ):
        part = parts.add_parser(name, help=text)
        add_user_option(part)
        part.add_argument("--json", action="store_true")
        part.set_defaults(run=run)
    export = parts.add_parser(
        "export", help="write all entries to a file for an auditor; it holds no content of visits"
    )
    export.add_argument("file", type=Path, metavar="FILE", help="a new file; one that is there is not overwritten")
    forms = export.add_mutually_exclusive_group()
    forms.add_argument("--json", dest="form", action="store_const", const="json", help="JSON (the default)")
    forms.add_argument("--csv", dest="form", action="store_const", const="csv", help="a table for a spreadsheet")
    add_user_option(export)
    export.set_defaults(run=run_export, form="json")
    parts.choices["show"].add_argument("--limit", type=int, metavar="N", help="only the last N entries")


def run_verify(arguments: argparse.Namespace) -> int:
    """Exit 0 if the whole chain is good."""
    with signed_in(arguments) as (_program, session):
        result = session.audit.verify()
    if arguments.json:
        print_json({"entries": result.entries, "first_bad": result.first_bad, "reason": result.reason})
    elif result.first_bad is None:
        print(f"{result.entries} entries, chain whole.")
    else:
        print(f"Entry {result.first_bad} is bad: {result.reason}")
    return 0 if result.first_bad is None else 1


def run_show(arguments: argparse.Namespace) -> int:
    """Show the entries."""
    with signed_in(arguments) as (_program, session):
        entries = session.audit.entries(arguments.limit)
    if arguments.json:
        print_json(
            {
                "entries": [
                    {
                        "sequence": e.sequence,
                        "at": e.at.isoformat(),
                        "actor": e.actor,
                        "action": e.action,
                        "subject": e.subject,
                        "detail": e.detail,
                        "hash": e.hash,
                    }
                    for e in entries
                ]
            }
        )
    else:
        for e in entries:
            print(
                f"{e.sequence:>6}  {e.at:%Y-%m-%d %H:%M:%S}  {e.actor:<14} {e.action:<20} "
                f"{e.subject[:12]:<12} {e.detail}"
            )
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write a file that only its owner reads; the entry of the export itself comes after those in the file."""
    from app.exchange.audit_file import audit_text
    from app.exchange.private_file import refuse_existing, write_export

    refuse_existing(arguments.file)
    with signed_in(arguments, by_passphrase=True) as (_program, session):
        entries = session.audit.export(arguments.form)
    write_export(arguments.file, audit_text(entries, arguments.form))
    print(f"{len(entries)} entries are written.")
    return 0
