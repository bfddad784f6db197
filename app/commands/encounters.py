"""`anamnesis encounters`: list, show with verified signature, recover, review, sign."""

import argparse
import shutil
import sys
from collections.abc import Sequence

from app.commands.care_team import add_team_parts
from app.commands.choices import add_language_model_option, add_template_option, choice_from
from app.commands.destroy import add_destroy_parser
from app.commands.finding import find
from app.commands.output import print_json, terminal_progress
from app.commands.passphrase import read_passphrase
from app.commands.recover import add_recover_options, run_recover
from app.commands.search import add_find_parser
from app.commands.showing import UNSIGNED, show_encounter, summary, trouble
from app.commands.signed_in import add_user_option, signed_in
from app.commands.style_options import add_style_options
from app.domain.encounter import Encounter
from app.domain.errors import ConflictError
from app.domain.ports import Session
from app.domain.unnoted import Unnoted
from app.domain.work import CancelToken


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("encounters", help="visits in the vault", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    for name, text, run in (
        ("list", "list the visits", run_list),
        ("show", "show a visit's note and verify its signatures", run_show),
        ("recover", "finish recordings and visits that were interrupted", run_recover),
        ("redraft", "draft the note again, for example as another note type", run_redraft),
        ("look-again", "let the language model doubt what the checks passed (seconds a sentence)", run_look_again),
        ("review", "mark a draft reviewed", run_review),
        ("sign", "sign the present note (physician)", run_sign),
    ):
        part = parts.add_parser(name, help=text)
        add_user_option(part)
        part.set_defaults(run=run)
        if name in {"show", "redraft", "look-again", "review", "sign"}:
            part.add_argument("id", metavar="ID", help="the visit's id, or its first characters")
        if name in {"list", "show"}:
            part.add_argument("--json", action="store_true")
        if name == "redraft":
            add_template_option(part)
            add_style_options(part)
            add_language_model_option(part)
        if name == "look-again":
            add_language_model_option(part)
        if name == "recover":
            add_recover_options(part)
        if name == "sign":
            part.add_argument("--meaning", default="authorship", help="what the signature stands for")
            part.add_argument("--acknowledge", action="store_true", help="sign in spite of warnings")
    add_find_parser(parts)
    add_destroy_parser(parts)
    add_team_parts(parts)


def run_list(arguments: argparse.Namespace) -> int:
    """List the visits, newest first."""
    with signed_in(arguments) as (_program, session):
        encounters = session.encounters.list()
    if arguments.json:
        print_json({"encounters": [summary(e) for e in encounters]})
        return 0
    for e in encounters:
        minutes = "" if e.duration is None else f"{e.duration / 60:.1f} min"
        print(
            f"{e.id[:12]}  {e.created_at.astimezone():%Y-%m-%d %H:%M}  {e.state:<9} {minutes:>9}  {e.title}{trouble(e)}"
        )
    if not encounters:
        print("No visits yet. 'anamnesis demo AUDIO' or the window makes one.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Show note, evidence, versions and whether each signature is valid."""
    with signed_in(arguments) as (program, session):
        encounter = find(session, arguments.id)
        return show_encounter(program, session, encounter, as_json=arguments.json)


def run_redraft(arguments: argparse.Namespace) -> int:
    """Draft an unsigned note again from its transcript; the versions before stay."""
    choice = choice_from(arguments)
    with signed_in(arguments) as (program, session):
        encounter = find(session, arguments.id)
        progress = terminal_progress(quiet=False)
        program.visits(session, choice).redraft(encounter.id, choice.template, progress, CancelToken())
        number = session.encounters.get(encounter.id).versions
    print(f"Drafted again as version {number}. The versions before are kept.")
    return 0


def run_look_again(arguments: argparse.Namespace) -> int:
    """Mark what the language model does not find in what was said; it can only add doubt."""
    choice = choice_from(arguments)
    with signed_in(arguments) as (program, session):
        encounter = find(session, arguments.id)
        progress = terminal_progress(quiet=False)
        look = program.visits(session, choice).look_again(encounter.id, progress, CancelToken())
        program.review(session).add_doubts(encounter.id, look, session.encounters.get(encounter.id).versions)
    print(f"{len(look.doubted)} of {look.asked} sentences that the checks passed are in doubt now.")
    return 0


def run_review(arguments: argparse.Namespace) -> int:
    """Mark the present note reviewed."""
    with signed_in(arguments) as (program, session):
        encounter = find(session, arguments.id)
        program.review(session).mark_reviewed(encounter.id, encounter.versions)
    print("Marked reviewed.")
    return 0


def run_sign(arguments: argparse.Namespace) -> int:
    """Re-authenticate and sign."""
    with signed_in(arguments) as (program, session):
        encounter = find(session, arguments.id)
        if not encounter.versions:
            raise ConflictError("There is no note to sign.", "Draft it first.")
        review = program.review(session)
        left_out = [entry for entry in review.missing(encounter.id) if entry.kind.pressing]
        _show_left_out(session, encounter, left_out, acknowledged=arguments.acknowledge)
        version = review.sign(
            encounter.id,
            read_passphrase("Passphrase again, to sign: "),
            arguments.meaning,
            encounter.versions,
            acknowledged=arguments.acknowledge,
            left_out=len(left_out),
        )
    signature = version.signature
    if signature is not None:
        print(
            f"Signed as version {version.number} by {signature.signer_name} "
            f"at {signature.signed_at:%Y-%m-%d %H:%M:%S} UTC."
        )
    return 0


def _show_left_out(session: Session, encounter: Encounter, found: Sequence[Unnoted], *, acknowledged: bool) -> None:
    """Print the red flags, allergies and medicines that the note leaves out; nobody signs past them unasked."""
    from app.exchange.terminal import missing_text

    transcript = session.encounters.transcript(encounter.id)
    if not found or transcript is None or encounter.state not in UNSIGNED:
        return
    width = min(shutil.get_terminal_size().columns, 100)
    print(missing_text(found, transcript, width, sys.stdout.isatty()), flush=True)
    if not acknowledged:
        what = "thing that must not be missed was" if len(found) == 1 else "things that must not be missed were"
        raise ConflictError(
            f"{len(found)} {what} said and not noted.", "Put that into the note, or sign with --acknowledge."
        )
