"""`anamnesis users`: make the vault, add people, change a passphrase, recover an account."""

import argparse
import getpass
import sys
from pathlib import Path

from app.commands.leaving import add_leaving_parts
from app.commands.new_passphrase import new_passphrase
from app.commands.output import print_json
from app.commands.passphrase import read_passphrase
from app.commands.signed_in import add_user_option, application, sign_in_with_code, signed_in
from app.commands.unlocking import add_parts, check_paper
from app.domain.people import Role
from app.domain.ports import Session


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("users", help="people of the vault", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)

    create = parts.add_parser("create", help="make the vault and its first physician, who is administrator too")
    create.add_argument("name", help="sign-in name")
    create.add_argument("--display-name", metavar="TEXT", help="name printed beside signatures")
    create.set_defaults(run=run_create)

    listing = parts.add_parser("list", help="list the people")
    add_user_option(listing)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)

    add = parts.add_parser("add", help="add a person (administrator)")
    add.add_argument("name")
    add.add_argument("--display-name", metavar="TEXT")
    add.add_argument("--role", action="append", choices=[r.value for r in Role], required=True)
    add.add_argument("--passphrase-file", type=Path, metavar="FILE", help="first line is the new person's passphrase")
    add_user_option(add)
    add.set_defaults(run=run_add)

    change = parts.add_parser("passphrase", help="change your passphrase")
    change.add_argument("--passphrase-file", type=Path, metavar="FILE", help="first line is the new passphrase")
    add_user_option(change)
    change.set_defaults(run=run_passphrase)

    recover = parts.add_parser("recover", help="sign in with a recovery code and set a new passphrase")
    recover.add_argument("name")
    recover.add_argument("--drop-second-factor", action="store_true", help="the phone with the app is lost")
    recover.set_defaults(run=run_recover)

    add_parts(parts)
    add_leaving_parts(parts)


def run_create(arguments: argparse.Namespace) -> int:
    """Make the vault."""
    with application(arguments) as program:
        passphrase = new_passphrase(None, use_variable=True)
        session, code = program.create_vault(arguments.name, arguments.display_name or arguments.name, passphrase)
        print("The vault is made.")
        _show_code(code)
        try:
            check_paper(session.unlocking)
        finally:
            session.close()
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List the people."""
    with signed_in(arguments) as (_program, session):
        people = session.users.list()
    if arguments.json:
        print_json(
            {"users": [{"name": u.name, "display_name": u.display_name, "roles": sorted(u.roles)} for u in people]}
        )
    else:
        for user in people:
            print(f"{user.name:<20} {user.display_name:<30} {', '.join(sorted(user.roles))}")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Add a person."""
    with signed_in(arguments) as (_program, session):
        passphrase = new_passphrase(arguments.passphrase_file)
        roles = frozenset(Role(role) for role in arguments.role)
        user, code = session.users.add(arguments.name, arguments.display_name or arguments.name, roles, passphrase)
    print(f"{user.name} is added.")
    _show_code(code)
    return 0


def run_passphrase(arguments: argparse.Namespace) -> int:
    """Change the passphrase."""
    present = read_passphrase("Present passphrase: ")
    with signed_in(arguments, present) as (_program, session):
        session.users.change_passphrase(present, new_passphrase(arguments.passphrase_file))
    print("The passphrase is changed.")
    return 0


def run_recover(arguments: argparse.Namespace) -> int:
    """Use a recovery code."""
    code = getpass.getpass("Recovery code: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    with application(arguments) as program:
        passphrase, new_codes = new_passphrase(None, use_variable=True), []

        def sign_in(second_factor_code: str) -> Session:
            session, new_code = program.sign_in_with_recovery_code(
                arguments.name, code, passphrase, second_factor_code, drop_second_factor=arguments.drop_second_factor
            )
            new_codes.append(new_code)
            return session

        session = sign_in_with_code(sign_in)
        print("The new passphrase is set; the old recovery code no longer works.")
        _show_code(new_codes[-1])
        try:
            check_paper(session.unlocking)
        finally:
            session.close()
    return 0


def _show_code(code: str) -> None:
    print("Recovery code, shown only now. Write it down and lock it away:")
    print(f"\n    {code}\n")
