"""`anamnesis evaluate`: figures on a labelled set, beside the plain way where there is one."""

import argparse
from functools import partial
from pathlib import Path

from app.commands.choices import choice_from, engine_process
from app.commands.output import print_json, terminal_progress
from app.domain.errors import InputError
from app.domain.work import CancelToken, Progress
from app.settings import find_paths


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("evaluate", help="figures on a labelled set", description=__doc__)
    parser.add_argument("kind", choices=["speech", "speakers", "notes", "checks", "judge"])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", dest="speech_model", default="whisper-base", metavar="ID", help="speech model")
    notes = parser.add_argument_group("notes and the judge")
    notes.add_argument("--language-model", metavar="ID", help="language model")
    notes.add_argument("--template", metavar="ID", help="note type")
    notes.add_argument("--set", choices=["aci", "primock", "asr"], help="one set of visits; without it aci and primock")
    notes.add_argument("--limit", type=_at_least_one, metavar="N", help="at most so many visits of each set")
    notes.add_argument(
        "--plain", action=argparse.BooleanOptionalAction, default=True, help="the plain way beside ours (slow)"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print."""
    if not arguments.data.is_dir():
        raise InputError(f"{arguments.data.name} is no folder.", "Name the folder of labelled data with --data.")
    progress = terminal_progress(quiet=arguments.json)
    result = _evaluate(arguments, progress)
    progress(1.0, "evaluated")
    if arguments.json:
        print_json(result)
    else:
        _print_table(result)
    return 0


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _evaluate(arguments: argparse.Namespace, progress: Progress) -> dict[str, object]:
    cancel = CancelToken()
    if arguments.kind == "checks":
        from app.insight.evaluate_checks import evaluate_checks

        return evaluate_checks(arguments.data, progress, cancel)
    if arguments.kind == "judge":
        return _judge(arguments, progress, cancel)
    if arguments.kind == "notes":
        return _notes(arguments, progress)
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    store = ModelStore(find_paths(arguments.data_dir).models, Catalogue.load())
    speech, speaker = store.open(arguments.speech_model), store.open("speaker-ge2e")
    if arguments.kind == "speech":
        from app.insight.evaluate_speech import evaluate_speech

        return evaluate_speech(
            arguments.data, model_folder=speech, speaker_model=speaker, progress=progress, cancel=cancel
        )
    from app.insight.evaluate_speakers import evaluate_speakers

    return evaluate_speakers(
        arguments.data, model_folder=speech, speaker_model=speaker, progress=progress, cancel=cancel
    )


def _judge(arguments: argparse.Namespace, progress: Progress, cancel: CancelToken) -> dict[str, object]:
    from app.drafting.engines.loading import load_language_model
    from app.insight.evaluate_judge import evaluate_judge
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    store = ModelStore(find_paths(arguments.data_dir).models, Catalogue.load())
    model = load_language_model(store.open(choice_from(arguments).language_model))
    try:
        return evaluate_judge(arguments.data, model, progress, cancel)
    finally:
        model.close()


def _notes(arguments: argparse.Namespace, progress: Progress) -> dict[str, object]:
    from app.insight.evaluate_notes import evaluate_notes
    from app.insight.plain_notes import plain_notes
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    choice = choice_from(arguments)
    plain_way = None
    if arguments.plain:
        store = ModelStore(find_paths(arguments.data_dir).models, Catalogue.load())
        plain_way = partial(plain_notes, store.open(choice.language_model))
    with engine_process(arguments) as (engine, cancel):
        return evaluate_notes(
            arguments.data,
            engine=engine,
            choice=choice,
            open_plain_way=plain_way,
            only=arguments.set,
            limit=arguments.limit,
            progress=progress,
            cancel=cancel,
        )


def _print_table(result: dict[str, object]) -> None:
    figures, plain = result["figures"], result.get("plain")
    plain = plain if isinstance(plain, dict) else {}
    if isinstance(figures, dict):
        print(f"{'figure':<36} {'ours':>10} {'plain way':>10}")
        for name, value in figures.items():
            beside = f"{plain[name]:>10.4f}" if name in plain else f"{'':>10}"
            print(f"{name:<36} {value:>10.4f} {beside}")
    notices = result.get("notices")
    for notice in notices if isinstance(notices, list) else []:
        print(notice)
