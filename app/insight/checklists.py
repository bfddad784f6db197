"""Checklists of what a clinician found worth noting in a visit, read from a folder of labelled data."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.insight.labelled_lines import labelled_lines

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
    return list(labelled_lines(data / CHECKLIST_FILE, _checklist))


def _checklist(row: dict[str, Any]) -> Checklist:
    items = tuple(_items(row["items"]))
    return Checklist(str(row["id"]), int(row["clinician"]), int(row["variant"]), items)


def _items(rows: list[dict[str, Any]]) -> Iterator[Item]:
    above: list[tuple[int, str]] = []
    for row in rows:
        text, depth = str(row["text"]), int(row["depth"])
        while above and above[-1][0] >= depth:
            above.pop()
        yield Item(text, str(row.get("section") or ""), str(row["importance"]), tuple(t for _, t in above))
        above.append((depth, text))
