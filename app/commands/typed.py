"""A line that a person types: at the terminal after a prompt, else the next line of standard input."""

import os
import sys
from pathlib import Path

from app.domain.errors import InputError

CODE_VARIABLE = "ANAMNESIS_CODE_FILE"


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_line(prompt: str) -> str:
    """Return the line, shown while it is typed. Raises `InputError` if there is none."""
    if at_terminal():
        print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line.strip():
        raise InputError("Nothing was typed.", "Run the command again.")
    return line.strip()


def code_from_file() -> str:
    """The first line of the file named by ANAMNESIS_CODE_FILE, '' without it. Raises `InputError`."""
    name = os.environ.get(CODE_VARIABLE)
    if not name:
        return ""
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The file named by {CODE_VARIABLE} cannot be read.", "Check its path and rights.") from error
    return lines[0].strip() if lines else ""
