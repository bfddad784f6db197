"""The command line: exit 0 on success, 1 on a declared error (one line on stderr), 2 on wrong usage."""

import argparse
import importlib
import io
import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app import __version__
from app.process_guard import guard_process

_COMMANDS = (
    "demo",
    "record",
    "devices",
    "transcribe",
    "draft",
    "check",
    "revise",
    "templates",
    "style",
    "models",
    "users",
    "encounters",
    "rotate-keys",
    "export",
    "audit",
    "retention",
    "hold",
    "backup",
    "restore",
    "server",
    "evaluate",
    "bench",
    "doctor",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or open the window if none is named. Returns the exit status."""
    multiprocessing.freeze_support()
    guard_process()
    _speak_utf8()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except KeyboardInterrupt:
        return _say("Cancelled.")


def _run(words: Sequence[str]) -> int:
    from app.domain.bugs import describe_bug
    from app.domain.errors import AnamnesisError

    parsed = _parser(words).parse_args(words)
    try:
        status: int = parsed.run(parsed)
        sys.stdout.flush()
    except AnamnesisError as error:
        return _say(_one_line(str(error)))
    except BrokenPipeError:
        _drop_stdout()
        return 1
    except OSError as error:
        return _say(_one_line(f"The system refused: {error.strerror or type(error).__name__}."))
    except Exception as error:  # noqa: BLE001 - a bug is told by its place; its text may hold what a patient said
        return _say(f"This is a fault of the program, not yours. Please report: {describe_bug(error)}")
    return status


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the named command's module is imported, so that every command starts quickly."""
    parser = argparse.ArgumentParser(
        prog="anamnesis",
        description="Ambient clinical scribe. Without a command the window opens.",
        epilog="Every command has --help.",
    )
    parser.add_argument("--version", action="version", version=f"anamnesis {__version__}")
    _add_data_dir(parser, default=None)
    parser.add_argument("--quit-after-show", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-live", type=Path, metavar="AUDIO", help=argparse.SUPPRESS)
    parser.add_argument("--measure-seconds", type=float, default=60.0, help=argparse.SUPPRESS)
    parser.set_defaults(run=_open_window)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    named = next((word for word in words if word in _COMMANDS), None)
    for name in _COMMANDS if named is None else (named,):
        module = importlib.import_module(f"app.commands.{name.replace('-', '_')}")
        module.add_parser(subparsers)
    for sub in subparsers.choices.values():
        _add_data_dir(sub, default=argparse.SUPPRESS)
    return parser


def _add_data_dir(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default,
        metavar="DIR",
        help="put everything the program writes under DIR (or set ANAMNESIS_DATA_DIR)",
    )


def _open_window(arguments: argparse.Namespace) -> int:
    from app.settings import find_paths
    from app.ui.main import run
    from app.wiring import build

    application = build(find_paths(arguments.data_dir))
    options = ["--quit-after-show"] if arguments.quit_after_show else []
    if arguments.measure_live is not None:
        from app.audio.replay import ReplaySource

        application.sound_source = lambda _choice: ReplaySource(arguments.measure_live)
        options += ["--measure-live", str(arguments.measure_seconds)]
    return run(application, options)


def _speak_utf8() -> None:
    """Marks and names print whatever the console's encoding; a frozen window program has no streams at all."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(line: str) -> int:
    if sys.stderr is not None:
        print(f"anamnesis: {line}", file=sys.stderr)
    return 1


def _drop_stdout() -> None:
    """Point stdout at nothing so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    sys.exit(main())
