"""When this machine last made a backup: a small file in the vault's folder, readable before anybody signs in."""

import json
from datetime import datetime
from pathlib import Path

from app.domain.records import LastBackup
from app.vault.machine_errors import declared
from app.vault.safe_files import replace_file

NAME = "vault.last-backup"
SCHEMA = "anamnesis.last-backup/1"
_LARGEST = 65_536


def write_last(folder: Path, last: LastBackup) -> None:
    """Remember it. Raises `DiskFullError`, `MachineError`."""
    value = {"schema": SCHEMA, "at": last.made_at.isoformat(), "size": last.size, "folder": str(last.folder)}
    data = json.dumps(value).encode()
    replace_file(folder / NAME, data, "remember when the backup was made")


def read_last(folder: Path) -> LastBackup | None:
    """None if none is remembered, or if the file cannot be understood: it is a reminder, nothing rests on it.

    Raises `MachineError`.
    """
    with declared("read when the last backup was made"):
        try:
            with (folder / NAME).open("rb") as file:
                data = file.read(_LARGEST)
        except FileNotFoundError:
            return None
    try:
        value = json.loads(data)
        made_at = datetime.fromisoformat(value["at"])
        if value["schema"] != SCHEMA or made_at.tzinfo is None:
            return None
        return LastBackup(made_at, int(value["size"]), Path(str(value["folder"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
