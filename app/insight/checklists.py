"""Checklists of what a clinician found worth noting in a visit, read from a folder of labelled data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import InputError

CHECKLIST_FILE = "primock57_checklists.jsonl"


@dataclass(frozen=True, slots=True)
class Item:
    """One fact. `above` are the items that it is a detail of, outermost first; `section` is such as PMH or DH."""

    text: str
    section: str
    importance: str
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The facts of one visit as one clinician listed them; `visit` is the visit's id, `clinician` who it was."""

    visit: str
    clinician: int
    variant: int
    items: tuple[Item, ...]


def read_checklists(data: Path) -> list[Checklist]:
    """Read `primock57_checklists.jsonl` of a folder; none if it is not there.

    Raises `InputError` if a line cannot be read.
    """
    path = data / CHECKLIST_FILE
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            items = tuple(_items(row["items"]))
            found.append(Checklist(str(row["id"]), int(row["clinician"]), int(row["variant"]), items))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path.name}, line {number}, cannot be read.", "Fetch the file again.") from error
    return found


def _items(rows: list[dict[str, Any]]) -> Iterator[Item]:
    above: list[tuple[int, str]] = []
    for row in rows:
        text, depth = str(row["text"]), int(row["depth"])
        while above and above[-1][0] >= depth:
            above.pop()
        yield Item(text, str(row.get("section") or ""), str(row["importance"]), tuple(t for _, t in above))
        above.append((depth, text))
