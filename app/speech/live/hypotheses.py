"""Text after the last final word, while people talk.

A region is the speech since the last settled pause. It is heard again and again as it grows; words on which two
hearings in a row agree are settled (Macháček, Dabre, Bojar: "Turning Whisper into Real-Time Transcription System",
2023) and stay as they are until the final text. What is heard after a pause settles all words before it.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from app.domain.live import Correction, Hypothesis
from app.domain.words import Word
from app.speech.attempts import moved
from app.speech.inventions import unheard_speech, without_inventions
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
_TOO_LONG = 12.0  # seconds of a region without a pause after which agreed sentences are heard no more
_UNHEARD = 0.8  # seconds of voice without a word that call for a careful hearing
_TIME_ERROR = 0.05  # seconds
_LEAST_VOICE = 0.15  # seconds of voice that are worth hearing


class Hypotheses:
    """What is shown after the last final word: settled words, words agreed on, and tentative ones."""

    def __init__(self, recogniser: Recogniser, vocabulary: Sequence[str], final: float = 0.0) -> None:
        self._recogniser = recogniser
        self._vocabulary = tuple(vocabulary)
        self._final = final
        self._settled: list[Word] = []  # before the region
        self._promised: list[Word] = []  # what was shown as settled when it settled: final text is compared with it
        self._agreed: list[Word] = []  # the beginning of the region
        self._tentative: list[Word] = []  # the rest of it
        self._heard: list[Word] = []  # the last hearing of the region
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

    def run(self, sound: SoundBuffer, activity: ActivityStream, language: str) -> Hypothesis:
        """Hear the region as far as it is known."""
        start = self._start(activity)
        assert start is not None  # noqa: S101 `due` was asked before
        quiet = activity.quiet_for >= PAUSE
        end = min(sound.end, activity.last_voice + PAD if quiet else activity.now)
        start = max(start, end - _LONGEST)
        self._region, self._last_run, self._covered = start, activity.now, activity.last_voice
        samples, view = sound.cut(start, end), activity.view()
        heard = moved(self._recogniser.hear_quickly(samples, language, self._vocabulary), start)
        if quiet and unheard_speech(heard, view) >= _UNHEARD:
            again = self._recogniser.hear_quickly(samples, language, self._vocabulary, careful=True)
            careful = moved(again, start)
            heard = min(heard, careful, key=lambda h: unheard_speech(h, view))
        kept, _ = without_inventions(heard, view)
        self._agree(kept, complete=quiet)
        return self.shown()

    def settle_after_pause(self, activity: ActivityStream) -> bool:
        """Settle all words of the region once a pause is long enough. Returns whether anything changed."""
        if self._region is None or activity.last_voice > self._covered:
            return False
        long = activity.now - self._region > _LONG
        if activity.quiet_for < (_SHORT_PAUSE if long else _SETTLING_PAUSE):
            return False
        fresh = bool(self._tentative)
        self._settle_all(self._covered)
        return fresh

    def break_off(self, now: float) -> None:
        """Hear nothing of what was said until `now` (seconds) together with what comes."""
        self._settle_all(now)

    def improve(self, until: float, words: Sequence[Word]) -> bool:
        """Show a better hearing of everything up to a pause at `until`. Returns whether anything changed."""
        if self._region is not None and self._region < until - _TIME_ERROR:
            return False  # the pause has not settled yet
        later = [w for w in self._settled if _middle(w) > until]
        better = [w for w in words if _middle(w) > self._final]
        changed = [plain(w) for w in (*better, *later)] != [plain(w) for w in self._settled]
        self._settled = [*better, *later]
        return changed

    def finalise(self, until: float, words: Sequence[Word]) -> tuple[Correction, ...]:
        """Give way to the final words of everything up to a time; return how they differ from what was settled."""
        found = corrections([w for w in (*self._promised, *self._agreed) if _middle(w) <= until], words)
        self._promised = [w for w in self._promised if _middle(w) > until]
        self._settled = [w for w in self._settled if _middle(w) > until]
        self._agreed = [w for w in self._agreed if _middle(w) > until]
        self._tentative = [w for w in self._tentative if _middle(w) > until]
        self._heard = [w for w in self._heard if _middle(w) > until]
        self._final = until
        self._anchor = max(self._anchor, until)
        if self._region is not None and self._region < until:
            self._region = until if self._covered > until else None
        if self._region is None:
            self._settle([*self._agreed, *self._tentative])
            self._agreed, self._tentative, self._heard = [], [], []
        return found

    def shown(self) -> Hypothesis:
        """Return what is to be shown now."""
        settled = "".join(w.text for w in (*self._settled, *self._agreed)).strip()
        return Hypothesis(self._final, settled, "".join(w.text for w in self._tentative).strip())

    def _settle_all(self, until: float) -> None:
        self._settle([*self._agreed, *self._tentative])
        self._agreed, self._tentative, self._heard = [], [], []
        self._anchor, self._region = until, None

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
        same = 0
        limit = min(len(self._heard), len(words) if complete else len(words) - 1)
        while same < limit and plain(self._heard[same]) == plain(words[same]):
            same += 1
        self._heard = words
        if same > len(self._agreed):
            self._agreed = words[:same]
        self._tentative = words[_continues_at(self._agreed, words) :]
        if self._region is not None and self._last_run - self._region > _TOO_LONG:
            self._settle_sentences()

    def _settle(self, words: Sequence[Word]) -> None:
        self._settled += words
        self._promised += words

    def _settle_sentences(self) -> None:
        """Let the region begin after the last sentence that was agreed on."""
        ends = [i for i, w in enumerate(self._agreed, 1) if w.text.rstrip()[-1:] in {".", "?", "!"}]
        if not ends:
            return
        cut = self._agreed[ends[-1] - 1].end
        self._settle(self._agreed[: ends[-1]])
        self._agreed = self._agreed[ends[-1] :]
        self._heard = [w for w in self._heard if w.start >= cut - _TIME_ERROR]
        self._region = self._anchor = cut


def _continues_at(agreed: Sequence[Word], words: Sequence[Word]) -> int:
    """Return the number of the word of a new hearing that follows those agreed on."""
    if not agreed:
        return 0
    known, fresh = [plain(w) for w in agreed], [plain(w) for w in words]
    if fresh[: len(known)] == known:
        return len(known)
    blocks = SequenceMatcher(None, known, fresh, autojunk=False).get_matching_blocks()
    last = max((b for b in blocks if b.size), key=lambda b: b.a, default=None)
    if last is not None and last.a + last.size == len(known):
        return last.b + last.size
    return next((i for i, w in enumerate(words) if _middle(w) > agreed[-1].end), len(words))


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
