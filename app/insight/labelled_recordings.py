"""Labelled recordings: which file holds what, and how a line of it is read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import InputError
from app.domain.transcript import Speaker

_ROLES = {"doctor": Speaker.CLINICIAN, "patient": Speaker.PATIENT}


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said, without times."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class LabelledRecording:
    """A recording with its true text; `turns` is empty where only the text is known."""

    id: str
    audio: Path
    text: str
    turns: tuple[Turn, ...] = ()


def read_recordings(data: Path, *names: str) -> list[LabelledRecording]:
    """Read the recordings listed in those of the named JSON Lines files that lie in a folder.

    Raises:
        InputError: no such folder, none of the files is there, or a line is not what it should be.
    """
    if not data.is_dir():
        raise InputError(f"There is no folder {data}.", "Name the folder of the labelled set.")
    present = [data / name for name in names if (data / name).is_file()]
    if not present:
        raise InputError(f"{data} holds none of the files {', '.join(names)}.", "Name the folder of the labelled set.")
    recordings = [recording for path in present for recording in _read(path)]
    if not recordings:
        raise InputError(f"{', '.join(p.name for p in present)} list no recording.", "Add labelled recordings.")
    return recordings


def _read(path: Path) -> Iterator[LabelledRecording]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            turns = tuple(
                Turn(_ROLES.get(str(t["speaker"]).lower(), Speaker.OTHER), str(t["text"]))
                for t in item.get("turns", ())
            )
            text = " ".join(t.text for t in turns) if turns else str(item["text"])
            yield LabelledRecording(str(item["id"]), path.parent / str(item["audio"]), text, turns)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"Line {number} of {path.name} is not a labelled recording.", "Correct the file."
            ) from None


@dataclass(frozen=True, slots=True)
class TimedRecording:
    """A recording with the times of its speakers in an RTTM file."""

    id: str
    audio: Path
    rttm: Path


def read_timed_recordings(path: Path) -> list[TimedRecording]:
    """Read `diarization.jsonl`. Raises `InputError`."""
    recordings = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            item = json.loads(line)
            rttm, audio = path.parent / str(item["rttm"]), path.parent / str(item["audio"])
            recordings.append(TimedRecording(str(item["id"]), audio, rttm))
        except (ValueError, KeyError, TypeError):
            raise InputError(f"Line {number} of {path.name} is not a timed recording.", "Correct the file.") from None
    if not recordings:
        raise InputError(f"{path.name} lists no recording.", "Add labelled recordings.")
    return recordings
