"""`anamnesis encounters destroy`: erase a visit for good (GDPR article 17). Only a deletion record stays."""

import argparse

from app.commands.finding import find
from app.commands.signed_in import add_user_option, signed_in
from app.commands.typed import at_terminal, read_line
from app.domain.errors import InputError

_TYPED = 6


def add_destroy_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the part to `encounters`."""
    part = parts.add_parser("destroy", help="erase a visit for good; only a deletion record stays", description=__doc__)
    part.add_argument("id", metavar="ID", help="the visit's id, or its first characters")
    part.add_argument("--reason", required=True, metavar="TEXT", help="why; it stays in the deletion record")
    part.add_argument("--yes", action="store_true", help="do not ask")
    add_user_option(part)
    part.set_defaults(run=run_destroy)


def run_destroy(arguments: argparse.Namespace) -> int:
    """Destroy the keys and the sound of a visit."""
    with signed_in(arguments, by_passphrase=True) as (_program, session):
        encounter = find(session, arguments.id)
        if not arguments.yes:
            _ask(encounter.id)
        session.encounters.destroy(encounter.id, arguments.reason)
    print(f"{encounter.id[:12]} is destroyed; only its deletion record is left.")
    print("Backups that were made before still hold it: a restore erases it again, with the list of erased visits.")
    return 0


def _ask(encounter_id: str) -> None:
    if not at_terminal():
        raise InputError("Destroying a visit asks, and there is no terminal to ask on.", "Use --yes.")
    typed = read_line(
        f"Recording, transcript and note of {encounter_id[:12]} are erased for good.\n"
        f"Type the first {_TYPED} characters of its id to go on: "
    )
    if typed.lower() != encounter_id[:_TYPED]:
        raise InputError("That is not the visit's id; nothing was erased.", "Run the command again.")
