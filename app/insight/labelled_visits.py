"""Visits with reference notes, read from a folder of labelled data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.transcript import Speaker, Transcript, Utterance
from app.exchange.speaker_labels import turn_lines
from app.insight.labelled_lines import labelled_lines

_SPEAKERS = {
    "doctor": Speaker.CLINICIAN,
    "clinician": Speaker.CLINICIAN,
    "patient": Speaker.PATIENT,
    "guest_family": Speaker.OTHER,
}

SETS: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "aci": ("acibench_valid.jsonl", "dialogue", {}),
    "primock": ("primock57.jsonl", "transcript", {}),
    "asr": ("acibench_asr_variants.jsonl", "dialogue", {"split": "valid", "variant": "asr"}),
}
"""Sets of visits: the file, the field with what was said, and which of the file's rows count (`asr`: as a recogniser
heard the visits of `aci`)."""


@dataclass(frozen=True, slots=True)
class LabelledVisit:
    """A visit: its transcript (no true times) and the note that a clinician wrote."""

    id: str
    transcript: Transcript
    note: str


def read_set(data: Path, name: str) -> list[LabelledVisit]:
    """Read the visits of one of `SETS`, as far as its file is there. Raises `InputError` if a line cannot be read."""
    file, field, only = SETS[name]

    def read(row: dict[str, Any]) -> LabelledVisit | None:
        if any(row[name] != value for name, value in only.items()):
            return None
        return LabelledVisit(str(row["id"]), transcript_from_turns(str(row[field])), str(row["note"]))

    return [visit for visit in labelled_lines(data / file, read) if visit is not None]


def read_raw_and_typed(data: Path) -> tuple[list[LabelledVisit], list[LabelledVisit], int]:
    """Return the visits of `asr` that differ from those of `aci`, the same visits of `aci`, and how many do not differ.

    Two rows are one visit if their notes are the same. What differs in no word compares nothing.
    Raises `InputError` if a line cannot be read.
    """
    typed = {visit.note: visit for visit in read_set(data, "aci")}
    raw = read_set(data, "asr")
    differing = [v for v in raw if v.note not in typed or _said(v) != _said(typed[v.note])]
    return differing, [typed[v.note] for v in differing if v.note in typed], len(raw) - len(differing)


def _said(visit: LabelledVisit) -> list[tuple[Speaker, str]]:
    return [(u.speaker, u.text) for u in visit.transcript.utterances]


def transcript_from_turns(dialogue: str) -> Transcript:
    """Read '[doctor] …' or 'Doctor: …' lines; utterances get the ids u1, u2, … and one second each."""
    utterances: list[Utterance] = []
    for line in turn_lines(dialogue):
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
