"""The live text of a running recording: keeps a listening job alive, whatever happens to its process."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.errors import AnamnesisError, EngineError, WorkCancelledError
from app.domain.live import Hypothesis, LiveEvent, Observer
from app.domain.recording import HeardWindow
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.engine.job import Part
from app.engine.live_codec import LivePart
from app.speech.live.final import WindowFinal
from app.visit.choice import Choice
from app.visit.final_windows import FinalWindows
from app.visit.live_attempt import Gaps, LiveAttempt, Signals
from app.visit.recording_notices import joined_notices
from app.visit.sound_tail import RATE, ReadSound, SoundTail
from app.visit.text_late import TextLate

if TYPE_CHECKING:
    from app.engine.live_job import LiveJob
    from app.engine.supervisor import Engine

TRIES = 12
"""Times in a row that the process may fail without having come further: no new final window, no newer sound heard.

Ten kills from outside never end the live text; a model that always fails does after two minutes.
"""
LAST_TRIES = 2
"""The same after the recording has ended, when somebody waits."""
PAUSES = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0)
"""Seconds before another try, by how many failed in a row."""


class LiveTranscription:
    """Transcribes a recording while it grows. One thread of its own feeds the engine and tells what it heard.

    The sound is on disk before it comes here, so whatever fails here costs time, never words: after a crash the job is
    started again where the last final window ended, with the sound read back. A window is stored before it is shown,
    and never stored twice.
    """

    def __init__(
        self,
        engine: "Engine",
        choice: Choice,
        *,
        channels: int,
        read_sound: ReadSound,
        observe: Observer,
        keep: Callable[[HeardWindow], None],
        earlier: Sequence[HeardWindow] = (),
        recorded: float = 0.0,
        gaps: Sequence[float] = (),
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            engine: the engine process for listening; nothing else should run in it.
            choice: speech model, vocabulary, speakers.
            channels: 1, or 2 interleaved.
            read_sound: PCM between two times in seconds, from the sealed spool; called from this object's thread.
            observe: gets Hypothesis, FinalText and Alarm (TEXT_LATE) from this object's thread.
            keep: stores a final window durably; called once for each window, in order, before it is shown.
            earlier: windows that are stored already, of a recording that is resumed.
            recorded: seconds that the spool holds already.
            gaps: seconds at which sound is missing, as far as known; nothing is recognised across them.
        """
        self._engine = engine
        self._choice = choice
        self._channels = channels
        self._observer = observe
        self._keep = keep
        self._sound = SoundTail(read_sound, channels, recorded)
        self._windows = FinalWindows(earlier)
        self._gaps = list(gaps)
        self._late = TextLate(self._observe)
        self._signals = Signals()
        self._over = threading.Event()
        self._attempt: LiveAttempt | None = None
        self._transcript: Transcript | None = None
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="live-text", daemon=True)

    def start(self) -> None:
        """Start listening; returns at once."""
        self._thread.start()

    def take(self, pcm: bytes, at: float) -> None:
        """Hand in sound that is on disk: whole frames that begin at `at` seconds. Any thread; never waits."""
        self._sound.take(pcm, at)
        self._signals.wake.set()

    def gap(self, at: float) -> None:
        """Sound is missing at `at` seconds. Any thread; best before `take` of the sound behind it, which then costs
        nothing; text of later sound that is not final yet is made again.
        """
        self._gaps.append(at)
        self._signals.wake.set()

    def finish(self, progress: Progress, cancel: CancelToken) -> Transcript:
        """All sound was recorded: wait for the whole transcript. `progress` is called on this thread.

        Raises:
            EngineError: the engine kept failing, or was closed; the sound can be transcribed later.
            WorkCancelledError: `cancel` was set, or `stop` was called; the live text is stopped.
        """
        if self._thread.ident is None:
            raise EngineError("The live text was never started.", "Transcribe the visit from its recording.")
        rest = max(self.behind, 0.1)
        self._signals.ending.set()
        self._signals.wake.set()
        told = None
        while not self._over.wait(0.02):
            if cancel.cancelled:
                self.stop()
                raise WorkCancelledError
            if (state := self._how_far(rest)) != told:
                told = state
                progress(*state)
        if self._failure is not None:
            raise self._failure
        if self._transcript is None:
            raise WorkCancelledError
        return self._transcript

    def stop(self) -> None:
        """End without a transcript; nothing is stored or told afterwards. Calling twice is harmless."""
        self._signals.stopped.set()
        self._signals.wake.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2.0)

    def _heard(self) -> float:
        attempt = self._attempt
        return attempt.heard if attempt is not None else self._windows.end

    @property
    def behind(self) -> float:
        """Seconds of recorded sound that were not listened to yet. Any thread."""
        return max(self._sound.end / RATE - self._heard(), 0.0)

    def _how_far(self, rest: float) -> tuple[float, str]:
        attempt = self._attempt
        if attempt is not None and attempt.finishing is not None:
            fraction, phrase = attempt.finishing
            return 0.7 + 0.3 * fraction, phrase
        return 0.7 * (1 - min(self.behind / rest, 1.0)), "Listening to the last seconds"

    # From here on: on this object's own thread.

    def _run(self) -> None:
        try:
            self._transcript = self._persist()
        except Exception as error:  # noqa: BLE001 - the recording must go on; `finish` raises it
            self._failure = _as_engine_error(error)
            with contextlib.suppress(Exception):  # whoever watches may be what failed
                self._late.given_up()
        finally:
            self._over.set()

    def _persist(self) -> Transcript | None:
        """Try until the transcript is there. Returns None if stopped; raises what another try would not help."""
        tries = last_tries = 0
        furthest = len(self._windows), self._windows.end
        while not self._signals.stopped.is_set():
            try:
                return self._listen()
            except EngineError as error:
                if self._attempt is not None and self._attempt.missed is not None:
                    continue  # begins again with the gap known, for there are no more of these than gaps
                stuck = not self._came_further(furthest)
                furthest = max(furthest[0], len(self._windows)), max(furthest[1], self._heard())
                tries = tries + 1 if stuck else 0
                last_tries = last_tries + 1 if stuck and self._signals.ending.is_set() else 0
                if tries >= TRIES or last_tries >= LAST_TRIES:
                    raise EngineError(
                        "The live text failed again and again.", "Transcribe the visit from its recording."
                    ) from error
            self._late.interrupted()
            self._observe(Hypothesis(self._windows.end, "", ""))
            self._pause(PAUSES[min(tries, len(PAUSES) - 1)])
        return None

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._signals.ending.is_set():
            if self._signals.stopped.wait(0.1):
                return

    def _came_further(self, furthest: tuple[int, float]) -> bool:
        windows, heard = furthest
        return len(self._windows) > windows or self._heard() > heard

    def _listen(self) -> Transcript | None:
        earlier, start = self._windows.to_go_on()
        known = list(self._gaps)
        gaps = Gaps(self._gaps, len(known), lambda: self._windows.end)
        attempt = self._attempt = LiveAttempt(self._sound, start, self._signals, gaps, self._hand_out)

        def start_job(progress: Progress, part: Part) -> "LiveJob":
            return self._engine.listen(
                model=self._choice.speech_model,
                vocabulary=list(self._choice.vocabulary),
                speakers=self._choice.speakers,
                language=None,
                channels=self._channels,
                earlier=earlier,
                sound_from=start,
                gaps=known,
                progress=progress,
                on_part=part,
            )

        transcript = attempt.run(start_job, self._watch)
        if transcript is None:
            return None
        self._late.over()
        joined = joined_notices(self._windows.spanning(self._gaps))
        return replace(transcript, notices=(*transcript.notices, *joined))

    def _watch(self) -> None:
        attempt = self._attempt
        if attempt is not None and not self._signals.ending.is_set():
            self._late.behind(self.behind, heard=attempt.answered)

    def _hand_out(self, part: LivePart) -> None:
        if self._signals.stopped.is_set():
            return
        if isinstance(part, WindowFinal):
            if self._windows.is_new(part.window):
                self._keep(part.window)
            self._windows.add(part.window, part.state)
            self._observe(part.text)
        elif isinstance(part, Hypothesis):
            self._observe(part)

    def _observe(self, event: LiveEvent) -> None:
        if not self._signals.stopped.is_set():
            self._observer(event)


def _as_engine_error(error: Exception) -> Exception:
    """Whatever is declared becomes an EngineError, for the transcript can be made later; a bug stays a bug."""
    if isinstance(error, EngineError) or not isinstance(error, AnamnesisError):
        return error
    message = "The live text was ended." if isinstance(error, WorkCancelledError) else error.message
    declared = EngineError(message, error.remedy or "Transcribe the visit from its recording.")
    declared.__cause__ = error
    return declared
