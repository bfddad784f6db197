"""`anamnesis backup`: one sealed file with everything, made while the vault is in use, and read back."""

import argparse
from pathlib import Path

from app.commands.output import print_json, terminal_progress
from app.commands.signed_in import add_user_option, signed_in


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("backup", help="back the vault up into one sealed file", description=__doc__)
    parser.add_argument("target", type=Path, metavar="PLACE", help="a folder, or a file that is not there yet")
    add_user_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a backup (administrator, or the physician of a practice of one)."""
    with signed_in(arguments) as (_program, session):
        backup = session.records.back_up(arguments.target, terminal_progress(quiet=arguments.json))
    if arguments.json:
        print_json(
            {
                "path": str(backup.path),
                "made_at": backup.made_at.isoformat(),
                "size": backup.size,
                "recordings": backup.recordings,
            }
        )
        return 0
    print(f"{backup.path}: {backup.size / 1e6:.1f} MB, {backup.recordings} files of sound, read back whole.")
    print("It opens with the passphrases and recovery codes of this moment. What is erased later stays in it:")
    print("keep the .erased file beside it, so that a restore erases it again, and do not keep backups for ever.")
    return 0
