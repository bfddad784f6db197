"""Parts of `anamnesis users` for one's own ways to unlock: key store, second factor, recovery code."""

import argparse
import sys
from collections.abc import Callable

from app.commands.output import print_json
from app.commands.passphrase import read_passphrase
from app.commands.signed_in import add_user_option, signed_in
from app.commands.typed import at_terminal, read_line
from app.domain.errors import SignInError
from app.domain.unlocking import SecondFactorOffer, Unlocking

_TRIES = 3


def add_parts(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `remember`, `second-factor` and `recovery-code`."""
    remember = parts.add_parser("remember", help="let this computer's key store unlock the vault for you")
    _add_switch(remember)
    remember.set_defaults(run=run_remember)

    factor = parts.add_parser("second-factor", help="sign in with a code of an authenticator app too")
    _add_switch(factor)
    factor.set_defaults(run=run_second_factor)

    code = parts.add_parser("recovery-code", help="make a new recovery code, or check the one on paper")
    code.add_argument("--check", action="store_true", help="type the code to see whether it is in force")
    add_user_option(code)
    code.set_defaults(run=run_recovery_code)


def _add_switch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("switch", choices=["on", "off", "status"])
    parser.add_argument("--json", action="store_true", help="with status")
    add_user_option(parser)


def run_remember(arguments: argparse.Namespace) -> int:
    """Key store on, off, status."""
    if arguments.switch == "on":
        passphrase = read_passphrase()
        with signed_in(arguments, passphrase) as (_program, session):
            store = session.unlocking.remember(passphrase)
        print(
            f"{store} unlocks the vault for you on this computer. To sign and to export you still type the passphrase."
        )
        return 0
    with signed_in(arguments) as (_program, session):
        held_by = session.unlocking.status().remembered_in
        gone = arguments.switch == "off" and session.unlocking.forget()
    if arguments.switch == "status":
        if arguments.json:
            print_json({"remembered_in": held_by})
        else:
            print(f"{held_by} unlocks the vault for you." if held_by else "This computer does not remember you.")
    else:
        print("This computer does not remember you any more.")
        if not gone:
            print(f"The key is still in {held_by}, where it opens nothing now; delete it there.", file=sys.stderr)
    return 0


def run_second_factor(arguments: argparse.Namespace) -> int:
    """Second factor on, off, status."""
    if arguments.switch == "status":
        with signed_in(arguments) as (_program, session):
            status = session.unlocking.status()
        if arguments.json:
            print_json({"on": status.second_factor, "required": status.second_factor_required})
        else:
            rule = " Your organisation asks for it." if status.second_factor_required else ""
            print(f"The second factor is {'on' if status.second_factor else 'off'}.{rule}")
        return 0
    passphrase = read_passphrase()
    with signed_in(arguments, passphrase) as (_program, session):
        if arguments.switch == "on":
            _show_offer(session.unlocking.begin_second_factor(passphrase))
            _confirm(session.unlocking)
            print("The second factor is on. If the phone is lost, the recovery code can switch it off.")
        else:
            session.unlocking.drop_second_factor(passphrase, read_line("The app's next code: "))
            print("The second factor is off.")
    return 0


def run_recovery_code(arguments: argparse.Namespace) -> int:
    """A new code, in force once it is typed back; or a check of the old one."""
    if arguments.check:
        with signed_in(arguments) as (_program, session):
            session.unlocking.check_recovery_code(read_line("Recovery code: "))
        print("This recovery code is in force.")
        return 0
    passphrase = read_passphrase()
    with signed_in(arguments, passphrase) as (_program, session):
        print("New recovery code. Write it down, then type it; until then the old one stays in force:")
        print(f"\n    {session.unlocking.begin_recovery_code(passphrase)}\n", flush=True)
        _until_right(lambda: session.unlocking.confirm_recovery_code(read_line("The code from the paper: ")))
    print("The new recovery code is in force; the old one no longer works.")
    return 0


def check_paper(unlocking: Unlocking) -> None:
    """At a terminal: have the code that was just shown typed back from the paper. Raises `SignInError`."""
    if at_terminal():
        _until_right(lambda: unlocking.check_recovery_code(read_line("The code from the paper: ")))


def _confirm(unlocking: Unlocking) -> None:
    _until_right(lambda: unlocking.confirm_second_factor(read_line("Code that the app shows: ")))


def _until_right(act: Callable[[], None]) -> None:
    """A person at a terminal may mistype twice."""
    for left in reversed(range(_TRIES if at_terminal() else 1)):
        try:
            act()
        except SignInError as error:
            if not left:
                raise
            print(error, file=sys.stderr)
        else:
            return


def _show_offer(offer: SecondFactorOffer) -> None:
    """Two rows of the QR code to a line of the terminal, in its own quiet zone."""
    if sys.stdout.isatty():
        width = len(offer.modules) + 8
        blank = (False,) * width
        rows = [blank] * 4 + [(False,) * 4 + row + (False,) * 4 for row in offer.modules] + [blank] * 4
        if len(rows) % 2:
            rows.append(blank)
        for upper, lower in zip(rows[::2], rows[1::2], strict=True):
            print("".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)))
    print(f"Key for the authenticator app: {offer.key_text}")
    print(offer.uri, flush=True)


_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""Light modules are drawn, as terminals are dark; authenticator apps read the inverse too."""
