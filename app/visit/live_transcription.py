"""The live text of a running recording: keeps a listening job alive, whatever happens to its process."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.domain.codec import transcript_from_json
from app.domain.errors import EngineError, InputError, WorkCancelledError
from app.domain.live import Hypothesis, LiveEvent, Observer
from app.domain.recording import HeardWindow
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.engine.live_codec import HeardUntil, part_from_json
from app.speech.live.final import WindowFinal
from app.visit.choice import Choice
from app.visit.final_windows import FinalWindows
from app.visit.sound_tail import RATE, ReadSound, SoundTail
from app.visit.text_late import TextLate

if TYPE_CHECKING:
    from app.engine.live_job import LiveJob
    from app.engine.supervisor import Engine

_TRIES = 5
"""Times in a row that the process may end without a new final window."""
_LAST_TRIES = 2
"""The same after the recording has ended, when somebody waits."""
_AHEAD = 120 * RATE
"""Frames that may lie in the engine process without having been heard; bounds its memory."""
_STUCK = 120.0
"""Seconds without any sign of life, with sound to listen to, after which the process is ended."""
_TICK = 0.1


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
        """
        self._engine = engine
        self._choice = choice
        self._channels = channels
        self._observer = observe
        self._keep = keep
        self._sound = SoundTail(read_sound, channels, recorded)
        self._windows = FinalWindows(earlier)
        self._late = TextLate(self._observe)
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._stopped = threading.Event()
        self._over = threading.Event()
        self._heard = 0.0
        self._finishing: tuple[float, str] | None = None
        self._transcript: Transcript | None = None
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="live-text", daemon=True)

    def start(self) -> None:
        """Start listening; returns at once."""
        self._thread.start()

    def take(self, pcm: bytes, at: float) -> None:
        """Hand in sound that is on disk: whole frames that begin at `at` seconds. Any thread; never waits."""
        self._sound.take(pcm, at)
        self._wake.set()

    def finish(self, progress: Progress, cancel: CancelToken) -> Transcript:
        """All sound was recorded: wait for the whole transcript. `progress` is called on this thread.

        Raises:
            EngineError: the engine kept failing, or was closed; the sound can be transcribed later.
            WorkCancelledError: `cancel` was set; the live text is stopped.
        """
        behind = max(self._sound.end / RATE - self._heard, 0.1)
        self._ending.set()
        self._wake.set()
        told = None
        while not self._over.wait(0.02):
            if cancel.cancelled:
                self.stop()
                raise WorkCancelledError
            if (state := self._rest(behind)) != told:
                told = state
                progress(*state)
        if self._transcript is not None:
            return self._transcript
        raise self._reason()

    def stop(self) -> None:
        """End without a transcript; nothing is stored or told afterwards. Calling twice is harmless."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2.0)

    def _rest(self, behind: float) -> tuple[float, str]:
        if self._finishing is not None:
            fraction, phrase = self._finishing
            return 0.7 + 0.3 * fraction, phrase
        left = max(self._sound.end / RATE - self._heard, 0.0)
        return 0.7 * (1 - min(left / behind, 1.0)), "Listening to the last seconds"

    def _reason(self) -> Exception:
        failure = self._failure
        if failure is None:
            return WorkCancelledError()
        if isinstance(failure, EngineError) or not hasattr(failure, "remedy"):
            return failure
        error = EngineError(str(getattr(failure, "message", failure)), str(failure.remedy))
        error.__cause__ = failure
        return error

    # From here on: this object's own thread.

    def _run(self) -> None:
        try:
            self._transcript = self._persist()
        except Exception as error:  # noqa: BLE001 - the recording goes on; `finish` raises it, bugs as they are
            self._failure = error
            with contextlib.suppress(Exception):  # the first failure is the one to tell
                self._late.given_up()
        finally:
            self._over.set()

    def _persist(self) -> Transcript | None:
        """Try until the transcript is there. Returns None if stopped; raises what cannot be helped."""
        tries = last_tries = 0
        while True:
            known = len(self._windows)
            try:
                return self._listen()
            except (EngineError, RuntimeError) as error:
                if self._stopped.is_set():
                    return None
                progressed = len(self._windows) > known
                tries = 0 if progressed else tries + 1
                last_tries = last_tries + 1 if self._ending.is_set() and not progressed else 0
                if tries >= _TRIES or last_tries >= _LAST_TRIES:
                    raise EngineError(
                        "The live text failed again and again.", "Transcribe the visit from its recording."
                    ) from error
                self._late.interrupted()
                self._observe(Hypothesis(self._windows.end, "", ""))

    def _listen(self) -> Transcript | None:
        attempt = _Attempt(self)
        return attempt.run()

    def _observe(self, event: LiveEvent) -> None:
        if not self._stopped.is_set():
            self._observer(event)
