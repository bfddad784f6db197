"""`anamnesis retention`: what the policy will erase, when, and erasing what is due. Ids and dates, no content."""

import argparse
from collections import Counter

from app.commands.output import print_json, terminal_progress
from app.commands.signed_in import add_user_option, signed_in
from app.domain.records import NOTICE_DAYS, DueErasure, ErasureRecord, Kept, RetentionLimits, RetentionRun

_NAMES = {
    Kept.AUDIO: "sound of signed visits",
    Kept.TRANSCRIPT: "transcripts of signed visits",
    Kept.UNSIGNED: "visits without a signed note",
    Kept.SIGNED: "signed visits",
}
_ERASED_SHOWN = 20


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("retention", help="what the policy erases, and when", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)

    show = parts.add_parser("show", help="what goes soon, by kind, and what was erased")
    show.add_argument("--days", type=int, default=NOTICE_DAYS, metavar="N", help=f"within N days ({NOTICE_DAYS})")
    show.set_defaults(run=run_show)

    apply = parts.add_parser("apply", help="erase for good what is due")
    apply.add_argument("--dry-run", action="store_true", help="only say what would go")
    apply.set_defaults(run=run_apply)

    for part in (show, apply):
        add_user_option(part)
        part.add_argument("--json", action="store_true")


def run_show(arguments: argparse.Namespace) -> int:
    """Show limits, what goes within the days, and the deletion records."""
    with signed_in(arguments) as (program, session):
        limits = program.policy.retention
        due = session.records.upcoming(limits, arguments.days)
        erased = session.records.erased()
    if arguments.json:
        print_json(
            {
                "limits": {kept.value: limits.days(kept) for kept in Kept},
                "due": [_due_json(one) for one in due],
                "erased": [_erased_json(one) for one in erased],
            }
        )
        return 0
    for kept in Kept:
        days = limits.days(kept)
        print(f"{_NAMES[kept]:<30} {f'kept {days} days' if days else 'kept for ever'}")
    print()
    counts = Counter(one.kept for one in due if not one.held)
    print(f"Goes within {arguments.days} days: {_sum(counts)}")
    for one in due:
        held = "   under legal hold: stays" if one.held else ""
        print(f"  {one.due.astimezone():%Y-%m-%d}  {one.encounter_id[:12]}  {_NAMES[one.kept]}{held}")
    if erased:
        print(f"\nErased, newest first ({len(erased)}):")
    for record in erased[:_ERASED_SHOWN]:
        who = "policy" if record.policy else record.by
        print(f"  {record.at.astimezone():%Y-%m-%d}  {record.encounter_id[:12]}  {record.part:<10}  {who:<12}")
    return 0


def run_apply(arguments: argparse.Namespace) -> int:
    """Erase what is due. Exit 1 if something could not be erased."""
    with signed_in(arguments) as (program, session):
        limits = program.policy.retention
        progress = terminal_progress(quiet=arguments.json)
        run = session.records.erase_due(limits, dry_run=arguments.dry_run, progress=progress)
    if arguments.json:
        print_json(
            {
                "dry_run": arguments.dry_run,
                "erased": [_due_json(one) for one in run.erased],
                "held": [_due_json(one) for one in run.held],
                "failed": [{**_due_json(one), "reason": why} for one, why in run.failed],
            }
        )
    else:
        _print_run(run, limits, dry_run=arguments.dry_run)
    return 1 if run.failed else 0


def _print_run(run: RetentionRun, limits: RetentionLimits, *, dry_run: bool) -> None:
    if limits.none:
        print("The policy keeps everything for ever.")
        return
    print(f"{'Would be erased' if dry_run else 'Erased'}: {_sum(Counter(one.kept for one in run.erased))}")
    if run.held:
        print(f"Kept by a legal hold: {_sum(Counter(one.kept for one in run.held))}")
    for one, why in run.failed:
        print(f"Not erased: {one.encounter_id[:12]}, {_NAMES[one.kept]}: {why}")


def _sum(counts: Counter[Kept]) -> str:
    return ", ".join(f"{counts[kept]} {_NAMES[kept]}" for kept in Kept if counts[kept]) or "nothing"


def _due_json(one: DueErasure) -> dict[str, object]:
    return {"id": one.encounter_id, "kind": one.kept.value, "due": one.due.isoformat(), "held": one.held}


def _erased_json(one: ErasureRecord) -> dict[str, object]:
    return {
        "id": one.encounter_id,
        "part": one.part.value,
        "at": one.at.isoformat(),
        "by": one.by,
        "policy": one.policy,
        "reason": one.reason,
    }
