"""`anamnesis models`: list, fetch, verify and import model files."""

import argparse
from pathlib import Path

from app.commands.output import print_json, terminal_progress
from app.domain.errors import InputError, ModelDamagedError, ModelMissingError
from app.models import Catalogue, ModelState, ModelStore
from app.policy import load_policy
from app.server_policy import ORGANISATION, LanguageServer
from app.settings import find_paths
from app.visit.choice import language_model_of


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    parser = subparsers.add_parser("models", help="list, fetch, verify and import model files")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="all models of the catalogue and whether they are here")
    listing.add_argument("--json", action="store_true", help="print JSON")

    fetching = actions.add_parser("fetch", help="download models and check their digests")
    fetching.add_argument("ids", nargs="*", metavar="ID", help="a model of the catalogue")
    fetching.add_argument("--recommended", action="store_true", help="the models that suit this machine")
    fetching.add_argument("--all-defaults", action="store_true", help="the models that every machine can run")

    verifying = actions.add_parser("verify", help="compare the digests of model files with the catalogue")
    verifying.add_argument("ids", nargs="*", metavar="ID", help="by default all that are here")
    verifying.add_argument("--json", action="store_true", help="print JSON")

    importing = actions.add_parser("import", help="take models from a folder, zip or tar archive")
    importing.add_argument("path", type=Path, metavar="PATH")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the action. Raises declared errors."""
    store = ModelStore(find_paths(arguments.data_dir).models, Catalogue.load())
    if arguments.action == "list":
        return _list(store, as_json=arguments.json)
    if arguments.action == "fetch":
        return _fetch(store, arguments)
    if arguments.action == "verify":
        return _verify(store, arguments.ids, as_json=arguments.json)
    return _import(store, arguments.path)


def _list(store: ModelStore, *, as_json: bool) -> int:
    rows: list[dict[str, object]] = [
        {
            "id": entry.id,
            "task": entry.task,
            "state": store.state(entry.id).value,
            "default": entry.default,
            "gpu": entry.gpu,
            "gated": entry.gated,
            "pinned": entry.pinned,
            "size": entry.size,
            "memory_mb": entry.memory_mb,
            "engine": entry.engine,
            "licence": entry.licence,
            "source": entry.source,
            "revision": entry.revision,
        }
        for entry in store.catalogue
    ]
    server = load_policy().language_server
    if as_json:
        print_json({"folder": str(store.root), "models": rows, "server": None if server is None else _named(server)})
        return 0
    print(f"Model files lie in {store.root}\n")
    print(f"{'ID':<24} {'TASK':<9} {'STATE':<8} {'SIZE':>8} {'MEMORY':>9}  LICENCE")
    for entry in store.catalogue:
        size = f"{entry.size / 1e6:.0f} MB" if all(file.size for file in entry.files) else "?"
        marks = [word for word, on in (("default", entry.default), ("GPU", entry.gpu), ("gated", entry.gated)) if on]
        note = f" ({', '.join(marks)})" if marks else ""
        state = store.state(entry.id).value
        print(f"{entry.id:<24} {entry.task:<9} {state:<8} {size:>8} {entry.memory_mb:>6} MB  {entry.licence}{note}")
    if server is not None:
        print(f"{ORGANISATION:<24} language  {server.model} on the organisation's server {server.address}")
    print(f"\nDrafts are written by {language_model_of(load_policy())} unless another model is named.")
    return 0


def _named(server: LanguageServer) -> dict[str, str]:
    return {"id": ORGANISATION, "model": server.model, "address": server.address, "prefer": server.prefer}


def _fetch(store: ModelStore, arguments: argparse.Namespace) -> int:
    ids: list[str] = list(arguments.ids)
    if arguments.all_defaults:
        ids += [entry.id for entry in store.catalogue.defaults()]
    if arguments.recommended:
        from app.models.hardware import find_hardware, recommended

        ids += [entry.id for entry in recommended(store.catalogue, find_hardware())]
    if not ids:
        raise InputError("No model is named.", "Name one of `anamnesis models list`, or give --all-defaults.")
    fetched = store.fetch(ids, terminal_progress(quiet=False))
    for model_id in dict.fromkeys(ids):
        print(f"{model_id}: {'fetched' if model_id in fetched else 'already here'}, digests match")
    return 0


def _verify(store: ModelStore, ids: list[str], *, as_json: bool) -> int:
    here = [entry.id for entry in store.catalogue if store.folder(entry.id).is_dir()]
    checks = store.verify(ids or here, terminal_progress(quiet=as_json))
    if as_json:
        rows = [
            {"model": check.model, "file": check.file, "state": check.state.value, "reason": check.reason}
            for check in checks
        ]
        print_json({"folder": str(store.root), "files": rows})
    else:
        for check in checks:
            note = f" ({check.reason})" if check.state is ModelState.DAMAGED else ""
            print(f"{check.model}/{check.file}: {check.state.value}{note}")
    bad = [check for check in checks if check.state is not ModelState.PRESENT]
    if bad:
        names = ", ".join(f"{check.model}/{check.file}" for check in bad)
        kind = ModelDamagedError if any(check.state is ModelState.DAMAGED for check in bad) else ModelMissingError
        models = " ".join(dict.fromkeys(check.model for check in bad))
        raise kind(f"Missing or damaged: {names}.", f"Run `anamnesis models fetch {models}`.")
    return 0


def _import(store: ModelStore, path: Path) -> int:
    report = store.import_from(path, terminal_progress(quiet=False))
    for name in report.imported:
        print(f"{name}: imported, digest matches")
    for name in report.present:
        print(f"{name}: already here")
    if report.refused:
        raise ModelDamagedError(f"Refused: {', '.join(report.refused)}.", "Copy the publisher's file again.")
    return 0
