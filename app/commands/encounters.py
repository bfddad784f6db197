"""`anamnesis encounters`: list, show with verified signature, recover, review, sign."""

import argparse
import shutil
import sys
from collections.abc import Sequence

from app.commands.choices import add_language_model_option, add_template_option, choice_from
from app.commands.finding import find
from app.commands.output import print_json, terminal_progress
from app.commands.passphrase import read_passphrase
from app.commands.recover import add_recover_options, run_recover
from app.commands.search import add_find_parser
from app.commands.signed_in import add_user_option, signed_in
from app.commands.style_options import add_style_options
from app.domain.codec import transcript_to_json
from app.domain.encounter import Encounter, EncounterState, NoteVersion, Stage, StageState
from app.domain.errors import ConflictError
from app.domain.ports import Session, SignatureCheck
from app.domain.recording import Mark
from app.domain.recording_codec import consent_to_json, mark_to_json
from app.domain.unnoted import Unnoted
from app.domain.unnoted_codec import missing_to_json
from app.domain.work import CancelToken
from app.exchange.note_json import note_json
from app.visit.recording_notices import consent_line, mark_line

_UNSIGNED = {EncounterState.DRAFT, EncounterState.REVIEWED}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("encounters", help="visits in the vault", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    for name, text, run in (
        ("list", "list the visits", run_list),
        ("show", "show a visit's note and verify its signatures", run_show),
        ("recover", "finish recordings and visits that were interrupted", run_recover),
        ("redraft", "draft the note again, for example as another note type", run_redraft),
        ("review", "mark a draft reviewed", run_review),
        ("sign", "sign the present note (physician)", run_sign),
    ):
        part = parts.add_parser(name, help=text)
        add_user_option(part)
        part.set_defaults(run=run)
        if name in {"show", "redraft", "review", "sign"}:
            part.add_argument("id", metavar="ID", help="the visit's id, or its first characters")
        if name in {"list", "show"}:
            part.add_argument("--json", action="store_true")
        if name == "redraft":
            add_template_option(part)
            add_style_options(part)
            add_language_model_option(part)
        if name == "recover":
            add_recover_options(part)
        if name == "sign":
            part.add_argument("--meaning", default="authorship", help="what the signature stands for")
            part.add_argument("--acknowledge", action="store_true", help="sign in spite of warnings")
    add_find_parser(parts)


def run_list(arguments: argparse.Namespace) -> int:
    """List the visits, newest first."""
    with signed_in(arguments) as (_program, session):
        encounters = session.encounters.list()
    if arguments.json:
        print_json({"encounters": [_summary(e) for e in encounters]})
        return 0
    for e in encounters:
        minutes = "" if e.duration is None else f"{e.duration / 60:.1f} min"
        print(
            f"{e.id[:12]}  {e.created_at.astimezone():%Y-%m-%d %H:%M}  {e.state:<9} {minutes:>9}  "
            f"{e.title}{_trouble(e)}"
        )
    if not encounters:
        print("No visits yet. 'anamnesis demo AUDIO' or the window makes one.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Show note, evidence, versions and whether each signature is valid."""
    from app.exchange.terminal import missing_text, note_text

    with signed_in(arguments) as (program, session):
        encounter = find(session, arguments.id)
        transcript = session.encounters.transcript(encounter.id)
        consent = session.encounters.consent(encounter.id)
        marks = transcript.marks if transcript else _journal_marks(session, encounter.id)
        versions = session.encounters.versions(encounter.id)
        unnoted = program.review(session).missing(encounter.id)
        checks = {
            v.number: session.encounters.verify(encounter.id, v.number) for v in versions if v.signature is not None
        }
    if arguments.json:
        print_json(
            {
                **_summary(encounter),
                "consent": consent_to_json(consent) if consent else None,
                "marks": [mark_to_json(mark) for mark in marks],
                "note": note_json(versions[-1].note) if versions else None,
                "missing": missing_to_json(unnoted),
                "transcript": transcript_to_json(transcript) if transcript else None,
                "versions": [_version(v, checks.get(v.number)) for v in versions],
            }
        )
    else:
        print(
            f"{encounter.title}   {encounter.state}   "
            f"{encounter.created_at.astimezone():%Y-%m-%d %H:%M}{_trouble(encounter)}\n"
        )
        if versions:
            width = min(shutil.get_terminal_size().columns, 100)
            print(note_text(versions[-1].note, transcript, width, sys.stdout.isatty()))
            if transcript is not None and encounter.state in _UNSIGNED:
                print(f"\n{missing_text(unnoted, transcript, width, sys.stdout.isatty())}")
            print()
        if consent is not None:
            print(consent_line(consent))
        for mark in marks:
            print(mark_line(mark))
        for v in versions:
            print(_version_line(v, checks.get(v.number)))
    return 0 if all(c.valid for c in checks.values()) else 1


def _journal_marks(session: Session, encounter_id: str) -> tuple[Mark, ...]:
    """The marks of a recording that has no transcript yet."""
    return tuple(entry for entry in session.encounters.journal(encounter_id) if isinstance(entry, Mark))


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
    if not found or transcript is None or encounter.state not in _UNSIGNED:
        return
    width = min(shutil.get_terminal_size().columns, 100)
    print(missing_text(found, transcript, width, sys.stdout.isatty()), flush=True)
    if not acknowledged:
        what = "thing that must not be missed was" if len(found) == 1 else "things that must not be missed were"
        raise ConflictError(
            f"{len(found)} {what} said and not noted.", "Put that into the note, or sign with --acknowledge."
        )


def _summary(e: Encounter) -> dict[str, object]:
    return {
        "id": e.id,
        "title": e.title,
        "created_at": e.created_at.isoformat(),
        "state": e.state.value,
        "duration": e.duration,
        "stages": {s.stage.value: s.state.value + (f"({s.code})" if s.code else "") for s in e.stages},
    }


def _trouble(e: Encounter) -> str:
    failed = "".join(f"   [{s.stage} failed: {s.code}]" for s in e.stages if s.state is StageState.FAILED)
    # only one program has the vault open, so nobody is recording this at the moment
    cut = any(s.stage is Stage.RECORD and s.state is StageState.RUNNING for s in e.stages)
    return ("   [recording interrupted: see 'anamnesis encounters recover']" if cut else "") + failed


def _version(v: NoteVersion, check: SignatureCheck | None) -> dict[str, object]:
    value: dict[str, object] = {
        "number": v.number,
        "kind": v.kind.value,
        "author": v.author_name,
        "created_at": v.created_at.isoformat(),
    }
    if v.signature is not None and check is not None:
        value["signature"] = {
            "signer": v.signature.signer_name,
            "role": v.signature.role,
            "meaning": v.signature.meaning,
            "signed_at": v.signature.signed_at.isoformat(),
            "valid": check.valid,
            "reason": check.reason,
        }
    return value


def _version_line(v: NoteVersion, check: SignatureCheck | None) -> str:
    line = f"version {v.number}  {v.kind:<10} {v.created_at.astimezone():%Y-%m-%d %H:%M}  {v.author_name}"
    if v.signature is None or check is None:
        return line
    verdict = "signature valid" if check.valid else f"SIGNATURE NOT VALID: {check.reason}"
    signed = f"{v.signature.meaning}, {v.signature.role}, {v.signature.signed_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{line}  signed: {signed}; {verdict}"
