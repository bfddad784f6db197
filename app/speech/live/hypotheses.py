"""Text after the last final word, while people talk.

A region is the speech since the last settled pause. It is heard again and again as it grows; words on which two
hearings in a row agree are settled (Macháček, Dabre, Bojar: "Turning Whisper into Real-Time Transcription System",
2023) and given to the next hearing, so that they never change before the final text.
"""

from collections.abc import Sequence

from app.domain.live import Correction, Hypothesis
from app.domain.transcript import Word
from app.speech.attempts import moved
from app.speech.inventions import without_inventions
from app.speech.live.activity import ActivityStream
from app.speech.live.corrections import corrections, plain
from app.speech.live.sound import SoundBuffer
from app.speech.recogniser import Recogniser
from app.speech.voice_activity import PAD

PAUSE = 0.2
"""Seconds of silence after which speech is heard at once."""
EVERY = 1.0
"""Seconds between two hearings of speech that goes on."""

_SETTLING_PAUSE = 0.5  # seconds of silence that settle all words before it
_LONG = 10.0  # a region this long (seconds) is settled by a shorter pause
_SHORT_PAUSE = 0.3
_LONGEST = 28.0  # seconds that one hearing can hold
_LEAST_VOICE = 0.15  # seconds of voice that are worth hearing
_CONTEXT = 200  # characters of earlier text


class Hypotheses:
    """What is shown after the last final word: settled words, words agreed on, and tentative ones."""

    def __init__(self, recogniser: Recogniser, vocabulary: Sequence[str], final: float = 0.0) -> None:
        self._recogniser = recogniser
        self._vocabulary = tuple(vocabulary)
        self._final = final
        self._settled: list[Word] = []
        self._agreed: list[Word] = []
        self._tentative: list[Word] = []
        self._anchor = final
        self._region: float | None = None
        self._covered = 0.0
        self._last_run = 0.0

    @property
    def region(self) -> float | None:
        """Where the open region begins (seconds), or None."""
        return self._region

    def due(self, activity: ActivityStream) -> bool:
        """Whether there is speech to be heard now."""
        start = self._start(activity)
        if start is None or activity.last_voice <= self._covered:
            return False
        if activity.quiet_for < PAUSE and activity.now - max(self._last_run, start) < EVERY:
            return False
        return activity.view().speech_seconds(start, activity.now) >= _LEAST_VOICE

    def due_after_pause(self, activity: ActivityStream) -> bool:
        """Whether somebody has just stopped speaking."""
        return activity.quiet_for >= PAUSE and self.due(activity)

    def run(self, sound: SoundBuffer, activity: ActivityStream, language: str, context: str) -> Hypothesis:
        """Hear the region as far as it is known."""
        start = self._start(activity)
        assert start is not None  # noqa: S101 `due` was asked before
        end = min(sound.end, activity.last_voice + PAD if activity.quiet_for >= PAUSE else activity.now)
        start = max(start, end - _LONGEST)
        self._region, self._last_run, self._covered = start, activity.now, activity.last_voice
        earlier = (context + "".join(w.text for w in self._settled)).strip()[-_CONTEXT:]
        given = "".join(w.text for w in self._agreed)
        heard = self._recogniser.hear_quickly(sound.cut(start, end), language, earlier, given, self._vocabulary)
        kept, _ = without_inventions(moved(heard, start), activity.view())
        self._agree(kept, complete=activity.quiet_for >= PAUSE)
        return self.shown()

    def settle_after_pause(self, activity: ActivityStream) -> bool:
        """Settle all words of the region once a pause is long enough. Returns whether anything changed."""
        if self._region is None or activity.last_voice > self._covered:
            return False
        long = activity.now - self._region > _LONG
        if activity.quiet_for < (_SHORT_PAUSE if long else _SETTLING_PAUSE):
            return False
        fresh = bool(self._tentative)
        self._settled += [*self._agreed, *self._tentative]
        self._agreed, self._tentative = [], []
        self._anchor, self._region = self._covered, None
        return fresh

    def finalise(self, until: float, words: Sequence[Word]) -> tuple[Correction, ...]:
        """Give way to the final words of everything up to a time; return how they differ from what was settled."""
        shown = [*self._settled, *self._agreed]
        found = corrections([w for w in shown if _middle(w) <= until], words)
        self._settled = [w for w in self._settled if _middle(w) > until]
        self._agreed = [w for w in self._agreed if _middle(w) > until]
        self._tentative = [w for w in self._tentative if _middle(w) > until]
        self._final = until
        self._anchor = max(self._anchor, until)
        if self._region is not None and self._region < until:
            self._region = until if self._covered > until else None
        return found

    def shown(self) -> Hypothesis:
        """Return what is to be shown now."""
        settled = "".join(w.text for w in (*self._settled, *self._agreed)).strip()
        return Hypothesis(self._final, settled, "".join(w.text for w in self._tentative).strip())

    def _start(self, activity: ActivityStream) -> float | None:
        if self._region is not None:
            return self._region
        starts = [max(s.start, self._anchor) for s in activity.spans() if s.end > self._anchor + PAD]
        if starts:
            return starts[0]
        if activity.opened is None or activity.last_voice <= self._anchor:
            return None
        return max(activity.opened, self._anchor)

    def _agree(self, words: list[Word], *, complete: bool) -> None:
        """Settle the words on which this hearing and the one before agree; the last word may be cut off."""
        known = len(self._agreed)
        before, now = self._tentative, words[known:]
        same = 0
        limit = min(len(before), len(now) if complete else len(now) - 1)
        while same < limit and plain(before[same]) == plain(now[same]):
            same += 1
        self._agreed = [*words[:known], *now[:same]]
        self._tentative = now[same:]


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def latest_text(words: Sequence[Word]) -> str:
    """Return the end of final text, as context for what follows."""
    return "".join(w.text for w in words[-40:])
