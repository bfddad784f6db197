"""What each part of `anamnesis bench` does with its options."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.choices import choice_from, engine_process
from app.commands.output import print_json, terminal_progress
from app.domain.errors import InputError
from app.domain.work import CancelToken, Progress
from app.settings import Paths, find_paths
from app.visit.choice import Choice
from app.wiring import build

if TYPE_CHECKING:
    from app.audio.sound_source import SoundSource
    from app.insight.bench_visit import Bench
    from app.insight.live_run import Program
    from app.models.store import ModelStore


def run_visit(arguments: argparse.Namespace) -> int:
    """Measure a visit."""
    from app.insight.bench_visit import bench_visit

    _within("speed", arguments.speed, 0.1, 1000)
    return _measure(
        arguments,
        lambda progress: bench_visit(
            _bench(arguments),
            arguments.audio,
            speed=arguments.speed,
            against_plain=arguments.against_plain,
            offline=arguments.offline,
            draft=arguments.draft,
            progress=progress,
            cancel=CancelToken(),
        ),
    )


def run_record(arguments: argparse.Namespace) -> int:
    """Measure the recorder."""
    from app.insight.bench_record import bench_record

    _within("number of seconds", arguments.seconds, 1, 3600)
    return _measure(
        arguments,
        lambda progress: bench_record(
            arguments.device, seconds=arguments.seconds, progress=progress, cancel=CancelToken()
        ),
    )


def run_kills(arguments: argparse.Namespace) -> int:
    """Kill recordings, or a vault's mixed writing."""
    from app.insight.bench_kills import bench_kills

    _within("number of kills", arguments.times, 1, 10_000)
    if arguments.vault:
        return _run_vault_kills(arguments)
    if (arguments.audio is None) == (arguments.device is None):
        raise InputError(
            "Name either a recording or a microphone.", "bench kills AUDIO, or bench kills --device default."
        )
    return _measure(
        arguments,
        lambda progress: bench_kills(
            arguments.audio,
            None if arguments.device == "default" else arguments.device,
            times=arguments.times,
            seed=arguments.seed,
            progress=progress,
            cancel=CancelToken(),
        ),
    )


def _run_vault_kills(arguments: argparse.Namespace) -> int:
    from app.insight.bench_vault_kills import bench_vault_kills

    if arguments.audio is not None or arguments.device is not None:
        raise InputError("A vault's kills need no recording.", "bench kills --vault --times 200.")
    return _measure(
        arguments,
        lambda progress: bench_vault_kills(
            times=arguments.times, seed=arguments.seed, progress=progress, cancel=CancelToken()
        ),
    )


def run_vault(arguments: argparse.Namespace) -> int:
    """Measure a vault with many visits."""
    from app.insight.bench_vault import bench_vault

    _within("number of encounters", arguments.encounters, 10, 100_000)
    return _measure(
        arguments, lambda progress: bench_vault(arguments.encounters, progress=progress, cancel=CancelToken())
    )


def run_server(arguments: argparse.Namespace) -> int:
    """Measure sharing through the policy's server, whose database must be empty."""
    from app.commands.server import read_dsn, server_password
    from app.domain.syncing import ServerAddress
    from app.insight.bench_server import bench_server
    from app.policy import load_policy

    shared = load_policy().shared_database
    if shared is None:
        raise InputError("The policy names no shared database.", "Name an empty one in a policy of its own.")
    _within("number of drafts", arguments.drafts, 1, 1000)
    _within("number of encounters", arguments.encounters, 0, 100_000)
    address = ServerAddress(shared.host, shared.port, shared.database, shared.ca_file)
    user, password = read_dsn(arguments.dsn_file).user, server_password()
    return _measure(
        arguments,
        lambda progress: bench_server(
            address,
            user,
            password,
            drafts=arguments.drafts,
            encounters=arguments.encounters,
            progress=progress,
            cancel=CancelToken(),
        ),
    )


def run_long(arguments: argparse.Namespace) -> int:
    """Measure memory over a long visit."""
    from app.insight.bench_long import bench_long

    _within("number of hours", arguments.hours, 0.01, 8)
    _within("speed", arguments.speed, 0.1, 100)
    return _measure(
        arguments,
        lambda progress: bench_long(
            _bench(arguments),
            arguments.audio,
            hours=arguments.hours,
            speed=arguments.speed,
            progress=progress,
            cancel=CancelToken(),
        ),
    )


