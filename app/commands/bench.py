"""`anamnesis bench`: measures the program on this machine, beside the plain way in the same run."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.choices import choice_from
from app.commands.output import print_json, terminal_progress
from app.domain.errors import InputError
from app.domain.ports import Session
from app.domain.work import CancelToken
from app.settings import Paths, find_paths
from app.visit.choice import Choice
from app.wiring import build

if TYPE_CHECKING:
    from app.visit.runner import VisitRunner


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("bench", help="measure this machine", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)

    visit = parts.add_parser("visit", help="a visit replayed from a file, from stop to checked draft")
    visit.add_argument("audio", type=Path, metavar="AUDIO")
    visit.add_argument("--speed", type=float, default=1.0, help="1.0 is real time")
    visit.add_argument("--against-plain", action="store_true", help="measure the plain way too, in the same run")
    visit.add_argument("--model", dest="language_model", metavar="ID", help="language model")
    visit.add_argument("--speech-model", metavar="ID")
    visit.add_argument("--json", action="store_true")
    visit.set_defaults(run=run_visit)

    start = parts.add_parser("start", help="from the start of the process to a usable window")
    start.add_argument("--json", action="store_true")
    start.set_defaults(run=run_start)

    cancel = parts.add_parser("cancel", help="how long the models take to stop, in each of their phases")
    cancel.add_argument("audio", type=Path, metavar="AUDIO")
    cancel.add_argument("--json", action="store_true")
    cancel.set_defaults(run=run_cancel)


def run_visit(arguments: argparse.Namespace) -> int:
    """Measure a visit."""
    from app.insight.bench_visit import Bench, bench_visit
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    if not 0 < arguments.speed <= 1000:
        raise InputError("The speed must lie between 0 and 1000.", "1.0 is real time.")
    models = find_paths(arguments.data_dir).models
    store = ModelStore(models, Catalogue.load())
    choice = choice_from(arguments)
    bench = Bench(
        _vault_opener(models, choice), store.open(choice.speech_model), store.open(choice.language_model), choice
    )
    progress = terminal_progress(quiet=arguments.json)
    figures = bench_visit(
        bench,
        arguments.audio,
        speed=arguments.speed,
        against_plain=arguments.against_plain,
        progress=progress,
        cancel=CancelToken(),
    )
    progress(1.0, "measured")
    _print(arguments, figures)
    return 0


def run_start(arguments: argparse.Namespace) -> int:
    """Measure the window's start."""
    from app.insight.bench_start import bench_start

    _print(arguments, bench_start(find_paths(arguments.data_dir).data))
    return 0


def run_cancel(arguments: argparse.Namespace) -> int:
    """Measure cancelling: while a model loads, while speech is read, while a draft is written."""
    from app.insight.bench_cancel import bench_cancel

    figures = bench_cancel(arguments.audio, find_paths(arguments.data_dir).models, choice_from(arguments))
    _print(arguments, figures)
    return 0


def _vault_opener(
    models: Path, choice: Choice
) -> Callable[[Path, str], tuple[Session, "VisitRunner", Callable[[], None]]]:
    def open_vault(folder: Path, passphrase: str) -> tuple[Session, "VisitRunner", Callable[[], None]]:
        program = build(Paths(data=folder, models=models))
        session, _code = program.create_vault("bench", "Bench", passphrase)
        program.engine.preload(choice.speech_model)

        def close() -> None:
            program.close()
            session.close()

        return session, program.visits(session, choice), close

    return open_vault


def _print(arguments: argparse.Namespace, figures: dict[str, object]) -> None:
    if arguments.json:
        print_json(figures)
        return
    print(f"measured {time.strftime('%Y-%m-%d %H:%M')}")
    for name, value in figures.items():
        print(f"{name:<20} {value}")
