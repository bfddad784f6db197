"""Live transcription of a recording with gaps: nothing is recognised across one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.errors import EngineError
from app.domain.live import FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.transcript import Transcript
from app.domain.words import Word
from app.domain.work import CancelToken, Progress
from app.speech.gaps import SILENCE, GapMap
from app.speech.live.final import EarlierWindow, WindowFinal
from app.speech.live.transcriber import LiveTranscriber
from app.speech.voice_activity import RATE

StartListening = Callable[[Sequence[EarlierWindow], float], LiveTranscriber]
"""Makes the transcriber from earlier windows and the time of the first sample, both with room for gaps."""


class GappedTranscriber:
    """Feeds a `LiveTranscriber` with silence in every gap. All times outside are those of the recording.

    Sound behind a gap is handed on only when all that was said before it has been shown or is being made final.
    """

    def __init__(
        self,
        listen: StartListening,
        gaps: GapMap,
        *,
        channels: int = 1,
        earlier: Sequence[EarlierWindow] = (),
        sound_from: float = 0.0,
    ) -> None:
        """Begin; `gaps` are those known so far, the others as for `LiveTranscriber`."""
        self._gaps = gaps
        self._frame = 2 * channels
        self._position = round(sound_from * RATE)  # frames handed on
        self._next = sum(f < self._position for f in gaps.frames)  # the number of the gap that comes next
        self._waiting = bytearray()
        self._held = False
        opened = [EarlierWindow(_opened(e.window, gaps), e.state) for e in earlier]
        self._live = listen(opened, gaps.ends(sound_from))

    def feed(self, pcm: bytes) -> None:
        """Take sound: little-endian int16, 16 kHz, interleaved, in pieces of any length."""
        self._waiting += pcm
        self._hand_on()

    def gap(self, at: float) -> None:
        """From `at` seconds on the sound does not follow on what was before; told before the sound behind it is fed.

        Raises `EngineError` if that sound was looked at already: listening must begin again, with all gaps known.
        """
        late = round(at * RATE) < self._position
        if not self._gaps.add(at):
            return
        if late:
            raise EngineError("A gap in the sound was found too late.", "Try again.")
        self._hand_on()

    def step(self) -> Hypothesis | WindowFinal | None:
        """Do at most one unit of model work. None: nothing to do until more sound comes. Raises `EngineError`."""
        while (made := self._live.step()) is None and self._held:
            self._held = False
            self._live.break_off()
            self._hand_on()
        if isinstance(made, WindowFinal):
            return WindowFinal(_closed(made.window, self._gaps), self._text(made.text), made.state)
        return None if made is None else replace(made, start=self._gaps.recorded(made.start))

    def finish(self, progress: Progress, cancel: CancelToken) -> Transcript:
        """Recognise what is left and return the whole transcript. Raises `WorkCancelledError`, `EngineError`."""
        while self._held:
            self._held = False
            self._hand_on()
        made = self._live.finish(progress, cancel)
        utterances = tuple(self._gaps.recorded_utterance(u) for u in made.utterances)
        return replace(made, duration=self._gaps.recorded(made.duration), utterances=utterances)

    def _hand_on(self) -> None:
        """Feed what waits, up to the next gap; if that is reached, its silence, and hold what is behind it."""
        if self._held:
            return
        coming = self._gaps.frames[self._next : self._next + 1]
        whole = len(self._waiting) // self._frame
        frames = min(whole, coming[0] - self._position) if coming else whole
        self._live.feed(bytes(self._waiting[: frames * self._frame]))
        del self._waiting[: frames * self._frame]
        self._position += frames
        if coming and self._position == coming[0]:
            self._live.feed(bytes(round(SILENCE * RATE) * self._frame), recorded=False)
            self._next += 1
            self._held = True

    def _text(self, text: FinalText) -> FinalText:
        recorded = self._gaps.recorded
        return FinalText(
            recorded(text.since),
            recorded(text.until),
            tuple(self._gaps.recorded_utterance(u) for u in text.utterances),
            tuple(replace(c, at=recorded(c.at)) for c in text.corrections),
        )


def _closed(window: HeardWindow, gaps: GapMap) -> HeardWindow:
    """Map a window of the recognised sound to the recording."""
    words = tuple(gaps.recorded_word(w) for w in window.words)
    return replace(window, start=gaps.recorded(window.start), end=gaps.recorded(window.end), words=words)


def _opened(window: HeardWindow, gaps: GapMap) -> HeardWindow:
    """Map a window of the recording to the recognised sound."""
    start = gaps.begins(window.start)
    words = tuple(_opened_word(w, start, gaps) for w in window.words)
    return replace(window, start=start, end=max(start, gaps.ends(window.end)), words=words)


def _opened_word(word: Word, begin: float, gaps: GapMap) -> Word:
    start, end = gaps.begins(word.start), gaps.ends(word.end)
    if end < start:  # it was put at a gap because it lay in the silence there
        start = end = max(end, begin)
    return replace(word, start=start, end=end)
