"""`anamnesis restore`: a vault from a backup, into a data folder that has none; or what a backup is worth."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.new_passphrase import new_passphrase
from app.commands.output import print_json, terminal_progress
from app.commands.passphrase import read_passphrase
from app.commands.signed_in import application, sign_in_with_code
from app.domain.errors import InputError
from app.domain.records import BackupCheck, Restored, SoundState
from app.domain.work import CancelToken

if TYPE_CHECKING:
    from app.vault.session import VaultSession

_STATES = {
    SoundState.CUT: "cut off",
    SoundState.DAMAGED: "damaged, plays where it is good",
    SoundState.MISSING: "missing, in whole or in part",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("restore", help="a vault from a backup", description=__doc__)
    parser.add_argument("backup", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="only say what can be restored; nobody signs in")
    parser.add_argument("--user", metavar="NAME", help="sign-in name of one who was in the vault then")
    parser.add_argument("--recovery-code", action="store_true", help="ask for the recovery code, set a new passphrase")
    parser.add_argument(
        "--drop-second-factor", action="store_true", help="with --recovery-code: the phone with the app is lost"
    )
    parser.add_argument("--partial", action="store_true", help="from a damaged or cut backup: what is there, marked")
    parser.add_argument(
        "--erased", type=Path, metavar="FILE", help="the present vault's vault.erased: what it names is erased again"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restore, or check. A check exits 1 unless the backup is whole."""
    return _check(arguments) if arguments.check else _restore(arguments)


def _check(arguments: argparse.Namespace) -> int:
    from app.vault import check_backup

    check = check_backup(arguments.backup, terminal_progress(quiet=arguments.json), CancelToken())
    if arguments.json:
        print_json(
            {
                "intact": check.intact,
                "made_at": check.made_at.isoformat() if check.made_at else None,
                "size": check.size,
                "vault": check.vault,
                "sound": [{"file": name, "state": state.value} for name, state in check.sound],
            }
        )
    else:
        _print_check(check)
    return 0 if check.intact else 1


def _print_check(check: BackupCheck) -> None:
    when = f"{check.made_at.astimezone():%Y-%m-%d %H:%M}" if check.made_at else "an unknown moment"
    print(f"Backup of {when}, {check.size / 1e6:.1f} MB: {'whole' if check.intact else 'DAMAGED OR CUT'}.")
    if not check.vault:
        print("The vault itself is lost in both copies: nothing can be restored from this backup.")
        return
    print("Every visit's text is there.")
    whole = sum(state is SoundState.WHOLE for _, state in check.sound)
    print(f"Sound: {whole} files whole, {len(check.sound) - whole} not. Files behind a cut do not show up here.")
    for name, state in check.sound:
        if state is not SoundState.WHOLE:
            print(f"  {name.partition('.')[0][:12]}  {_STATES[state]}")


def _restore(arguments: argparse.Namespace) -> int:
    from app.vault import sign_in, sign_in_with_recovery_code, user_names

    codes: list[str] = []
    with application(arguments) as program:
        required = program.policy.second_factor_required
        recovery = _recovery_code() if arguments.recovery_code else ""
        passphrase = new_passphrase(None, use_variable=True) if recovery else read_passphrase()

        def opened(folder: Path) -> "VaultSession":
            names = user_names(folder)
            if not arguments.user and len(names) != 1:
                raise InputError("The vault has several people.", "Name one with --user.")
            name = arguments.user or names[0]

            def with_code(code: str) -> "VaultSession":
                if not recovery:
                    return sign_in(folder, name, passphrase, code=code, second_factor_required=required)
                session, new_code = sign_in_with_recovery_code(
                    folder,
                    name,
                    recovery,
                    passphrase,
                    second_factor_code=code,
                    second_factor_required=required,
                    drop_second_factor=arguments.drop_second_factor,
                )
                codes.append(new_code)
                return session

            return sign_in_with_code(with_code)

        result = program.restore(
            arguments.backup,
            opened,
            partial=arguments.partial,
            erased_list=arguments.erased,
            progress=terminal_progress(quiet=arguments.json),
        )
    if arguments.json:
        print_json(_to_json(result, codes))
    else:
        _print(result, codes)
    return 0


def _recovery_code() -> str:
    return getpass.getpass("Recovery code: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def _print(result: Restored, codes: list[str]) -> None:
    print(f"Restored: {result.encounters} visits, {result.recordings} files of sound.")
    if result.erased_again:
        print(f"Erased again, because it was erased after the backup was made: {result.erased_again}.")
    for encounter_id, state in result.not_whole:
        print(f"  {encounter_id[:12]}  sound {_STATES[state]}; the visit is marked")
    if codes:
        print(f"Recovery code, shown only now. Write it down and lock it away:\n\n    {codes[-1]}\n")


def _to_json(result: Restored, codes: list[str]) -> dict[str, object]:
    return {
        "made_at": result.made_at.isoformat() if result.made_at else None,
        "encounters": result.encounters,
        "recordings": result.recordings,
        "not_whole": [{"id": encounter_id, "sound": state.value} for encounter_id, state in result.not_whole],
        "erased_again": result.erased_again,
        "recovery_code": codes[-1] if codes else None,
    }
