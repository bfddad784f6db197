"""Diarisation error rate: who spoke when, scored in frames of 10 ms."""

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.errors import InputError

FRAME = 0.01  # seconds

Segment = tuple[float, float, Hashable]
"""Start and end in seconds, and the speaker."""


@dataclass(frozen=True, slots=True)
class DiarisationErrors:
    """Seconds of missed, false and confused speech, and of reference speech (each speaker counted)."""

    missed: float
    false_alarm: float
    confused: float
    speech: float

    @property
    def rate(self) -> float:
        """All errors over reference speech."""
        return (self.missed + self.false_alarm + self.confused) / self.speech if self.speech else 0.0

    def __add__(self, other: "DiarisationErrors") -> "DiarisationErrors":
        return DiarisationErrors(
            self.missed + other.missed,
            self.false_alarm + other.false_alarm,
            self.confused + other.confused,
            self.speech + other.speech,
        )


NO_DIARISATION_ERRORS = DiarisationErrors(0.0, 0.0, 0.0, 0.0)


def diarisation_errors(
    reference: Sequence[Segment], hypothesis: Sequence[Segment], duration: float, *, overlap: bool = True
) -> DiarisationErrors:
    """Score a diarisation without collar under the best one-to-one assignment of voices (NIST RT-09).

    Args:
        reference: true segments; speakers may overlap.
        hypothesis: found segments.
        duration: seconds of the recording; nothing after it counts.
        overlap: count frames in which the reference has more than one speaker.
    """
    true, found = _activity(reference, duration), _activity(hypothesis, duration)
    if not overlap:
        single = true.sum(axis=0) <= 1
        true, found = true[:, single], found[:, single]
    said, heard = true.sum(axis=0), found.sum(axis=0)
    correct = _best_match(true.astype(np.int64) @ found.T.astype(np.int64))
    return DiarisationErrors(
        missed=float(np.maximum(said - heard, 0).sum()) * FRAME,
        false_alarm=float(np.maximum(heard - said, 0).sum()) * FRAME,
        confused=(float(np.minimum(said, heard).sum()) - correct) * FRAME,
        speech=float(said.sum()) * FRAME,
    )


def _activity(segments: Sequence[Segment], duration: float) -> npt.NDArray[np.bool_]:
    speakers = list(dict.fromkeys(s[2] for s in segments))
    active = np.zeros((len(speakers), round(duration / FRAME)), bool)
    for start, end, speaker in segments:
        active[speakers.index(speaker), round(start / FRAME) : round(end / FRAME)] = True
    return active


def _best_match(shared: npt.NDArray[np.int64]) -> float:
    """The largest sum of shared frames under a one-to-one assignment; fit for a handful of speakers."""
    few, many = (shared, shared.shape[1]) if shared.shape[0] <= shared.shape[1] else (shared.T, shared.shape[0])
    rows = range(few.shape[0])
    return float(
        max(
            (
                sum(few[r, c] for r, c in zip(rows, p, strict=True))
                for p in itertools.permutations(range(many), len(rows))
            ),
            default=0,
        )
    )


def read_rttm(path: Path) -> list[Segment]:
    """Read speaker segments (Rich Transcription Time Marked, NIST). Raises `InputError`."""
    segments: list[Segment] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = line.split()
            if fields and fields[0] == "SPEAKER":
                segments.append((float(fields[3]), float(fields[3]) + float(fields[4]), fields[7]))
    except (OSError, ValueError, IndexError):
        raise InputError(f"{path.name} is not a readable RTTM file.", "Correct the labelled set.") from None
    return segments
