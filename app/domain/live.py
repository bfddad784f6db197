"""What a visit that is being recorded tells whoever watches it. Events come from any thread, in order."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.recording import Mark
from app.domain.transcript import Utterance


@dataclass(frozen=True, slots=True)
class Levels:
    """About ten times a second: `elapsed` seconds recorded; per channel `peak` and `rms`, 0 to 1 of full scale."""

    elapsed: float
    peak: tuple[float, ...]
    rms: tuple[float, ...]


class AlarmKind(StrEnum):
    """What can go wrong while recording."""

    NOTHING_HEARD = "nothing-heard"
    CLIPPING = "clipping"
    DEVICE_GONE = "device-gone"
    DEVICE_BACK = "device-back"
    """The chosen microphone is there again while another one is used: offer it."""
    SOUND_LOST = "sound-lost"
    DISK_LOW = "disk-low"
    TEXT_LATE = "text-late"
    """The live transcript fell behind or its process was restarted; the sound is safe."""
    STORAGE = "storage"
    """Marks or live text cannot be stored at the moment; they are tried again, and the sound goes on."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A warning that begins (`active`) or ends; one line each for what is wrong and what to do."""

    kind: AlarmKind
    active: bool
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Final text differs from what was shown as settled: at `at` seconds `before` became `after`."""

    at: float
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Text after the last final word: `settled` by agreement of two hypotheses, `tentative` may still change."""

    start: float
    settled: str
    tentative: str


@dataclass(frozen=True, slots=True)
class FinalText:
    """Everything heard up to `until` seconds is final. `utterances` replace those shown from `since` seconds on.

    Words before `since` never change; speakers and the cut into utterances are suggestions until the visit is stopped.
    """

    since: float
    until: float
    utterances: tuple[Utterance, ...]
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The draft is prepared up to `until` seconds: so many `passages` of the visit were answered ahead."""

    until: float
    passages: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark was set on the time line."""

    mark: Mark


class StopReason(StrEnum):
    """Why a recording stopped without being asked to."""

    DISK_FULL = "disk-full"
    STORAGE_FAILED = "storage-failed"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The recording stopped by itself, with everything saved that could be."""

    reason: StopReason
    message: str
    remedy: str


LiveEvent = Levels | Alarm | Hypothesis | FinalText | Prepared | Marked | Stopped
Observer = Callable[[LiveEvent], None]


def ignore_events(_event: LiveEvent) -> None:
    """Watch nothing."""
