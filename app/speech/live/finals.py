"""Windows become final text as in a file: Whisper, a second attempt where needed, guards against inventions.

The model's work is handed to an executor, so that hypotheses need not wait for it. In pauses the speech that is not
final yet is heard in advance: if the visit ends there, its last text is ready.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from app.domain.words import Word
from app.speech.attempts import is_doubtful, moved, notice, second_attempt
from app.speech.gaps import GapMap
from app.speech.inventions import without_inventions
from app.speech.live.activity import ActivityStream
from app.speech.live.language import SpokenLanguage
from app.speech.live.planner import next_window
from app.speech.live.sound import SoundBuffer
from app.speech.recogniser import Heard, Recogniser
from app.speech.voice_activity import Span, VoiceActivity

_AT_THE_END = 16.0  # seconds: what is left at the end is heard in halves side by side, which is quicker
_TAIL_PAUSE = 0.5  # seconds of silence after which what is not final yet is heard in advance
_TAIL_GROWTH = 6.0  # seconds of sound more than the last time that are worth it


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


class FinalWindows:
    """Plans windows and has them recognised, oldest first. `executor` None: the caller's thread does the work."""

    def __init__(
        self,
        recogniser: Recogniser,
        language: SpokenLanguage,
        vocabulary: Sequence[str],
        longest: float,
        gaps: GapMap,
        executor: Executor | None = None,
    ) -> None:
        self._recogniser = recogniser
        self._language = language
        self._vocabulary = tuple(vocabulary)
        self._longest = longest
        self._gaps = gaps
        self._executor = executor
        self._pending: list[_Pending] = []
        self._running: Future[list[Heard]] | None = None
        self._running_for: list[_Pending] = []
        self._tail: _Pending | None = None
        self._told: _Pending | None = None

    @property
    def keep_from(self) -> float | None:
        """The start of the oldest sound that is still needed (seconds)."""
        return self._pending[0].window.start if self._pending else None

    def plan(self, activity: ActivityStream, *, over: bool = False) -> bool:
        """Take windows that are complete, as many as are heard side by side; return whether there is work."""
        while len(self._pending) < self._recogniser.batch:
            view = activity.view()
            if over and self._use_tail(activity, view):
                continue
            longest = self._longest
            if over and view.spans and view.spans[-1].end - view.spans[0].start <= longest:
                longest = _AT_THE_END
            window = next_window(view, activity.opened, activity.now, longest, over=over)
            if window is None:
                break
            speaking = activity.settle(window.end)
            if self._gaps.holds_sound(window):
                self._pending.append(_Pending(window, view, speaking))
        return bool(self._pending)

    def work(self, sound: SoundBuffer, *, wait: bool = False) -> FinalWindow | None:
        """Go on with the work; return the oldest window if it is final now (with `wait`: once it is)."""
        while self._pending[0].heard is None:
            self._begin([p for p in self._pending if p.heard is None], sound)
            if not self._take(wait=wait):
                return None
        done = self._pending.pop(0)
        assert done.heard is not None  # noqa: S101 the loop above ended
        words, dropped = without_inventions(done.heard, done.activity)
        return FinalWindow(
            done.window, tuple(words), tuple(notice(d, self._gaps) for d in dropped), done.activity, done.speaking
        )

    def heard_ahead(self) -> tuple[float, list[Word]] | None:
        """Return the words that `hear_ahead` has brought and the end of their sound, once."""
        tail = self._tail
        if tail is None or self._told is tail or not self._take(wait=False) or tail.heard is None:
            return None
        self._told = tail
        return tail.window.end, without_inventions(tail.heard, tail.activity)[0]

    def hear_ahead(self, activity: ActivityStream, sound: SoundBuffer) -> None:
        """In a pause, hear what is not final yet as if the visit ended here."""
        if self._executor is None or self._pending or activity.quiet_for < _TAIL_PAUSE or not self._take(wait=False):
            return
        view = activity.view()
        if activity.opened is not None or not view.spans:
            return
        window = Span(view.spans[0].start, view.spans[-1].end)
        known = self._tail.window if self._tail is not None and self._tail.window.start == window.start else None
        grown = window.end - (window.start if known is None else known.end)
        if grown >= _TAIL_GROWTH and window.length <= self._longest:
            self._tail = _Pending(window, view, speaking=False)
            self._begin([self._tail], sound)

    def _from_tail(self, window: Span) -> _Pending | None:
        """What was heard ahead, if it turns out to be exactly this window."""
        if self._tail is None or self._tail.window != window:
            return None
        tail, self._tail = self._tail, None
        return tail

    def _use_tail(self, activity: ActivityStream, view: VoiceActivity) -> bool:
        tail, self._tail = self._tail, None
        if tail is None or not view.spans or tail.window.start != view.spans[0].start:
            return False
        if not any(abs(span.end - tail.window.end) < 1e-6 for span in view.spans):
            return False
        tail.speaking = activity.settle(tail.window.end)
        self._pending.append(tail)
        return True

    def _begin(self, waiting: Sequence[_Pending], sound: SoundBuffer) -> None:
        """Hand windows to the executor, unless it is busy."""
        if self._running is not None:
            return
        task = self._task(waiting, sound)
        self._running_for = list(waiting)
        if self._executor is not None:
            self._running = self._executor.submit(task)
            return
        self._running = Future()
        self._running.set_result(task())

    def _task(self, waiting: Sequence[_Pending], sound: SoundBuffer) -> Callable[[], list[Heard]]:
        """Everything the work needs, cut out of the sound now."""
        start = waiting[0].window.start
        samples = sound.cut(start, waiting[-1].window.end)
        for p in waiting:
            language = self._language.judge(sound.cut(p.window.start, p.window.end))
        windows = [Span(p.window.start - start, p.window.end - start) for p in waiting]
        activities = [p.activity for p in waiting]

        def work() -> list[Heard]:
            found = []
            heard = self._recogniser.hear(samples, windows, language, self._vocabulary)
            for first, activity in zip(heard, activities, strict=True):
                best = moved(first, start)
                if is_doubtful(best, activity, self._vocabulary):
                    best = second_attempt(self._recogniser, samples, best, activity, language, start)
                found.append(best)
            return found

        return work

    def _take(self, *, wait: bool) -> bool:
        """Take over what the executor has done; False if it is busy. Raises what recognition raised."""
        if self._running is None:
            return True
        if not (wait or self._running.done()):
            return False
        running, self._running = self._running, None
        for p, heard in zip(self._running_for, running.result(), strict=True):
            p.heard = heard
        self._running_for = []
        return True
