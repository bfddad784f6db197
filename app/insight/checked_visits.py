"""The visits on which the checks are measured, and those on which their rules may be tuned. They never overlap."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.insight.labelled_lines import labelled_lines
from app.insight.labelled_visits import LabelledVisit, transcript_from_turns

_TUNING_EVERY = 6
"""Every n-th of the 1,201 short dialogues is enough."""


@dataclass(frozen=True, slots=True)
class CheckedVisit:
    """A labelled visit and the name of the set that it belongs to."""

    set: str
    visit: LabelledVisit


def visits_to_measure(data: Path) -> list[CheckedVisit]:
    """Return the validation visits, the mock consultations and every other interview of a folder, as far as there.

    Raises `InputError` if none is there or a line cannot be read.
    """
    visits = [
        *_rows(data / "acibench_valid.jsonl", "acibench", "dialogue", "note"),
        *_rows(data / "primock57.jsonl", "primock57", "transcript", "note"),
        *list(_interviews(data))[0::2],
    ]
    if not visits:
        raise InputError("The folder has no labelled visits.", "It needs acibench_valid.jsonl or primock57.jsonl.")
    return visits


def visits_to_tune(data: Path) -> list[CheckedVisit]:
    """Return the training visits, some short dialogues and the other half of the interviews.

    Raises `InputError` if none is there or a line cannot be read.
    """
    visits = [
        *_rows(data / "acibench_train.jsonl", "acibench", "dialogue", "note"),
        *list(_rows(data / "mts_dialog_train.jsonl", "mts", "dialogue", "section_text"))[::_TUNING_EVERY],
        *list(_interviews(data))[1::2],
    ]
    if not visits:
        raise InputError("The folder has no visits for tuning.", "It needs acibench_train.jsonl.")
    return visits


def _rows(path: Path, name: str, talk: str, note: str) -> Iterator[CheckedVisit]:
    def read(row: dict[str, Any]) -> CheckedVisit:
        visit = LabelledVisit(str(row["id"]), transcript_from_turns(str(row[talk])), str(row[note]))
        return CheckedVisit(name, visit)

    return labelled_lines(path, read)


def _interviews(data: Path) -> Iterator[CheckedVisit]:
    """Interviews have no note: their true statements are what the patient said."""

    def read(row: dict[str, Any]) -> CheckedVisit:
        talk = "\n".join(f"{turn['speaker']}: {' '.join(turn['text'].split())}" for turn in row["turns"])
        return CheckedVisit("interviews", LabelledVisit(str(row["id"]), transcript_from_turns(talk), ""))

    return labelled_lines(data / "osce_transcripts.jsonl", read)
