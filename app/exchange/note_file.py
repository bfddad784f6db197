"""Note files: the JSON contract, or plain text or Markdown that a splitter cuts into statements."""

from collections.abc import Callable
from pathlib import Path

from app.domain.codec import note_from_json
from app.domain.errors import InputError
from app.domain.note import Note
from app.exchange.input_file import is_json, parse_json, read_text_file


def read_note(path: Path, split: Callable[[str], Note]) -> Note:
    """Read a note file (UTF-8, at most 50 MB); `split` makes a note of plain text or Markdown.

    Raises:
        InputError: the file is missing, a folder, empty, too large, no text, or breaks its format; names the place.
        VersionError: it is a note of a version that this program does not know.
        MachineError: the system refuses to read it.
    """
    text = read_text_file(path, "note")
    if is_json(path, text):
        return note_from_json(parse_json(text, "note"))
    note = split(text)
    if next(note.statements(), None) is None:
        raise InputError("The note holds no statements.", "Check that it is the right file.")
    return note
