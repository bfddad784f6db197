"""What was said: words, utterances, transcript. Times are seconds from the start of the recording."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.recording import Mark
from app.domain.words import Word


class Speaker(StrEnum):
    """Who speaks, as far as known."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    OTHER = "other"
    UNKNOWN = "unknown"


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

    `notices` are sentences about the recording itself (for example that it was cut), never its content. `marks` are
    its gaps, pauses and bookmarks in order.
    """

    duration: float
    language: str
    model: str
    utterances: tuple[Utterance, ...]
    notices: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()

    def utterance(self, utterance_id: str) -> Utterance | None:
        """Return the utterance with this id, or None."""
        return next((u for u in self.utterances if u.id == utterance_id), None)