def run_draft(arguments: argparse.Namespace) -> int:
    """Measure the draft of a long visit."""
    from app.insight.bench_draft import bench_draft

    _within("number of minutes", arguments.minutes, 0.1, 480)
    with engine_process(arguments) as (engine, cancel):
        return _measure(
            arguments,
            lambda progress: bench_draft(
                arguments.data,
                minutes=arguments.minutes,
                engine=engine,
                choice=choice_from(arguments),
                progress=progress,
                cancel=cancel,
            ),
        )


def run_quiet(arguments: argparse.Namespace) -> int:
    """Count the words in sounds without speech."""
    from app.insight.bench_quiet import bench_quiet

    _within("number of seconds", arguments.seconds, 1, 3600)
    models, choice = find_paths(arguments.data_dir).models, choice_from(arguments)
    folder = _store(models).open(choice.speech_model)
    return _measure(
        arguments,
        lambda progress: bench_quiet(
            folder, models, choice, seconds=arguments.seconds, progress=progress, cancel=CancelToken()
        ),
    )


def run_window(arguments: argparse.Namespace) -> int:
    """Measure the window during a live visit."""
    from app.insight.bench_window import bench_window

    _within("number of seconds", arguments.seconds, 1, 3600)
    return _measure(
        arguments,
        lambda progress: bench_window(arguments.audio, seconds=arguments.seconds, progress=progress),
    )


def run_engines(arguments: argparse.Namespace) -> int:
    """Measure language models one after the other."""
    from app.insight.bench_engines import bench_engines

    store = _store(find_paths(arguments.data_dir).models)
    named = arguments.models or [Choice().language_model]
    return _print(arguments, bench_engines({model: store.open(model) for model in dict.fromkeys(named)}))


def run_start(arguments: argparse.Namespace) -> int:
    """Measure the window's start."""
    from app.insight.bench_start import bench_start

    return _print(arguments, bench_start(find_paths(arguments.data_dir).data))


def run_cancel(arguments: argparse.Namespace) -> int:
    """Measure cancelling: while a model loads, while speech is read, while a draft is written."""
    from app.insight.bench_cancel import bench_cancel

    figures = bench_cancel(arguments.audio, find_paths(arguments.data_dir).models, choice_from(arguments))
    return _print(arguments, figures)


def _measure(arguments: argparse.Namespace, bench: Callable[[Progress], dict[str, object]]) -> int:
    """Run a measurement that reports its progress, and print its figures."""
    progress = terminal_progress(quiet=arguments.json)
    figures = bench(progress)
    progress(1.0, "measured")
    return _print(arguments, figures)


def _bench(arguments: argparse.Namespace) -> "Bench":
    from app.insight.bench_visit import Bench

    choice, models = choice_from(arguments), find_paths(arguments.data_dir).models
    store = _store(models)

    def open_program(folder: Path, passphrase: str, source: "SoundSource") -> "Program":
        return _open_program(Paths(data=folder, models=models), choice, passphrase, source)

    return Bench(open_program, store.open(choice.speech_model), store.open(choice.language_model), choice)


def _store(models: Path) -> "ModelStore":
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    return ModelStore(models, Catalogue.load())


def _open_program(paths: Paths, choice: Choice, passphrase: str, source: "SoundSource") -> "Program":
    from app.insight.live_run import Program

    application = build(paths)
    application.sound_source = lambda _choice: source
    session, _code = application.create_vault("bench", "Bench", passphrase)
    recordings = application.recordings(session, choice)

    def close() -> None:
        try:
            application.close()
        finally:
            session.close()

    runner = application.visits(session, choice)
    return Program(session, runner, recordings, application.engine, application.ears, application.prepared, close)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"The {name} must lie between {low:g} and {high:g}.", "See 'anamnesis bench --help'.")


def _print(arguments: argparse.Namespace, figures: dict[str, object]) -> int:
    if arguments.json:
        print_json(figures)
        return 0
    from app.insight.aims import lines

    aims = figures.pop("aims", {})
    print(f"measured {time.strftime('%Y-%m-%d %H:%M')}")
    print("\n".join(lines(figures, aims if isinstance(aims, dict) else {})))
    return 0
