"""What the hub said about files that the catalogue does not pin: written beside them, checked at every use."""

import json
import os
from pathlib import Path

from app.domain.errors import ModelDamagedError
from app.models.catalogue import ModelFile

RECORD = "hub-record.json"
_FORMAT = 1


def read_record(folder: Path) -> dict[str, ModelFile]:
    """Return the recorded files of a model's folder by name, empty if there is no record.

    Raises:
        ModelDamagedError: the record is unreadable.
    """
    path = folder / RECORD
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        rows = {_FORMAT: document["files"]}[document["format"]]
        return {name: ModelFile(name, int(row["size"]), str(row["sha256"])) for name, row in dict(rows).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelDamagedError(
            f"The record of digests {path} cannot be read.", f"Fetch it again: `anamnesis models fetch {folder.name}`."
        ) from error


def add_to_record(folder: Path, file: ModelFile, origin: str) -> None:
    """Record a file's size and digest, and where they came from (`repository@commit`)."""
    try:
        known = read_record(folder)
    except ModelDamagedError:
        known = {}
    known[file.name] = file
    document = {
        "format": _FORMAT,
        "origin": origin,
        "files": {name: {"size": row.size, "sha256": row.sha256} for name, row in sorted(known.items())},
    }
    partial = folder / (RECORD + ".partial")
    with partial.open("w", encoding="utf-8") as target:
        json.dump(document, target, indent=1)
        target.flush()
        os.fsync(target.fileno())
    partial.replace(folder / RECORD)
