"""`anamnesis devices`: the microphones that can be recorded from."""

import argparse

from app.commands.output import print_json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("devices", help="list the microphones", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every input with its id; what only hears the computer itself stands last."""
    from app.audio.input_devices import input_devices

    devices = input_devices()
    if arguments.json:
        print_json(
            {
                "devices": [
                    {
                        "id": d.id,
                        "name": d.name,
                        "channels": d.channels,
                        "rate": d.rate,
                        "default": d.default,
                        "monitor": d.monitor,
                    }
                    for d in devices
                ]
            }
        )
        return 0
    for d in devices:
        kind = "default" if d.default else "monitor" if d.monitor else ""
        print(f"{kind:<8} {d.channels} ch {d.rate:>6} Hz  {d.id}  {d.name}")
    if not devices:
        print("No microphone was found. Plug one in or switch it on.")
    return 0
