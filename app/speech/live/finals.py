"""Windows become final text as in a file: Whisper, a second attempt where needed, guards against inventions."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.words import Word
from app.speech.attempts import is_doubtful, moved, notice, second_attempt
from app.speech.inventions import without_inventions
from app.speech.live.activity import ActivityStream
from app.speech.live.language import SpokenLanguage
from app.speech.live.planner import next_window
from app.speech.live.sound import SoundBuffer
from app.speech.recogniser import Heard, Recogniser
from app.speech.voice_activity import Span, VoiceActivity

_AT_THE_END = 16.0  # seconds: what is left at the end is heard in halves side by side, which is quicker


@dataclass(frozen=True, slots=True)
class FinalWindow:
    """A window whose text is final; `speaking` says that it ends within speech."""

    window: Span
    words: tuple[Word, ...]
    left_out: tuple[str, ...]
    activity: VoiceActivity
    speaking: bool


@dataclass(slots=True)
class _Pending:
    window: Span
    activity: VoiceActivity
    speaking: bool
    heard: Heard | None = None
    doubtful: bool = False


class FinalWindows:
    """Plans windows and recognises them, one unit of model work at a time."""

    def __init__(
        self, recogniser: Recogniser, language: SpokenLanguage, vocabulary: Sequence[str], longest: float
    ) -> None:
        self._recogniser = recogniser
        self._language = language
        self._vocabulary = tuple(vocabulary)
        self._longest = longest
        self._pending: list[_Pending] = []

    @property
    def keep_from(self) -> float | None:
        """The start of the oldest sound that is still needed (seconds)."""
        return self._pending[0].window.start if self._pending else None

    def plan(self, activity: ActivityStream, *, over: bool = False) -> bool:
        """Take windows that are complete, as many as are heard side by side; return whether there is work."""
        while len(self._pending) < self._recogniser.batch:
            view = activity.view()
            longest = self._longest
            if over and view.spans and view.spans[-1].end - view.spans[0].start <= longest:
                longest = _AT_THE_END
            window = next_window(view, activity.opened, activity.now, longest, over=over)
            if window is None:
                break
            self._pending.append(_Pending(window, view, activity.settle(window.end)))
        return bool(self._pending)

    def work(self, sound: SoundBuffer) -> FinalWindow | None:
        """Do one unit of work; return the oldest window if it is final now."""
        first = self._pending[0]
        if first.heard is None:
            self._hear(sound)
        elif first.doubtful:
            start = first.window.start
            samples = sound.cut(start, first.window.end)
            heard, language = first.heard, self._language.code
            first.heard = second_attempt(self._recogniser, samples, heard, first.activity, language, start)
            first.doubtful = False
        return None if first.doubtful else self._finished()

    def _hear(self, sound: SoundBuffer) -> None:
        waiting = [p for p in self._pending if p.heard is None]
        start = waiting[0].window.start
        samples = sound.cut(start, waiting[-1].window.end)
        for p in waiting:
            language = self._language.judge(sound.cut(p.window.start, p.window.end))
        windows = [Span(p.window.start - start, p.window.end - start) for p in waiting]
        for p, heard in zip(waiting, self._recogniser.hear(samples, windows, language, self._vocabulary), strict=True):
            p.heard = moved(heard, start)
            p.doubtful = is_doubtful(p.heard, p.activity, self._vocabulary)

    def _finished(self) -> FinalWindow:
        done = self._pending.pop(0)
        assert done.heard is not None  # noqa: S101 heard before it is finished
        words, dropped = without_inventions(done.heard, done.activity)
        return FinalWindow(done.window, tuple(words), tuple(notice(d) for d in dropped), done.activity, done.speaking)
