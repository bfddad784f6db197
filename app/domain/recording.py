"""What belongs to a recording besides its sound: consent, marks on its time line, and text that is already final."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.words import Word


class MarkKind(StrEnum):
    """What a mark on the time line says."""

    LOSS = "loss"
    """Sound that was spoken but not recorded: overflow, a device that was gone, a sleeping computer."""
    PAUSE = "pause"
    """The person paused the recording."""
    MUTE = "mute"
    """Sound silenced on purpose (an aside); it lies within the recording as silence."""
    INTERRUPTION = "interruption"
    """The program ended without stopping the recording (power cut, crash); `length` is not known exactly."""
    BOOKMARK = "bookmark"
    """The person marked a moment as important."""
    DEVICE = "device"
    """From here on another microphone is heard; `detail` names it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at `at` seconds of recorded sound.

    `length` in seconds: time that is missing (loss, pause, interruption: missing time takes no room on the recording's
    time line) or covered (mute: from `at` to `at + length`); 0 for a moment. `detail` is a short English phrase.
    """

    kind: MarkKind
    at: float
    length: float = 0.0
    detail: str = ""


GAPS = frozenset({MarkKind.LOSS, MarkKind.PAUSE, MarkKind.INTERRUPTION, MarkKind.DEVICE})
"""Marks at which sound before and after does not belong together: nothing may be recognised across them."""


@dataclass(frozen=True, slots=True)
class HeardWindow:
    """Words that are final for the sound from `start` to `end` (seconds); nothing in it is recognised again.

    `left_out` are sentences that name stretches whose text was left out as a likely invention, by their time.
    """

    start: float
    end: float
    words: tuple[Word, ...]
    left_out: tuple[str, ...] = ()


def gap_times(entries: Iterable[Mark | HeardWindow]) -> list[float]:
    """Return where the gaps of a recording are (seconds), by its marks or its journal."""
    return [entry.at for entry in entries if isinstance(entry, Mark) and entry.kind in GAPS]


class ConsentDecision(StrEnum):
    """What the patient decided about being recorded."""

    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ConsentMethod(StrEnum):
    """How consent was expressed."""

    VERBAL = "verbal"
    WRITTEN = "written"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Consent:
    """A decision about recording. `who` decided (patient, or the guardian's name); `wording` is the version asked with.

    `method` is None for a refusal or a withdrawal. GDPR article 7(1): the controller can demonstrate consent.
    """

    decision: ConsentDecision
    method: ConsentMethod | None
    who: str
    wording: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnfinishedRecording:
    """A recording that was cut off by a crash or power cut; `recorded` in seconds."""

    encounter_id: str
    title: str
    started_at: datetime
    recorded: float
