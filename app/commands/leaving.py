"""`anamnesis users revoke, hand-over, entrust`: people who leave, and devices that are lost."""

import argparse

from app.commands.care_team import person_named
from app.commands.signed_in import add_user_option, signed_in
from app.domain.errors import InputError
from app.domain.people import User
from app.domain.ports import Session


def add_leaving_parts(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parts of `users` that are about people who leave."""
    for name, text, run in (
        ("revoke", "close the account of a person who left or lost a device (administrator)", run_revoke),
        ("hand-over", "give a colleague the visits that only a revoked person held (recovery key)", run_hand_over),
        ("entrust", "give another administrator the organisation's recovery key as well", run_entrust),
    ):
        part = parts.add_parser(name, help=text)
        part.add_argument("name", metavar="NAME", help="the person's sign-in name")
        add_user_option(part)
        part.set_defaults(run=run)
        if name != "entrust":
            part.add_argument("--reason", metavar="TEXT", required=True, help="why; name no patient")
        if name == "hand-over":
            part.add_argument("--to", metavar="OTHER", required=True, help="the colleague's sign-in name")


def run_revoke(arguments: argparse.Namespace) -> int:
    """Close an account."""
    with signed_in(arguments, by_passphrase=True) as (_program, session):
        left = session.leaving.revoke(person_named(session, arguments.name).id, arguments.reason)
    print(f"{left.person.name} cannot sign in any more. What they signed before stays valid.")
    if left.rekeyed_by_team:
        print(f"{left.rekeyed_by_team} visits get a new key when somebody of their care team signs in.")
    if left.without_member:
        print(f"{left.without_member} visits are on nobody's list now: 'anamnesis users hand-over {left.person.name}'.")
    return 0


def run_hand_over(arguments: argparse.Namespace) -> int:
    """Hand visits over."""
    with signed_in(arguments, by_passphrase=True) as (_program, session):
        to = person_named(session, arguments.to)
        person = _revoked(session, arguments.name)
        left = session.leaving.hand_over(person.id, to.id, arguments.reason)
    print(f"{left.rekeyed_by_team} visits of {person.name} are in other hands; {to.name} has those that nobody held.")
    return 0


def run_entrust(arguments: argparse.Namespace) -> int:
    """Entrust the recovery key."""
    with signed_in(arguments, by_passphrase=True) as (_program, session):
        person = person_named(session, arguments.name)
        session.leaving.entrust_recovery(person.id)
    print(f"{person.name} holds the organisation's recovery key as well.")
    return 0


def _revoked(session: Session, name: str) -> User:
    for user in session.leaving.revoked():
        if user.name.casefold() == name.strip().casefold():
            return user
    raise InputError("Nobody of this name was revoked.", "Revoke them first: 'anamnesis users revoke'.")
