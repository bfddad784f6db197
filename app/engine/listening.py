"""The listening loop of the engine process: sound in as it comes, live text out as it is ready."""

from typing import Protocol

from app.domain.live import Hypothesis
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.engine.flat_memory import give_back
from app.engine.job import Part
from app.engine.live_codec import heard_to_json, hypothesis_to_json, window_final_to_json
from app.engine.sound_inbox import SoundInbox
from app.speech.live.final import WindowFinal

RATE = 16_000
_WAIT = 0.25
_LONG_REST = 30.0
"""Seconds without final text that are worth another window, stored by itself, before the end is worked on."""


class Listener(Protocol):
    """What `Transcriber.listen` returns, as far as this loop needs it."""

    def feed(self, pcm: bytes) -> None:
        """Take sound."""

    def gap(self, at: float) -> None:
        """Sound is missing at `at` seconds."""

    def step(self) -> Hypothesis | WindowFinal | None:
        """Do one unit of work."""

    def finish(self, progress: Progress, cancel: CancelToken) -> Transcript:
        """Do the rest."""


class Listening:
    """One visit that is being listened to. `start` is where its sound begins, in seconds."""

    def __init__(self, live: Listener, inbox: SoundInbox, *, channels: int, start: float, part: Part) -> None:
        self._live = live
        self._inbox = inbox
        self._frame = 2 * channels
        self._start = start
        self._part = part
        self._bytes = 0
        self._final = start
        self._told = start

    def run(self, progress: Progress, cancel: CancelToken) -> Transcript:
        """Listen until the sound ends, then return the whole transcript. Raises what recognition raises."""
        while True:
            cancel.check()
            self._take_sound()
            if self._inbox.ended and self._fed - self._final < _LONG_REST:
                break
            made = self._live.step()
            if made is not None:
                self._tell(made)
            elif self._inbox.ended:
                break
            else:
                self._tell_heard(self._fed)
                self._inbox.wait(_WAIT)
        return self._live.finish(progress, cancel)

    @property
    def _fed(self) -> float:
        return self._start + self._bytes / self._frame / RATE

    def _take_sound(self) -> None:
        for piece in self._inbox.take():
            if isinstance(piece, bytes):
                self._bytes += len(piece)
                self._live.feed(piece)
            else:
                self._live.gap(piece)

    def _tell(self, made: Hypothesis | WindowFinal) -> None:
        if isinstance(made, WindowFinal):
            self._final = max(self._final, made.window.end)
            self._part(window_final_to_json(made))
            self._tell_heard(self._final)
            give_back()
        else:
            self._part(hypothesis_to_json(made))
            if self._fed - self._told < _LONG_REST:  # a hypothesis reaches to the newest sound, unless much waits
                self._tell_heard(self._fed)

    def _tell_heard(self, until: float) -> None:
        if until > self._told:
            self._told = until
            self._part(heard_to_json(until))
