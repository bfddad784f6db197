"""A visit that is being recorded: sound first, everything else beside it."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, HeldError, WorkCancelledError
from app.domain.live import Alarm, AlarmKind, LiveEvent, Marked, Stopped, StopReason
from app.domain.ports import EncounterStore
from app.domain.recording import GAPS, Consent, ConsentDecision, Mark
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.visit.consent import require_decision
from app.visit.disk_watch import DiskWatch
from app.visit.journal import JournalKeeper
from app.visit.observing import Relay
from app.visit.recording_notices import with_marks

if TYPE_CHECKING:
    from app.audio.microphone_choice import MicrophoneChoice
    from app.audio.recorder import Recorder
    from app.visit.live_drafting import LiveDrafting
    from app.visit.live_transcription import LiveTranscription

CANCELLED = "recording cancelled"
WITHDRAWN = "consent withdrawn"
_DRAIN = 3.0
"""Seconds that marks may take to be stored at the end; they are in memory for the transcript in any case."""


@dataclass(slots=True)
class VisitParts:
    """What works together while a visit is recorded; `live` is None without live text, `drafting` without drafting."""

    recorder: "Recorder"
    relay: Relay
    keeper: JournalKeeper
    live: "LiveTranscription | None"
    watch: DiskWatch | None = None
    drafting: "LiveDrafting | None" = None


class LiveVisit:
    """The running recording of one encounter. Usable from any thread; `released` is called once when it is over.

    After a `Stopped` event the sound is sealed; `stop` then saves the text as usual.
    """

    def __init__(
        self,
        store: EncounterStore,
        encounter_id: str,
        choice: "MicrophoneChoice",
        parts: VisitParts,
        released: Callable[[], None],
    ) -> None:
        self.encounter_id = encounter_id
        self._store = store
        self._choice = choice
        self._recorder = parts.recorder
        self._relay = parts.relay
        self._keeper = parts.keeper
        self._live = parts.live
        self._watch = parts.watch
        self._drafting = parts.drafting
        self._released = released
        self._stopping = threading.RLock()
        self._sound = threading.RLock()
        self._discarding = CancelToken()
        self._telling = threading.Lock()
        self._told = False
        self._sealed = False
        self._stopped = False
        self._kept = False
        self._gone = False

    @property
    def elapsed(self) -> float:
        """Seconds of sound recorded."""
        return self._recorder.elapsed

    @property
    def paused(self) -> bool:
        """Whether the person paused the recording."""
        return self._recorder.paused

    @property
    def muted(self) -> bool:
        """Whether sound is silenced on purpose."""
        return self._recorder.muted

    @property
    def choice(self) -> "MicrophoneChoice":
        """The microphones in use."""
        return self._choice

    def pause(self) -> None:
        """Record nothing until `resume`."""
        self._recorder.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._recorder.resume()

    def mute(self, on: bool) -> None:
        """Silence an aside, or hear again."""
        self._recorder.mute(on)

    def bookmark(self) -> Mark:
        """Mark this moment as important."""
        return self._recorder.bookmark()

    def use(self, choice: "MicrophoneChoice") -> None:
        """Record from another microphone from now on. Raises `MachineError`; then the old one stays."""
        self._recorder.use(choice)
        self._choice = choice

    def heard(self, event: LiveEvent) -> None:
        """Take an event of the recorder: marks are stored, everything is passed on."""
        if isinstance(event, Marked):
            self._keeper.add(event.mark)
            if self._live is not None and event.mark.kind in GAPS:
                self._live.gap(event.mark.at)
        if isinstance(event, Stopped):
            self._tell_stop(event)
        else:
            self._relay.tell(event)

    def stop(self, progress: Progress, cancel: CancelToken) -> None:
        """Seal the sound, then save the rest of the transcript.

        If live text failed or the work is cancelled, the transcription stays pending and `VisitRunner.process` does
        it. Stopping twice is harmless; if sealing fails, stopping again tries again.

        Raises:
            WorkCancelledError: `cancel` was set (the sound is sealed), or the visit was discarded.
            AnamnesisError: sound or transcript could not be stored.
        """
        with self._stopping:
            if self._gone:
                raise WorkCancelledError("The recording was discarded.")
            self._seal_sound()
            if self._stopped:
                return
            self._stopped = True
            if self._drafting is not None:
                self._drafting.end()
            try:
                self._save_text(progress, _EitherToken(cancel, self._discarding))
            finally:
                if self._live is not None:
                    self._live.stop()
                self._keeper.drain(_DRAIN)
                self._keeper.close()
                self._kept = not self._discarding.cancelled
                self._released()

    def cancel(self) -> None:
        """Stop and destroy. Raises `ConflictError` if the visit was stopped already: then it is kept."""
        self._discarding.cancel()
        with self._stopping:
            if self._kept:
                raise ConflictError("The recording was stopped already and is kept.", "Find it in the list of visits.")
            self._discard(CANCELLED)

    def withdraw(self, consent: Consent) -> None:
        """Stop, store the withdrawal and destroy: the keys are deleted, the audit trail says why."""
        require_decision(consent, ConsentDecision.WITHDRAWN)
        self._discarding.cancel()
        with self._stopping:
            if not self._gone:
                self._end_quickly()
                # on a full disk the deletion makes room, and its record says that consent was withdrawn
                with contextlib.suppress(DiskFullError):
                    self._store.record_consent(self.encounter_id, consent)
                self._discard(WITHDRAWN)

    def stop_by_itself(self, reason: StopReason, message: str, remedy: str) -> None:
        """Seal the sound because the machine demands it, and tell so."""
        try:
            self._seal_sound()
        except AnamnesisError as error:
            reason, message, remedy = StopReason.STORAGE_FAILED, error.message, error.remedy
        self._tell_stop(Stopped(reason, message, remedy))

    def seal(self) -> None:
        """End the sound and leave the text for later: the program is closing."""
        with self._stopping:
            if not self._gone and not self._stopped:
                self._seal_sound()
                self._stopped = self._kept = True
                if self._drafting is not None:
                    self._drafting.stop()
                if self._live is not None:
                    self._live.stop()
                self._keeper.close()
                self._released()

    def _tell_stop(self, event: Stopped) -> None:
        """Tell only the first reason: a full disk shows itself in several places."""
        with self._telling:
            first, self._told = not self._told, True
        if first:
            self._relay.tell(event)

    def _seal_sound(self) -> None:
        with self._sound:
            if self._sealed or self._gone:
                return
            if self._watch is not None:
                self._watch.stop()
            self._recorder.finish()
            self._recorder.close()
            self._keeper.drain(_DRAIN)
            self._store.set_stage(self.encounter_id, Stage.RECORD, StageState.DONE)
            self._sealed = True

    def _save_text(self, progress: Progress, cancel: CancelToken) -> None:
        if self._live is None:
            return
        done = False
        self._store.set_stage(self.encounter_id, Stage.TRANSCRIBE, StageState.RUNNING)
        try:
            transcript = self._text(progress, cancel)
            if transcript is not None:
                cancel.check()
                self._store.save_transcript(self.encounter_id, with_marks(transcript, self._keeper.marks))
                done = True
        finally:
            state = StageState.DONE if done else StageState.PENDING
            self._store.set_stage(self.encounter_id, Stage.TRANSCRIBE, state)

    def _text(self, progress: Progress, cancel: CancelToken) -> Transcript | None:
        if self._live is None:
            return None
        try:
            return self._live.finish(progress, cancel)
        except WorkCancelledError:
            raise
        except AnamnesisError as error:
            self._relay.tell(text_failed(error))
            return None

    def _end_quickly(self) -> None:
        with self._sound:
            if self._watch is not None:
                self._watch.stop()
            if not self._sealed:
                self._recorder.abandon()
                self._recorder.close()
        if self._drafting is not None:
            self._drafting.destroy()
        if self._live is not None:
            self._live.stop()
        self._keeper.close()

    def _discard(self, reason: str) -> None:
        if self._gone:
            return
        self._end_quickly()
        try:
            self._store.destroy(self.encounter_id, reason)
        except HeldError:
            self._over()  # the recording has ended; what a legal hold keeps is told and stays
            raise
        self._over()

    def _over(self) -> None:
        self._gone = self._stopped = True
        self._released()


def text_failed(error: AnamnesisError) -> Alarm:
    """What is told when live text cannot be had; the transcript is then made after the visit."""
    return Alarm(
        AlarmKind.TEXT_LATE,
        active=True,
        message=f"No live text: {error.message} The sound is safe; it is transcribed after the visit.",
        remedy=error.remedy,
    )


class _EitherToken(CancelToken):
    """Cancelled as soon as one of several tokens is."""

    def __init__(self, *tokens: CancelToken) -> None:
        super().__init__()
        self._tokens = tokens

    @property
    def cancelled(self) -> bool:
        return super().cancelled or any(token.cancelled for token in self._tokens)

    def check(self) -> None:
        if self.cancelled:
            raise WorkCancelledError
