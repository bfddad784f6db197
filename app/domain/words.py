"""A recognised word. Times are seconds from the start of the recording."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `p` is the recogniser's probability, 0 to 1."""

    start: float
    end: float
    text: str
    p: float
