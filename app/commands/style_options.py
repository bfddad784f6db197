"""Options on how a note is written, shared by the commands that draft one."""

import argparse

from app.domain.style import Form, Length, StyleWish, Wording, chosen


def add_style_options(parser: argparse.ArgumentParser) -> None:
    """Add `--length`, `--form`, `--wording`."""
    group = parser.add_argument_group(
        "style of the note", "what is not named is as in your signed notes, else standard"
    )
    group.add_argument("--length", choices=[c.value for c in Length], help="brief leaves out what adds least")
    group.add_argument("--form", choices=[c.value for c in Form], help="one statement a line, or running text")
    group.add_argument(
        "--wording",
        choices=[c.value for c in Wording],
        help="as it was said, in full words, or with safe abbreviations",
    )


def style_from(arguments: argparse.Namespace) -> StyleWish:
    """Return the choices named on the command line; none where the command has no such options."""
    return StyleWish(
        chosen(Length, getattr(arguments, "length", None)),
        chosen(Form, getattr(arguments, "form", None)),
        chosen(Wording, getattr(arguments, "wording", None)),
    )
