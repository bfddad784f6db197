"""What was said: words, utterances, transcript. Times are seconds from the start of the recording."""

from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Who speaks, as far as known."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `p` is the recogniser's probability, 0 to 1."""

    start: float
    end: float
    text: str
    p: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech by one speaker; `id` is unique in its transcript."""

    id: str
    start: float
    end: float
    speaker: Speaker
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Transcript:
    """All utterances of a recording of `duration` seconds, in order.

    `notices` are sentences about the recording itself (for example that it was cut), never its content.
    """

    duration: float
    language: str
    model: str
    utterances: tuple[Utterance, ...]
    notices: tuple[str, ...] = ()

    def utterance(self, utterance_id: str) -> Utterance | None:
        """Return the utterance with this id, or None."""
        return next((u for u in self.utterances if u.id == utterance_id), None)
