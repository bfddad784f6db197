"""Counts words in what was heard where nobody spoke."""

from collections.abc import Mapping
from typing import Any

from app.domain.live import Hypothesis
from app.engine.live_codec import HeardUntil, part_from_json


class WordsShown:
    """Takes the parts of a live transcription and remembers the most words that stood on the screen at once."""

    def __init__(self) -> None:
        self._final = 0
        self.most = 0

    def __call__(self, part: dict[str, Any]) -> None:
        """Take a part of `live_codec`."""
        heard = part_from_json(part)
        if isinstance(heard, HeardUntil):
            return
        tentative = 0
        if isinstance(heard, Hypothesis):
            tentative = len(f"{heard.settled} {heard.tentative}".split())
        else:
            self._final += len(heard.window.words)
        self.most = max(self.most, self._final + tentative)


def quiet_figures(heard: Mapping[str, Mapping[str, int]]) -> dict[str, object]:
    """Return the totals of each way and the words by sound."""
    ways = sorted({way for words in heard.values() for way in words})
    totals: dict[str, object] = {way: sum(words.get(way, 0) for words in heard.values()) for way in ways}
    return {**totals, "by_sound": {name: dict(words) for name, words in heard.items()}}
