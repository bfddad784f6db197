"""Reads the tab-separated tables of `resources/lexicon`."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from app.settings import RESOURCES

FOLDER: Path = RESOURCES / "lexicon"


def rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of each line of a table; lines that start with '#' are comments."""
    for line in (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


def forms(cell: str) -> list[str]:
    """Split a cell of several forms."""
    return [form.strip() for form in cell.split("|") if form.strip()]


@lru_cache(maxsize=1)
def _word_lists() -> dict[str, frozenset[str]]:
    return {row[0]: frozenset(row[1].split()) for row in rows("words")}


def words(name: str) -> frozenset[str]:
    """Return a list of single words of the table `words`."""
    return _word_lists()[name]


def number_words(kind: str) -> dict[str, float]:
    """Return number words of a kind (`unit`, `tens`, `ordinal`, `vague`) with their values."""
    return {row[1]: float(row[2]) for row in rows("numbers") if row[0] == kind}
