"""Gaps in a recording: places where sound is missing, and the silence that is put there for recognition.

On the recording's time line a gap takes no room, so recognition would join what was said before and after it into words
that nobody said. Inside speech recognition every gap is therefore `SILENCE` seconds long; `GapMap` maps times.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from app.domain.transcript import Utterance
from app.domain.words import Word
from app.speech.utterances import Phrase
from app.speech.voice_activity import RATE, Span

SILENCE = 4.0
"""Seconds put into every gap: 125 frames of the voice activity model, and longer than `windows.MAX_GAP` with the
surroundings of speech on both sides, so that it ends windows, stretches of speech, phrases and utterances."""

_DIGITS = 9  # of a second; what adding and taking away whole seconds may leave behind is smaller
_SLACK = 0.001  # frames; as above


class GapMap:
    """Times of a recording (without room for gaps) and of the sound that is recognised (with it), in seconds."""

    def __init__(self, gaps: Iterable[float] = ()) -> None:
        """`gaps` are seconds on the recording's time line in any order; what is not after its beginning is none."""
        self._frames: list[int] = []
        for at in gaps:
            self.add(at)

    @property
    def frames(self) -> Sequence[int]:
        """The gaps in order, each by the number of the first frame behind it."""
        return self._frames

    def add(self, at: float) -> bool:
        """Take one more gap; return False if there is none to take, or it is known."""
        frame = round(at * RATE)
        if frame <= 0 or frame in self._frames:
            return False
        insort(self._frames, frame)
        return True

    def recorded(self, time: float) -> float:
        """Map a time of the recognised sound back; within the silence of a gap, the gap."""
        number = bisect_right(self._frames, time, key=self._silence_at)
        if number == 0:
            return time
        gap = self._frames[number - 1] / RATE
        back = max(gap, round(time - number * SILENCE, _DIGITS))
        return back if number == len(self._frames) else min(back, self._frames[number] / RATE)

    def begins(self, time: float) -> float:
        """Map where something begins to the recognised sound: at a gap, behind its silence."""
        return time + bisect_right(self._frames, time * RATE + _SLACK) * SILENCE

    def ends(self, time: float) -> float:
        """Map where something ends to the recognised sound: at a gap, before its silence."""
        return time + bisect_left(self._frames, time * RATE - _SLACK) * SILENCE

    def holds_sound(self, span: Span) -> bool:
        """Whether any of a span of the recognised sound was recorded."""
        return self.recorded(span.end) > self.recorded(span.start)

    def inside(self, start: float, end: float) -> list[float]:
        """The gaps (seconds) strictly between two times of the recording."""
        return [f / RATE for f in self._frames if round(start * RATE) < f < round(end * RATE)]

    def widened(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return a whole recording, float32 [n], with silence in its gaps."""
        pieces = np.split(samples, [f for f in self._frames if f < len(samples)])
        silence = np.zeros(round(SILENCE * RATE), np.float32)
        return np.concatenate([pieces[0], *(part for piece in pieces[1:] for part in (silence, piece))])

    def recorded_word(self, word: Word) -> Word:
        """Map a word back."""
        return replace(word, start=self.recorded(word.start), end=self.recorded(word.end))

    def recorded_phrase(self, phrase: Phrase) -> Phrase:
        """Map a phrase back."""
        return Phrase(tuple(self.recorded_word(w) for w in phrase.words))

    def recorded_utterance(self, utterance: Utterance) -> Utterance:
        """Map an utterance back."""
        return replace(
            utterance,
            start=self.recorded(utterance.start),
            end=self.recorded(utterance.end),
            words=tuple(self.recorded_word(w) for w in utterance.words),
        )

    def _silence_at(self, frame: int) -> float:
        return frame / RATE + bisect_left(self._frames, frame) * SILENCE
