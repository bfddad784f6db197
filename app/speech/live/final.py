"""What live transcription gives out for good, and takes back after its process had crashed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.live import FinalText
from app.domain.recording import HeardWindow


@dataclass(frozen=True, slots=True)
class WindowFinal:
    """A window whose words are final, with the text to show.

    `state` is a JSON object that holds what the end of the visit needs of this window (phrases, voices).
    """

    window: HeardWindow
    text: FinalText
    state: dict[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EarlierWindow:
    """A window that was final before. `state` is None if it was lost with the program that was recording."""

    window: HeardWindow
    state: Mapping[str, object] | None = field(repr=False)
