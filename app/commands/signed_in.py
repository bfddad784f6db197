"""Commands that need the vault: sign in, do the work, sign out."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from app.commands.passphrase import passphrase_given, read_passphrase
from app.commands.typed import CODE_VARIABLE, at_terminal, code_from_file, read_line
from app.domain.errors import InputError, KeyStoreError, SecondFactorNeededError, VaultError
from app.domain.ports import Session
from app.settings import find_paths
from app.wiring import Application, build

_Opened = TypeVar("_Opened", bound=Session)


def add_user_option(parser: argparse.ArgumentParser) -> None:
    """Add `--user NAME`."""
    parser.add_argument("--user", metavar="NAME", help="sign-in name; may be left out if the vault has one person")


@contextmanager
def application(arguments: argparse.Namespace) -> Iterator[Application]:
    """Yield the program; its engine process ends with the block."""
    program = build(find_paths(arguments.data_dir))
    try:
        yield program
    finally:
        program.close()


@contextmanager
def signed_in(
    arguments: argparse.Namespace, passphrase: str | None = None, *, by_passphrase: bool = False
) -> Iterator[tuple[Application, Session]]:
    """Yield program and session. Raises `VaultError` without a vault, `SignInError` for a wrong passphrase.

    `passphrase`: one that was read already. `by_passphrase`: this computer's key store is not enough, because what
    follows must be re-authenticated.
    """
    with application(arguments) as program:
        if not program.vault_exists():
            raise VaultError("There is no vault in this data folder.", "Make one with 'anamnesis users create'.")
        name = _name(program, arguments.user)
        if passphrase is not None:
            session = sign_in_with_code(_by_passphrase(program, name, passphrase))
        else:
            session = _sign_in(program, name, by_passphrase=by_passphrase)
        try:
            yield program, session
        finally:
            try:
                program.end_recordings()
            finally:
                session.close()


def sign_in_with_code(sign_in: Callable[[str], _Opened]) -> _Opened:
    """Call with the code of ANAMNESIS_CODE_FILE, or with none; if one is needed, with what is typed at the terminal."""
    try:
        return sign_in(code_from_file())
    except SecondFactorNeededError as error:
        if not at_terminal():
            raise SecondFactorNeededError(error.message, f"Set {CODE_VARIABLE}.") from error
    return sign_in(read_line("Code of your authenticator app: "))


def _sign_in(program: Application, name: str, *, by_passphrase: bool) -> Session:
    if not by_passphrase and not passphrase_given() and _is_remembered(program, name):
        try:
            return sign_in_with_code(lambda code: program.sign_in_from_key_store(name, code))
        except KeyStoreError as error:
            if not at_terminal():
                raise
            print(error, file=sys.stderr)
    return sign_in_with_code(_by_passphrase(program, name, read_passphrase()))


def _by_passphrase(program: Application, name: str, passphrase: str) -> Callable[[str], Session]:
    return lambda code: program.sign_in(name, passphrase, code)


def _is_remembered(program: Application, name: str) -> bool:
    return name.casefold() in {known.casefold() for known in program.remembered_names()}


def _name(program: Application, given: str | None) -> str:
    names = program.user_names()
    if given:
        return given
    if len(names) == 1:
        return names[0]
    raise InputError("The vault has several people.", "Name one with --user.")
