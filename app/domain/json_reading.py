"""Strict reading of JSON values: every refusal names the place, never the content."""

import math
from collections.abc import Iterable, Mapping
from typing import cast

from app.domain.errors import InputError, VersionError


def refused(problem: str) -> InputError:
    """The error for a value that does not follow its format; `problem` names the place, never the content."""
    return InputError(
        f"The file does not follow its format: {problem}.", "Write it again with the program that made it."
    )


def check_schema(top: Mapping[str, object], known: str, what: str) -> None:
    """Raises `InputError` if `top` says another schema, `VersionError` if it says another version of `known`."""
    family, _, _ = known.rpartition("/")
    found = member(top, "schema", "")
    if found == known:
        return
    if isinstance(found, str) and found.startswith(f"{family}/"):
        raise VersionError(
            f"The {what} has a format version that this program does not know (it reads {known}).",
            "Update Anamnesis, or write the file again in that version.",
        )
    raise refused(f'schema is not "{known}"')


def check_unique(ids: Iterable[str], what: str) -> None:
    """Raises `InputError` naming the position of the first id that was used before."""
    seen: set[str] = set()
    for position, identifier in enumerate(ids):
        if identifier in seen:
            raise refused(f"{what} number {position + 1} has an id that was used before")
        seen.add(identifier)


def read_object(data: object, where: str) -> Mapping[str, object]:
    """Return a JSON object. Raises `InputError`."""
    if not isinstance(data, dict):
        raise refused(f"{where} is not an object")
    return cast("Mapping[str, object]", data)


def member(item: Mapping[str, object], key: str, where: str) -> object:
    """Return the value under `key`. Raises `InputError` if it is missing."""
    if key not in item:
        raise refused(f"{where}.{key} is missing" if where else f"{key} is missing")
    return item[key]


def read_list(data: object, where: str) -> list[object]:
    """Return a JSON list. Raises `InputError`."""
    if not isinstance(data, list):
        raise refused(f"{where} is not a list")
    return cast("list[object]", data)


def read_string(data: object, where: str) -> str:
    """Return a text that may be empty. Raises `InputError`."""
    if not isinstance(data, str):
        raise refused(f"{where} is not a text")
    # A lone surrogate passes through JSON escapes and then fails wherever the text is stored or printed.
    if any("\ud800" <= c <= "\udfff" for c in data):
        raise refused(f"{where} holds half a character")
    return data


def read_text(data: object, where: str) -> str:
    """Return a text with something in it. Raises `InputError`."""
    text = read_string(data, where)
    if not text.strip():
        raise refused(f"{where} is empty")
    return text


def read_texts(data: object, where: str) -> tuple[str, ...]:
    """Return a list of texts, none empty. Raises `InputError`."""
    return tuple(read_text(item, f"{where}[{i}]") for i, item in enumerate(read_list(data, where)))


def read_number(data: object, where: str) -> float:
    """Return a finite number. Raises `InputError`."""
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise refused(f"{where} is not a number")
    try:
        number = float(data)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise refused(f"{where} is not a finite number")
    return number


def read_seconds(data: object, where: str) -> float:
    """Return a time or length in seconds, 0 or more. Raises `InputError`."""
    number = read_number(data, where)
    if number < 0:
        raise refused(f"{where} is negative")
    return number


def read_span(item: Mapping[str, object], where: str) -> tuple[float, float]:
    """Return `start` and `end` in seconds. Raises `InputError` if the end is before the start."""
    start = read_seconds(member(item, "start", where), f"{where}.start")
    end = read_seconds(member(item, "end", where), f"{where}.end")
    if end < start:
        raise refused(f"{where}.end is before its start")
    return start, end


def read_one_of(allowed: list[str], data: object, where: str) -> str:
    """Return one of the allowed texts. Raises `InputError`."""
    if (value := read_string(data, where)) not in allowed:
        raise refused(f"{where} is not one of {', '.join(allowed)}")
    return value
