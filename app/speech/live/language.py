"""Which language is spoken, judged once from the first windows and kept."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from app.speech.recogniser import SURE_LANGUAGE, Recogniser

_VOTES = 3
_GUESSES = 3


class SpokenLanguage:
    """The language of final windows by up to three votes, and a guess for text before the first window is final."""

    def __init__(self, recogniser: Recogniser, given: str | None) -> None:
        self._recogniser = recogniser
        self._given = given
        self._votes: dict[str, float] = {}
        self._count = 0
        self._guess: str | None = None
        self._guesses = 0

    @property
    def code(self) -> str:
        """The language so far; `en` if nothing was heard."""
        if self._given is not None:
            return self._given
        return max(self._votes, key=lambda c: self._votes[c]) if self._votes else self._guess or "en"

    def judge(self, samples: npt.NDArray[np.float32]) -> str:
        """Return the language of a window, float32 [n], letting it vote while that is not settled."""
        if self._given is None and self._count < _VOTES:
            code, probability = self._recogniser.language_vote(samples)
            self._votes[code] = self._votes.get(code, 0.0) + probability
            self._count = _VOTES if probability > SURE_LANGUAGE else self._count + 1
        return self.code

    def guess(self, samples: npt.NDArray[np.float32]) -> str:
        """Return the likely language of a piece of speech for text that is not final."""
        if self._given is None and not self._votes and self._guesses < _GUESSES:
            self._guess, probability = self._recogniser.language_vote(samples)
            self._guesses = _GUESSES if probability > SURE_LANGUAGE else self._guesses + 1
        return self.code

    def state(self) -> dict[str, object]:
        """Return the votes as JSON."""
        return {"votes": dict(self._votes), "count": self._count}

    def restore(self, state: object) -> None:
        """Take back the votes; anything else is ignored, and the next window votes again."""
        if not isinstance(state, Mapping):
            return
        votes, count = state.get("votes"), state.get("count")
        if isinstance(votes, Mapping) and isinstance(count, int):
            self._votes, self._count = {str(c): float(v) for c, v in votes.items()}, count
