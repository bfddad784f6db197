"""Files of labelled visits: one JSON object a line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from app.domain.errors import InputError

T = TypeVar("T")


def labelled_lines(path: Path, read: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    """Yield what `read` makes of each line's object; nothing if the file is not there.

    Raises `InputError` with the line's number where it is no object or `read` finds it incomplete (`KeyError`,
    `ValueError`, `TypeError`, `AttributeError`).
    """
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield read(_object(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InputError(f"{path.name}, line {number}, cannot be read.", "Fetch the file again.") from error


def _object(line: str) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value
