"""Transcript files: the JSON contract, or text lines with or without speaker labels."""

from pathlib import Path

from app.domain.codec import transcript_from_json
from app.domain.transcript import Transcript
from app.exchange.input_file import is_json, parse_json, read_text_file
from app.exchange.text_transcript import transcript_from_text


def read_transcript(path: Path) -> Transcript:
    """Read a transcript file (UTF-8, at most 50 MB); times in seconds. Text has no times: its notices say so.

    Raises:
        InputError: the file is missing, a folder, empty, too large, no text, or breaks its format; names the place.
        VersionError: it is a transcript of a version that this program does not know.
        MachineError: the system refuses to read it.
    """
    text = read_text_file(path, "transcript")
    if is_json(path, text):
        return transcript_from_json(parse_json(text, "transcript"))
    return transcript_from_text(text)
