"""`scripts/run`: set-up, models for the command, then the program itself."""

import sys
from collections.abc import Sequence

from _setup import become, default_models, ensure_environment, ensure_models
from _system import SetupError, say

ALL_TASKS = ("speech", "language", "speaker")
TASKS = {
    "demo": ALL_TASKS,
    "transcribe": ("speech", "speaker"),
    "draft": ("language",),
    "bench": ALL_TASKS,
    "evaluate": ALL_TASKS,
}


def main(arguments: Sequence[str]) -> int:
    """Return the exit status, 1 if the set-up failed; on POSIX a successful set-up never returns."""
    try:
        ensure_environment(testing=False)
        command = command_of(arguments)
        tasks = needed_tasks(arguments)
        try:
            ensure_models(default_models(tasks))
        except SetupError as error:
            if command:
                raise
            say(f"{error} The window opens without them.")
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; the next run goes on.")
        return 130
    return become(arguments)


def command_of(arguments: Sequence[str]) -> str:
    """The command among the arguments, empty for the window."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == "--data-dir":
            skip = True
        elif not argument.startswith("-"):
            return argument
    return ""


def needed_tasks(arguments: Sequence[str]) -> tuple[str, ...]:
    """The tasks whose default models the command cannot do without."""
    if {"-h", "--help", "--version"} & set(arguments):
        return ()
    command = command_of(arguments)
    return TASKS.get(command, ()) if command else ALL_TASKS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
