"""`anamnesis encounters find`: visits by words of the patient's label or of the note."""

import argparse
import sys

from app.commands.output import print_json
from app.commands.signed_in import add_user_option, signed_in
from app.domain.searching import MOST_FOUND, Found


def add_find_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the part to `encounters`."""
    text = "find visits by words of the patient's label or of the note"
    part = parts.add_parser(
        "find", help=text, description=f"{text.capitalize()}: every word must be there, or begin so."
    )
    part.add_argument(
        "words", metavar="WORD", nargs="+", help="'-' reads them from standard input: no process list shows it"
    )
    part.add_argument("--most", type=int, default=MOST_FOUND, metavar="N", help=f"at most N visits ({MOST_FOUND})")
    part.add_argument("--json", action="store_true")
    add_user_option(part)
    part.set_defaults(run=run_find)


def run_find(arguments: argparse.Namespace) -> int:
    """Labels first, then the newest; exit 0 also if nothing is found."""
    words = _typed() if arguments.words == ["-"] else " ".join(arguments.words)
    with signed_in(arguments) as (_program, session):
        found = session.search.find(words, arguments.most)
    if arguments.json:
        print_json({"found": [_to_json(one) for one in found]})
        return 0
    for one in found:
        visit = one.encounter
        print(f"{visit.id[:12]}  {visit.created_at.astimezone():%Y-%m-%d %H:%M}  {visit.state:<9} {visit.title}")
        if one.snippet:
            print(f"{'':<14}{one.snippet}")
    if not found:
        print("No visit holds all of these words.")
    return 0


def _typed() -> str:
    return input("Words: ") if sys.stdin.isatty() else sys.stdin.readline()


def _to_json(one: Found) -> dict[str, object]:
    visit = one.encounter
    return {
        "id": visit.id,
        "title": visit.title,
        "created_at": visit.created_at.isoformat(),
        "state": visit.state.value,
        "in_title": one.in_title,
        "snippet": one.snippet,
    }
