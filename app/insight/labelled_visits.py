"""Visits with reference notes, read from a folder of labelled data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.domain.transcript import Speaker, Transcript, Utterance

_SPEAKERS = {
    "doctor": Speaker.CLINICIAN,
    "clinician": Speaker.CLINICIAN,
    "patient": Speaker.PATIENT,
    "guest_family": Speaker.OTHER,
}


@dataclass(frozen=True, slots=True)
class LabelledVisit:
    """A visit: its transcript (no true times) and the note that a clinician wrote."""

    id: str
    transcript: Transcript
    note: str


def read_visits(data: Path) -> list[LabelledVisit]:
    """Read `acibench_valid.jsonl` and `primock57.jsonl` of a folder, as far as they are there.

    Raises `InputError` if neither is there or a line cannot be read.
    """
    visits = [*_read(data / "acibench_valid.jsonl", "dialogue"), *_read(data / "primock57.jsonl", "transcript")]
    if not visits:
        raise InputError("The folder has no labelled visits.", "It needs acibench_valid.jsonl or primock57.jsonl.")
    return visits


def _read(path: Path, field: str) -> Iterator[LabelledVisit]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row: dict[str, Any] = json.loads(line)
                yield LabelledVisit(str(row["id"]), transcript_from_turns(str(row[field])), str(row["note"]))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path.name}, line {number}, cannot be read.", "Fetch the file again.") from error


def transcript_from_turns(dialogue: str) -> Transcript:
    """Read '[doctor] …' or 'Doctor: …' lines; utterances get the ids u1, u2, … and one second each."""
    utterances: list[Utterance] = []
    for line in dialogue.splitlines():
        text = line.strip()
        if not text:
            continue
        speaker, said = _turn(text)
        start = float(len(utterances))
        utterances.append(Utterance(f"u{len(utterances) + 1}", start, start + 1.0, speaker, said))
    return Transcript(float(len(utterances)), "en", "reference", tuple(utterances))


def _turn(text: str) -> tuple[Speaker, str]:
    name, mark, rest = text[1:].partition("]") if text.startswith("[") else text.partition(":")
    known = _SPEAKERS.get(name.strip().lower())
    if mark and known is not None:
        return known, rest.strip()
    return (Speaker.OTHER, rest.strip()) if text.startswith("[") and mark else (Speaker.UNKNOWN, text)
