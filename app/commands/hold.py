"""`anamnesis hold`: legal holds. While one stands nothing of the visit is erased: not by policy, not by a person."""

import argparse

from app.commands.output import print_json
from app.commands.signed_in import add_user_option, signed_in


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("hold", help="legal holds: visits that nobody may erase", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    for name, text, run in (
        ("add", "place a hold (administrator, or physician of the visit)", run_add),
        ("release", "release the hold", run_release),
    ):
        part = parts.add_parser(name, help=text)
        part.add_argument("id", metavar="ID", help="the visit's id, or its first characters (four or more)")
        part.add_argument("--reason", required=True, metavar="TEXT", help="why; kept sealed. Name no patient")
        add_user_option(part)
        part.set_defaults(run=run)
    listing = parts.add_parser("list", help="the holds that stand")
    add_user_option(listing)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)


def run_add(arguments: argparse.Namespace) -> int:
    """Place a hold."""
    with signed_in(arguments) as (_program, session):
        hold = session.records.add_hold(session.records.find(arguments.id), arguments.reason)
    print(f"{hold.encounter_id[:12]} is under legal hold: nothing of it is erased until the hold is released.")
    return 0


def run_release(arguments: argparse.Namespace) -> int:
    """Release a hold."""
    with signed_in(arguments) as (_program, session):
        encounter_id = session.records.find(arguments.id)
        session.records.release_hold(encounter_id, arguments.reason)
    print(f"The legal hold on {encounter_id[:12]} is released. What the policy does not keep is erased when it is due.")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List the holds, newest first."""
    with signed_in(arguments) as (_program, session):
        holds = session.records.holds()
    if arguments.json:
        print_json(
            {
                "holds": [
                    {"id": h.encounter_id, "since": h.since.isoformat(), "by": h.by, "reason": h.reason} for h in holds
                ]
            }
        )
        return 0
    for h in holds:
        print(f"{h.encounter_id[:12]}  since {h.since.astimezone():%Y-%m-%d}  {h.by:<14} {h.reason}")
    if not holds:
        print("No visit is under legal hold.")
    return 0
