"""Voice activity of a stream: Silero with its memory carried on, so that results equal those of a file."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from app.speech.voice_activity import FRAME, PAD, RATE, SECONDS_PER_FRAME, Span, StretchFinder, VoiceActivity

Floats = npt.NDArray[np.float32]

FrameJudge = Callable[[Floats], Floats]
"""Takes frames, float32 [frames, 512], that follow those of the call before; returns probabilities [frames]."""

_CONTEXT = 64  # samples of the frame before that the model sees
_KEPT = 3.0  # seconds of probabilities kept before what is final: words may be misplaced by one


class SileroStream:
    """Silero's model with its memory carried from call to call."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model

        self._session: Any = get_vad_model().session
        self._hidden = np.zeros((1, 1, 128), np.float32)
        self._cell = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def __call__(self, frames: Floats) -> Floats:
        """Judge frames [n, 512]; returns the probability of speech in each, float32 [n]."""
        tails = np.concatenate([self._context[None], frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:].copy()
        output, self._hidden, self._cell = self._session.run(
            None, {"input": np.concatenate([tails, frames], axis=1), "h": self._hidden, "c": self._cell}
        )
        return np.asarray(output, np.float32).reshape(-1)


class ActivityStream:
    """Stretches of speech after a time until which everything is final already."""

    def __init__(
        self, start: float, *, final: float = 0.0, speaking: bool = False, judge: FrameJudge | None = None
    ) -> None:
        """Begin.

        Args:
            start: time of the first sample that will be fed (seconds).
            final: everything before this time (seconds) is settled and gives no spans.
            speaking: `final` lies within speech.
            judge: tells speech from the rest; None for Silero.
        """
        self._judge = judge or SileroStream()
        self._first = self._next = int(start * RATE) // FRAME
        self._waiting = np.zeros(round(start * RATE) - self._next * FRAME, np.float32)
        self._probability: list[float] = []
        self._finder = StretchFinder(self._next)
        self._speaking_at = final if speaking else None
        self._raw: list[Span] = []
        self._before = -1.0  # the end of the stretch before the first of `_raw`
        self._final = final
        self._over: float | None = None

    @property
    def now(self) -> float:
        """Seconds judged so far."""
        return self._next * SECONDS_PER_FRAME if self._over is None else self._over

    @property
    def quiet_for(self) -> float:
        """Seconds since the last voice."""
        return self.now - self.last_voice

    @property
    def last_voice(self) -> float:
        """The end of the last frame with a voice (seconds); 0 if there was none."""
        last = self._finder.last_voice
        return 0.0 if last is None else (last + 1) * SECONDS_PER_FRAME

    @property
    def opened(self) -> float | None:
        """The beginning (seconds, with its surroundings) of speech whose end is not known yet, or None."""
        if self._finder.begin is not None:
            begin = self._finder.begin * SECONDS_PER_FRAME
            return self._start_of(begin, self._raw[-1].end if self._raw else self._before)
        if self._raw and not self._end_known(self._raw[-1]):
            return self._start_of(self._raw[-1].start, self._raw[-2].end if len(self._raw) > 1 else self._before)
        return None

    def feed(self, samples: Floats) -> None:
        """Judge mono samples, float32 [n], in pieces of any length."""
        data = np.concatenate([self._waiting, samples])
        whole = len(data) - len(data) % FRAME
        self._waiting = data[whole:]
        if whole:
            self._judge_frames(data[:whole].reshape(-1, FRAME))

    def end(self) -> None:
        """No more sound will come."""
        duration = self._next * SECONDS_PER_FRAME + len(self._waiting) / RATE
        if len(self._waiting):
            self._judge_frames(np.pad(self._waiting, (0, FRAME - len(self._waiting)))[None])
        self._waiting = self._waiting[:0]
        self._over = duration
        last = self._finder.end()
        if last is not None and last.start < duration:
            self._keep(Span(last.start, min(last.end, duration)))  # the last frame may be filled up with silence

    def spans(self) -> tuple[Span, ...]:
        """Return the stretches after what is final, with their surroundings, whose ends cannot change any more."""
        known = [s for s in self._raw if self._end_known(s)]
        result = []
        for index, span in enumerate(known):
            before = self._raw[index - 1].end if index else self._before
            result.append(Span(self._start_of(span.start, before), self._end_of(span, index)))
        return tuple(result)

    def view(self) -> VoiceActivity:
        """Return what is known of the stretch of time that is not final yet and a little before."""
        return VoiceActivity(np.array(self._probability, np.float32), self.spans(), self._first)

    def settle(self, until: float) -> bool:
        """Everything until a time (seconds) is final. Returns whether that time lies within speech."""
        speaking = False
        self._final = until
        while self._raw and self._raw[0].start < until:
            if self._raw[0].end > until:
                self._raw[0] = Span(until, self._raw[0].end)
                speaking = True
                break
            self._before = self._raw.pop(0).end
        begin = self._finder.begin
        if begin is not None and begin * SECONDS_PER_FRAME < until:
            speaking = True
        self.forget(until - _KEPT)
        return speaking

    def forget(self, before: float) -> None:
        """Let go of probabilities before a time."""
        drop = min(len(self._probability), int(before / SECONDS_PER_FRAME) - self._first)
        if drop > 0:
            del self._probability[:drop]
            self._first += drop

    def _judge_frames(self, frames: Floats) -> None:
        for p in self._judge(frames).tolist():
            if self._speaking_at is not None and (self._next + 1) * SECONDS_PER_FRAME > self._speaking_at:
                self._finder.open_at(self._next)
                self._speaking_at = None
            self._probability.append(p)
            self._next += 1
            self._keep(self._finder.add(p))

    def _keep(self, span: Span | None) -> None:
        if span is not None and span.end > self._final:
            self._raw.append(span)
        elif span is not None:
            self._before = span.end

    def _start_of(self, begin: float, before: float) -> float:
        pad = PAD if before < 0 else min(PAD, (begin - before) / 2)
        return max(self._final, begin - pad, 0.0)

    def _end_of(self, span: Span, index: int) -> float:
        if index + 1 < len(self._raw):
            following: float | None = self._raw[index + 1].start
        else:
            following = None if self._finder.begin is None else self._finder.begin * SECONDS_PER_FRAME
        end = span.end + (PAD if following is None else min(PAD, (following - span.end) / 2))
        return end if self._over is None else min(end, self._over)

    def _end_known(self, span: Span) -> bool:
        last = bool(self._raw) and span is self._raw[-1]
        speaking = self._finder.begin is not None
        return not last or speaking or self._over is not None or self.now - span.end >= 2 * PAD
