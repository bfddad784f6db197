"""Files that a person names: opened, bounded, decoded; every way they can be wrong is one clear line."""

import json
from pathlib import Path

from app.domain.errors import InputError, MachineError
from app.exchange.one_line import one_line

SIZE_LIMIT = 50_000_000
"""Bytes. A visit of two hours with word times takes about 3 MB."""

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TEXT_CONTROLS = frozenset("\t\n\r\f\v\x1b\x1c\x1d\x1e\x85")


def read_text_file(path: Path, what: str) -> str:
    """Return the text of a UTF-8 file, with or without byte order mark; `what` names it in errors ("transcript").

    Raises:
        InputError: missing, a folder, empty, larger than `SIZE_LIMIT`, not UTF-8, or not text at all.
        MachineError: the system refuses to read it.
    """
    raw = _read_bytes(path, what)
    name = one_line(path.name)
    if raw.startswith(_BYTE_ORDER_MARKS):
        raise InputError(f"The {what} {name} is UTF-16 text.", "Save it as UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The cause is left out: it would carry the bytes themselves.
        position = error.start
    else:
        _check_is_text(text, name, what)
        return text
    if _looks_binary(raw):
        raise InputError(f"The {what} {name} is not a text file.", "Give JSON or plain text.")
    raise InputError(f"The {what} {name} is not UTF-8 text (byte {position}).", "Save it as UTF-8.")


def is_json(path: Path, text: str) -> bool:
    """Whether a file's text is to be read as JSON: it is called .json or begins with a brace."""
    return path.suffix.lower() == ".json" or text.lstrip().startswith("{")


def parse_json(text: str, what: str) -> object:
    """Return the parsed JSON. Raises `InputError` for broken JSON, a key given twice, or absurd nesting."""
    try:
        value: object = json.loads(text, object_pairs_hook=_object_without_twins)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
    except _TwinKeyError:
        raise InputError(f"The {what} has an object in which a key stands twice.", "Write the file again.") from None
    except ValueError:
        raise InputError(f"The {what} has a number with too many digits.", "Write the file again.") from None
    except RecursionError:
        raise InputError(f"The {what} is nested too deeply to be one.", "Check that it is the right file.") from None
    else:
        return value
    raise InputError(f"The {what} is not valid JSON ({place}).", "It may have been cut; write it again.")


class _TwinKeyError(ValueError):
    """An object holds a key twice; one of the two values would be lost silently."""


def _object_without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwinKeyError
    return found


def _read_bytes(path: Path, what: str) -> bytes:
    name = one_line(path.name)
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        raise InputError(f"The {what} {name} does not exist.", "Check the path.") from None
    except IsADirectoryError:
        raise InputError(f"The {what} {name} is a folder.", "Name a file.") from None
    except ValueError as error:
        raise InputError(f"The {what} has an impossible file name.", "Check the path.") from error
    except OSError as error:
        if path.is_dir():  # Windows reports a folder as a refused permission.
            raise InputError(f"The {what} {name} is a folder.", "Name a file.") from None
        raise MachineError(
            f"The {what} {name} cannot be read: {error.strerror or 'unknown reason'}.", "Check its permissions."
        ) from error
    if len(raw) > SIZE_LIMIT:
        raise InputError(f"The {what} {name} is larger than {SIZE_LIMIT // 1_000_000} MB.", "Is it the right file?")
    if not raw.strip():
        raise InputError(f"The {what} {name} is empty.", "Check that it was written completely.")
    return raw


def _check_is_text(text: str, name: str, what: str) -> None:
    if not text.strip():
        raise InputError(f"The {what} {name} is empty.", "Check that it was written completely.")
    if "\0" in text or _control_share(text) > 0.05:
        raise InputError(f"The {what} {name} is not a text file.", "Give JSON or plain text.")


def _looks_binary(raw: bytes) -> bool:
    sample = raw[:65_536].decode("latin-1")
    return "\0" in sample or _control_share(sample) > 0.05


def _control_share(text: str) -> float:
    sample = text[:65_536]
    return sum(c < " " and c not in _TEXT_CONTROLS for c in sample) / len(sample)
