"""Options that say what is recorded, and for how long."""

import argparse
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.audio.microphone_choice import MicrophoneChoice


def add_recording_options(parser: argparse.ArgumentParser) -> None:
    """Add `--device`, `--second`, `--separate`, `--live/--no-live` and `--for`."""
    parser.add_argument("--device", metavar="ID", help="microphone (see 'anamnesis devices'); default: the system's")
    parser.add_argument("--second", metavar="ID", help="a second microphone, kept as a channel of its own")
    parser.add_argument("--separate", action="store_true", help="keep the two channels of one device apart")
    parser.add_argument(
        "--live", action=argparse.BooleanOptionalAction, default=True, help="transcribe while people talk"
    )
    parser.add_argument("--for", dest="seconds", type=_seconds, metavar="SECONDS", help="stop by itself after so long")


def microphones_from(arguments: argparse.Namespace) -> "MicrophoneChoice":
    """Return what was named on the command line."""
    from app.audio.microphone_choice import MicrophoneChoice

    return MicrophoneChoice(arguments.device, arguments.second, arguments.separate)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("a number of seconds above 0 is needed")
    return value
