"""Commands that need the vault: sign in, do the work, sign out."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from app.commands.passphrase import read_passphrase
from app.domain.errors import InputError, VaultError
from app.domain.ports import Session
from app.settings import find_paths
from app.wiring import Application, build


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
def signed_in(arguments: argparse.Namespace) -> Iterator[tuple[Application, Session]]:
    """Yield program and session. Raises `VaultError` without a vault, `SignInError` for a wrong passphrase."""
    with application(arguments) as program:
        if not program.vault_exists():
            raise VaultError("There is no vault in this data folder.", "Make one with 'anamnesis users create'.")
        session = program.sign_in(_name(program, arguments.user), read_passphrase())
        try:
            yield program, session
        finally:
            try:
                program.end_recordings()
            finally:
                session.close()


def _name(program: Application, given: str | None) -> str:
    names = program.user_names()
    if given:
        return given
    if len(names) == 1:
        return names[0]
    raise InputError("The vault has several people.", "Name one with --user.")
