"""`anamnesis style`: what is learned of how you write, and the switch for it."""

import argparse

from app.commands.choices import add_template_option, template_from
from app.commands.signed_in import add_user_option, signed_in
from app.exchange.style_words import described, from_notes


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("style", help="what is learned of how you write", description=__doc__)
    add_template_option(parser)
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument(
        "--learn", action=argparse.BooleanOptionalAction, default=None, help="learn from your signed notes, or not"
    )
    switch.add_argument("--forget", action="store_true", help="learn nothing any more from what is signed until now")
    add_user_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Change the switch if asked to, then say what is learned for the note type."""
    from app.drafting.templates.template import load_template

    note_type = load_template(template_from(arguments)).type
    with signed_in(arguments) as (program, session):
        learning = program.style_learning(session)
        if arguments.learn is not None:
            learning.switch(on=arguments.learn)
        if arguments.forget:
            learning.forget()
        learned = learning.learned(note_type, "")
        if learned is not None:
            print(f"{described(learned.style)}, {from_notes(learned.notes, learned.like)}.")
        elif not learning.allowed:
            print("Your organisation does not let style be learned.")
        else:
            print("Nothing is learned yet." if learning.on else "Learning from your signed notes is off.")
    return 0
