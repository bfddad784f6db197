"""Where a command gets a new passphrase from: a file, the environment's file, or a hidden prompt, twice."""

import getpass
import os
import sys
from pathlib import Path

from app.commands.passphrase import read_passphrase
from app.domain.errors import InputError


def new_passphrase(path: Path | None, *, use_variable: bool = False) -> str:
    """Return it; `use_variable` allows the file named by ANAMNESIS_PASSPHRASE_FILE. Raises `InputError`."""
    if path is not None:
        try:
            return path.read_text(encoding="utf-8").splitlines()[0]
        except (OSError, UnicodeDecodeError, IndexError) as error:
            raise InputError(f"No passphrase can be read from {path.name}.", "Put it on the first line.") from error
    if use_variable and (os.environ.get("ANAMNESIS_PASSPHRASE_FILE") or not sys.stdin.isatty()):
        return read_passphrase()
    if not sys.stdin.isatty():
        raise InputError("A new passphrase is needed and there is no terminal to ask on.", "Use --passphrase-file.")
    first = getpass.getpass("New passphrase: ")
    if getpass.getpass("The same again: ") != first:
        raise InputError("The two passphrases differ.", "Try again.")
    return first
