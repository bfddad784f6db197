"""One listening job of a live transcription, from its start to its end."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.domain.codec import transcript_from_json
from app.domain.errors import EngineError, InputError
from app.domain.transcript import Transcript
from app.domain.work import Progress
from app.engine.job import Part
from app.engine.live_codec import HeardUntil, LivePart, part_from_json
from app.speech.live.final import WindowFinal
from app.visit.sound_tail import RATE, SoundTail

if TYPE_CHECKING:
    from app.engine.live_job import LiveJob

AHEAD = 120 * RATE
"""Frames that may lie in the engine process without having been heard; bounds its memory."""
STUCK = 120.0
"""Seconds without any sign of life, with sound to listen to, after which the process is ended."""
QUEUED = 1200.0
"""The same before the job has begun: the process may still be at work on another one."""
_TICK = 0.1

StartJob = Callable[[Progress, Part], "LiveJob"]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where sound is missing (seconds). `found` grows while the job runs; the job was told of the first `told`."""

    found: Sequence[float]
    told: int
    final: Callable[[], float]
    """How far text is final: what comes to light before that changes nothing any more."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What other threads tell the one that listens; `wake` is set with each of the others and with new sound."""

    wake: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)


class LiveAttempt:
    """Feeds one job with the sound from `start` seconds on, and hands out what it hears, on the thread that runs it."""

    def __init__(
        self, sound: SoundTail, start: float, signals: Signals, gaps: Gaps, hand_out: Callable[[LivePart], None]
    ) -> None:
        self._sound = sound
        self._gaps = gaps
        self._told = gaps.told
        self._signals = signals
        self._hand_out = hand_out
        self._parts: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._position = round(start * RATE)
        self._pending = b""
        self._ended = False
        self._quiet = 0.0
        self._begun = False
        self._finishing: tuple[float, str] | None = None
        self.heard = start
        """Seconds up to which the sound was listened to."""
        self.missed: float | None = None
        """A gap (seconds) that was found when the sound behind it had been handed in: another attempt is needed."""
        self.answered = False
        """Whether the process has said anything yet."""

    @property
    def finishing(self) -> tuple[float, str] | None:
        """Progress of the work after the last sound, None before."""
        return self._finishing

    def run(self, start_job: StartJob, tick: Callable[[], None]) -> Transcript | None:
        """Return the transcript, or None if stopped; `tick` is called about ten times a second.

        Raises:
            EngineError: the process failed, hung or talked nonsense; another attempt may work.
            WorkCancelledError: the engine was closed.
            AnamnesisError: anything that another attempt would not help, such as a missing model.
        """
        job = start_job(self._note_progress, self._note_part)
        last = time.monotonic()
        try:
            while not job.done:
                if self._signals.stopped.is_set():
                    return None
                self._take_parts(job)
                fed = self._feed(job)
                tick()
                now = time.monotonic()
                self._check_alive(min(now - last, 1.0))
                last = now
                if not fed:
                    self._signals.wake.wait(_TICK)
                    self._signals.wake.clear()
            self._take_parts(job)
            return self._result(job)
        finally:
            if not job.done:
                job.cancel()

    def _note_progress(self, fraction: float, phrase: str) -> None:
        if self._ended:
            self._finishing = (fraction, phrase)
        self._begun = True
        self._quiet = 0.0

    def _note_part(self, value: dict[str, Any]) -> None:
        self._parts.put(value)
        self._signals.wake.set()

    def _take_parts(self, job: "LiveJob") -> None:
        while not self._parts.empty():
            try:
                part = part_from_json(self._parts.get())
            except InputError as error:
                raise EngineError("The engine process sent live text that is none.", "Try again.") from error
            self._quiet = 0.0
            self.answered = True
            if isinstance(part, HeardUntil):
                self.heard = max(self.heard, part.seconds)
                continue
            self._tell_gaps(job)
            if not (isinstance(part, WindowFinal) and self.missed is not None and part.window.end > self.missed):
                self._hand_out(part)

    def _tell_gaps(self, job: "LiveJob") -> None:
        """Tell the job of gaps that were found meanwhile; one too late for it makes it give up."""
        for at in self._gaps.found[self._told :]:
            self._told += 1
            late = round(at * RATE) < self._position
            if late and at <= self._gaps.final():
                continue
            if late and (self.missed is None or at < self.missed):
                self.missed = at
            job.gap(at)

    def _feed(self, job: "LiveJob") -> bool:
        """Hand in the next piece of sound, or the end; return whether there may be more to do at once."""
        if self._ended or self._position - round(self.heard * RATE) > AHEAD:
            return False
        piece = self._pending or self._sound.read(self._position)
        self._tell_gaps(job)  # after reading: a gap is found before the sound behind it is sealed
        if piece:
            if not job.send_audio(piece):
                self._pending = piece
                return False
            self._pending = b""
            self._position += self._sound.frames(piece)
            return True
        if not self._signals.ending.is_set():
            return False
        if self._sound.complete():
            return True
        self._tell_gaps(job)
        self._ended = True
        job.end()
        return False

    def _check_alive(self, seconds: float) -> None:
        idle = not self._ended and self._position <= round(self.heard * RATE)
        self._quiet = 0.0 if idle else self._quiet + seconds
        if self._quiet > (STUCK if self._begun else QUEUED):
            raise EngineError("The engine process does not answer.", "Try again.")

    def _result(self, job: "LiveJob") -> Transcript:
        try:
            transcript = transcript_from_json(job.result())
        except InputError as error:
            raise EngineError("The engine process sent a transcript that is none.", "Try again.") from error
        except RuntimeError as error:  # a bug over there: this recording is not worse off than after a crash
            raise EngineError("The engine process failed.", "Try again.") from error
        if self.missed is not None:
            raise EngineError("A gap in the sound was found too late.", "Try again.")
        # after a power cut, words that are stored may reach a block further than the sound that is
        if not 0 <= round(transcript.duration * RATE) - self._position <= RATE:
            raise EngineError("The live text covers other sound than was recorded.", "Transcribe the visit again.")
        return transcript
