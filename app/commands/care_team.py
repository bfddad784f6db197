"""`anamnesis encounters team, share, withdraw, break-glass`: who may open a visit."""

import argparse
from collections.abc import Sequence

from app.commands.finding import find
from app.commands.output import print_json, terminal_progress
from app.commands.showing import show_encounter
from app.commands.signed_in import add_user_option, signed_in
from app.domain.errors import InputError
from app.domain.people import User
from app.domain.ports import Session
from app.domain.team import EmergencyAccess, ForeignEncounter


def add_team_parts(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parts of `encounters` that are about its care team."""
    for name, text, run in (
        ("team", "show who is on a visit's care team, and emergency accesses to it", run_team),
        ("share", "add a person to a visit's care team (physician)", run_share),
        ("withdraw", "take a person off a visit's care team and give it a new key (physician)", run_withdraw),
        (
            "break-glass",
            "read a visit of another care team in an emergency, for a reason, on the record",
            run_break_glass,
        ),
    ):
        part = parts.add_parser(name, help=text)
        add_user_option(part)
        part.set_defaults(run=run)
        if name == "break-glass":
            part.add_argument("id", metavar="ID", nargs="?", help="the visit's id; without it: which visits there are")
            part.add_argument("--reason", metavar="TEXT", default="", help="why, in 10 to 500 characters; it is sealed")
        else:
            part.add_argument("id", metavar="ID", help="the visit's id, or its first characters")
        if name in {"share", "withdraw"}:
            part.add_argument("name", metavar="NAME", help="the person's sign-in name")
        if name == "withdraw":
            part.add_argument("--reason", metavar="TEXT", required=True, help="why; it is sealed")
        if name in {"team", "break-glass"}:
            part.add_argument("--json", action="store_true")


def run_team(arguments: argparse.Namespace) -> int:
    """Show members and emergency accesses."""
    with signed_in(arguments) as (_program, session):
        encounter = find(session, arguments.id)
        members = session.team.members(encounter.id)
        accesses = session.team.emergency.of(encounter.id)
    if arguments.json:
        team = [
            {"name": m.user.name, "display_name": m.user.display_name, "since": m.since.isoformat()} for m in members
        ]
        print_json({"id": encounter.id, "members": team, "emergency": [_access(a) for a in accesses]})
        return 0
    for member in members:
        roles = ", ".join(sorted(member.user.roles))
        print(
            f"{member.user.name:<20} {member.user.display_name:<30} {roles:<24} since {member.since:%Y-%m-%d %H:%M} UTC"
        )
    for access in accesses:
        end = access.ended_at or access.until
        began = f"{access.began_at:%Y-%m-%d %H:%M}"
        print(f"emergency access: {access.person.name}, {began} to {end:%H:%M} UTC: {access.reason}")
    return 0


def run_share(arguments: argparse.Namespace) -> int:
    """Add a person."""
    with signed_in(arguments) as (_program, session):
        encounter = find(session, arguments.id)
        person = person_named(session, arguments.name)
        session.team.share(encounter.id, person.id)
    print(f"{person.name} is on the care team.")
    return 0


def run_withdraw(arguments: argparse.Namespace) -> int:
    """Take a person off the team; everything in the visit is sealed anew."""
    with signed_in(arguments) as (_program, session):
        encounter = find(session, arguments.id)
        person = person_named(session, arguments.name)
        session.team.withdraw(encounter.id, person.id, arguments.reason)
        print(f"{person.name} is no longer on the care team.", flush=True)
        left = session.team.rotation.run(terminal_progress(quiet=False))
    print("Everything in it is sealed anew." if left.done else "A part is sealed anew later, by whom it belongs to.")
    return 0


def run_break_glass(arguments: argparse.Namespace) -> int:
    """Open a visit, show it, and end the access again; without ID: list what there is, by time and colleague."""
    with signed_in(arguments) as (program, session):
        emergency = session.team.emergency
        there = emergency.available()
        if arguments.id is None:
            _print_available(there, as_json=arguments.json)
            return 0
        found = [one for one in there if one.id.startswith(arguments.id)]
        if len(found) != 1:
            raise InputError("No visit, or more than one, has this id.", "See 'anamnesis encounters break-glass'.")
        emergency.begin(found[0].id, arguments.reason)
        try:
            return show_encounter(program, session, session.encounters.get(found[0].id), as_json=arguments.json)
        finally:
            emergency.end(found[0].id)


def person_named(session: Session, name: str) -> User:
    """The person with this sign-in name, capitals ignored. Raises `InputError`."""
    for user in session.users.list():
        if user.name.casefold() == name.strip().casefold():
            return user
    raise InputError("There is no such person in this vault.", "See 'anamnesis users list'.")


def _print_available(there: Sequence[ForeignEncounter], *, as_json: bool) -> None:
    if as_json:
        rows = [{"id": e.id, "created_at": e.created_at.isoformat(), "created_by": e.created_by} for e in there]
        print_json({"encounters": rows})
        return
    for one in there:
        print(f"{one.id[:12]}  {one.created_at.astimezone():%Y-%m-%d %H:%M}  {one.created_by}")
    if not there:
        print("No visits of other care teams.")


def _access(access: EmergencyAccess) -> dict[str, object]:
    return {
        "person": access.person.name,
        "began_at": access.began_at.isoformat(),
        "until": access.until.isoformat(),
        "ended_at": access.ended_at.isoformat() if access.ended_at else None,
        "reason": access.reason,
    }
