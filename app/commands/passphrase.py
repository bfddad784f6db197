"""Where a command gets the passphrase from: a file named by the environment, or a hidden prompt."""

import getpass
import os
import sys
from pathlib import Path

from app.domain.errors import InputError, SignInError

VARIABLE = "ANAMNESIS_PASSPHRASE_FILE"


def passphrase_given() -> bool:
    """Whether a passphrase can be read without asking."""
    return bool(os.environ.get(VARIABLE))


def read_passphrase(prompt: str = "Passphrase: ") -> str:
    """Return the passphrase: first line of the file named by ANAMNESIS_PASSPHRASE_FILE, else typed at the terminal.

    Raises `SignInError` without a terminal and without the variable, `InputError` if the file cannot be read.
    """
    name = os.environ.get(VARIABLE)
    if name:
        try:
            lines = Path(name).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The file named by {VARIABLE} cannot be read.", "Check its path and rights.") from error
        if not lines or not lines[0]:
            raise InputError(f"The file named by {VARIABLE} is empty.", "Put the passphrase on its first line.")
        return lines[0]
    if sys.stdin is None or not sys.stdin.isatty():
        raise SignInError("A passphrase is needed and there is no terminal to ask on.", f"Set {VARIABLE}.")
    return getpass.getpass(prompt)
