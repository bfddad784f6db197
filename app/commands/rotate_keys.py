"""`anamnesis rotate-keys`: new data keys for your visits, and everything in them sealed anew."""

import argparse

from app.commands.finding import find
from app.commands.output import print_json, terminal_progress
from app.commands.signed_in import add_user_option, signed_in


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "rotate-keys",
        help="give your visits new keys",
        description="Give the visits of your care teams new keys and seal everything in them anew. Ctrl-C leaves "
        "a good state; what is left goes on at the next sign-in of anybody on the care team.",
    )
    parser.add_argument("--encounter", metavar="ID", help="only this visit: its id, or its first characters")
    parser.add_argument("--resume", action="store_true", help="ask for no new keys, only finish what was begun")
    parser.add_argument("--json", action="store_true")
    add_user_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask for new keys and seal anew."""
    with signed_in(arguments) as (_program, session):
        rotation, asked = session.team.rotation, 0
        if not arguments.resume:
            asked = rotation.request(find(session, arguments.encounter).id if arguments.encounter else None)
        left = rotation.run(terminal_progress(quiet=arguments.json))
    if arguments.json:
        print_json({"asked": asked, "waiting": left.waiting, "resealing": left.resealing})
    elif left.done:
        print(f"{asked} visits have new keys." if asked else "Nothing is left to do.")
    else:
        print(f"{left.waiting + left.resealing} visits are not done: a recording runs, or lies on another machine.")
    return 0
