"""The visit that is being recorded: from the microphone's test to the finished transcript."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError, WorkCancelledError
from app.domain.live import Alarm, AlarmKind, FinalText, Hypothesis, Levels, LiveEvent, Marked, Prepared, Stopped
from app.domain.recording import Consent, ConsentDecision, Mark, MarkKind
from app.domain.style import StyleWish
from app.domain.work import CancelToken
from app.ui.contracts import LiveVisit, Recordings
from app.ui.tasks import Lane, Tasks
from app.ui.viewmodels.alarms import with_alarm
from app.ui.viewmodels.event_inbox import EventInbox
from app.ui.viewmodels.live_text import LiveRows
from app.ui.viewmodels.meter import Meter
from app.ui.viewmodels.microphones import Microphones
from app.ui.viewmodels.recording_phase import Phase

if TYPE_CHECKING:
    from app.audio.recorder import Recorder


class Recording(QObject):
    """Signals: `changed` phase, pause, mute or microphone; `measured` level and time; `alarmed` alarms; `prepared`.

    `started(id)`; `ended(id, title)` it is stored, the visit can be drafted; `destroyed(id)`;
    `cut(Stopped)` it stopped by itself; `progressed` of finishing; `failed(headline, error)`.
    """

    changed = Signal()
    measured = Signal()
    alarmed = Signal()
    progressed = Signal()
    prepared = Signal()
    started = Signal(str)
    ended = Signal(str, str)
    destroyed = Signal(str)
    cut = Signal(object)
    failed = Signal(str, object)

    def __init__(
        self, recordings: Recordings, microphones: Microphones, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._recordings = recordings
        self._microphones = microphones
        self._tasks = tasks
        self._recorder: Recorder | None = None  # touched on the recording lane only
        self._live: LiveVisit | None = None
        self._inbox: EventInbox | None = None
        self._token = CancelToken()
        self._cut = False
        self.phase = Phase.IDLE
        self.meter = Meter()
        self.rows = LiveRows(self)
        self.alarms: list[Alarm] = []
        self.microphone_error: AnamnesisError | None = None
        self.microphone_open = False
        self._heard_from = ""  # set once the recorder itself changed over to another microphone
        self.title = ""
        self.encounter_id: str | None = None
        self.elapsed = 0.0
        self.paused = False
        self.muted = False
        self.fraction = 0.0
        self.prepared_until = 0.0
        """Seconds up to which the draft is prepared."""
        self.template: str | None = None
        self.style: StyleWish | None = None
        """The note type and the style that a visit is begun with; None: the program's standard."""
        self.leaving = False
        self.sealed = False  # while finishing: the sound is closed and safe, only text is still made
        self.stop_error: AnamnesisError | None = None

    @property
    def active(self) -> bool:
        """Whether sound is being kept, paused or not."""
        return self.phase in {Phase.STARTING, Phase.RUNNING}

    @property
    def busy(self) -> bool:
        """Whether the session must not end yet."""
        return self.phase is not Phase.IDLE

    @property
    def microphone_name(self) -> str:
        """What is recorded with."""
        return self._heard_from or self._microphones.spoken_name

    @property
    def silence(self) -> str:
        """Why the level says nothing just now; empty while it is listened to."""
        if self.phase in {Phase.FINISHING, Phase.DESTROYING}:
            return "Stopped"
        if self.paused:
            return "Paused"
        return "Muted" if self.muted else ""

    def test(self) -> None:
        """Open the chosen microphone and let its level be seen; nothing is kept."""
        if self.phase not in {Phase.IDLE, Phase.TESTING}:
            return
        inbox = self._new_inbox()
        choice = self._microphones.choice
        self.microphone_open = False
        self.microphone_error = None
        self._enter(Phase.TESTING)

        def work() -> None:
            self._close_recorder()
            self._recorder = self._recordings.open_microphone(choice, inbox)

        def opened(_none: None) -> None:
            self._on_microphone(inbox, None)

        self._tasks.run(work, opened, lambda error: self._on_microphone(inbox, error), Lane.RECORDING)

    def end_test(self) -> None:
        """Close the microphone."""
        if self.phase is not Phase.TESTING:
            return
        self._drop_inbox()
        self._enter(Phase.IDLE)
        self._tasks.run(self._close_recorder, _ignore, self._tell("The microphone could not be closed"), Lane.RECORDING)

    def start(self, title: str, consent: Consent | None) -> None:
        """Record a new visit, with the microphone that is open."""
        if self.phase not in {Phase.IDLE, Phase.TESTING}:
            return
        inbox = self._inbox or self._new_inbox()
        choice, template, style = self._microphones.choice, self.template, self.style

        def work() -> LiveVisit:
            recorder, self._recorder = self._recorder, None
            try:
                return self._recordings.start(title, consent, choice, inbox, recorder, template=template, style=style)
            except BaseException:
                if recorder is not None:
                    recorder.close()
                raise

        self._begin(title, work)

    def continue_recording(self, encounter_id: str, title: str) -> None:
        """Go on with a visit that was cut off."""
        if self.phase not in {Phase.IDLE, Phase.TESTING}:
            return
        self.end_test()
        inbox = self._new_inbox()
        choice = self._microphones.choice
        self._begin(title, lambda: self._recordings.resume(encounter_id, choice, inbox))

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        self._ask(lambda live: live.resume() if live.paused else live.pause(), "The recording could not be paused")

    def toggle_mute(self) -> None:
        """Silence what is said, or hear again."""
        wanted = not self.muted
        self._ask(lambda live: live.mute(wanted), "The microphone could not be muted")

    def bookmark(self) -> None:
        """Mark this moment as important."""
        live = self._live
        if live is not None and self.phase is Phase.RUNNING:
            self._tasks.run(
                live.bookmark, self.rows.add_mark, self._tell("The moment could not be marked"), Lane.RECORDING
            )

    def use_chosen_microphone(self) -> None:
        """Change over to the microphone that the person chose; the recording goes on."""
        choice = self._microphones.wanted
        self._ask(lambda live: live.use(choice), "The microphone could not be changed")

    def dismiss(self, kind: AlarmKind) -> None:
        """Hide an alarm that was read."""
        self._take_alarm(Alarm(kind, active=False))

    def stop(self) -> None:
        """Keep everything and finish the transcript; after a failure, try again."""
        live = self._live
        again = self.phase is Phase.FINISHING and self.stop_error is not None
        if live is None or not (self.phase is Phase.RUNNING or again):
            return
        self._token = token = CancelToken()
        self.fraction = 0.0
        self.sealed = False
        self.stop_error = None
        self._enter(Phase.FINISHING)

        told = -1

        def progress(fraction: float, _phrase: str) -> None:
            nonlocal told
            if int(fraction * 100) != told:
                told = int(fraction * 100)
                self._tasks.post(lambda: self._on_progress(fraction))

        self._tasks.run(
            lambda: live.stop(progress, token),
            lambda _none: self._on_stopped(),
            self._on_stop_failed,
            Lane.FINISHING,
        )

    def finish_later(self) -> None:
        """Wait for the rest of the text no longer; it is made from the stored sound afterwards."""
        if self.phase is Phase.FINISHING:
            self._token.cancel()

    def give_up(self) -> None:
        """Leave a recording whose end cannot be stored; what was sealed before is safe."""
        if self.stop_error is not None:
            self._on_stopped()

    def cancel(self) -> None:
        """Stop and destroy."""
        self._destroy(lambda live: live.cancel())

    def withdraw(self, who: str) -> None:
        """The patient takes consent back: stop, destroy, and keep only that it was so."""
        consent = Consent(ConsentDecision.WITHDRAWN, None, who, self._recordings.wording.id, datetime.now(UTC))
        self._destroy(lambda live: live.withdraw(consent))

    def leave(self) -> None:
        """Save what is running because the session ends; nothing is drafted afterwards."""
        self.leaving = True
        if self.phase is Phase.TESTING:
            self.end_test()
        self.stop()

    def _begin(self, title: str, work: Callable[[], LiveVisit]) -> None:
        self.title = title
        self.elapsed = 0.0
        self.fraction = 0.0
        self.prepared_until = 0.0
        self.leaving = False
        self._heard_from = ""
        self._cut = False
        self.rows.clear()
        self._enter(Phase.STARTING)

        def begin() -> tuple[LiveVisit, float]:
            live = work()
            return live, live.elapsed

        self._tasks.run(begin, self._on_started, self._on_start_failed, Lane.RECORDING)

    def _on_started(self, begun: tuple[LiveVisit, float]) -> None:
        live, elapsed = begun
        self._live = live
        self.encounter_id = live.encounter_id
        self.elapsed = max(self.elapsed, elapsed)
        self._enter(Phase.RUNNING)
        self.alarmed.emit()  # what the test of the microphone told still holds
        self.started.emit(live.encounter_id)
        if self.leaving or self._cut:
            self.stop()

    def _on_start_failed(self, error: AnamnesisError) -> None:
        self._drop_inbox()
        self._enter(Phase.IDLE)
        self.failed.emit("The recording did not start", error)

    def _ask(self, act: Callable[[LiveVisit], None], headline: str) -> None:
        live = self._live
        if live is None or self.phase is not Phase.RUNNING:
            return

        def work() -> tuple[bool, bool]:
            act(live)
            return live.paused, live.muted

        def done(state: tuple[bool, bool]) -> None:
            self.paused, self.muted = state
            self.changed.emit()

        self._tasks.run(work, done, self._tell(headline), Lane.RECORDING)

    def _destroy(self, act: Callable[[LiveVisit], None]) -> None:
        live = self._live
        if live is None or self.phase is not Phase.RUNNING:
            return
        self._enter(Phase.DESTROYING)

        def over(error: AnamnesisError | None) -> None:
            encounter_id = live.encounter_id
            self._forget()
            if error is not None:
                self.failed.emit("The recording could not be deleted", error)
            self.destroyed.emit(encounter_id)

        self._tasks.run(lambda: act(live), lambda _none: over(None), over, Lane.RECORDING)

    def _on_progress(self, fraction: float) -> None:
        self.sealed = True
        self.fraction = max(self.fraction, min(fraction, 1.0))
        self.progressed.emit()

    def _on_stopped(self) -> None:
        encounter_id, title = self.encounter_id or "", self.title
        self._forget()
        self.ended.emit(encounter_id, title)

    def _on_stop_failed(self, error: AnamnesisError) -> None:
        if isinstance(error, WorkCancelledError):
            self._on_stopped()
            return
        self.leaving = False
        self.stop_error = error
        self.changed.emit()
        self.failed.emit("The end of the recording could not be stored", error)

    def _forget(self) -> None:
        self._drop_inbox()
        self._live = None
        self.encounter_id = None
        self.stop_error = None
        self.paused = self.muted = False
        self.alarms.clear()
        self._enter(Phase.IDLE)
        self.rows.clear()

    def _on_microphone(self, inbox: EventInbox, error: AnamnesisError | None) -> None:
        if inbox is self._inbox and self.phase is Phase.TESTING:
            self.microphone_open = error is None
            self.microphone_error = error
            self.changed.emit()

    def _close_recorder(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.close()

    def _new_inbox(self) -> EventInbox:
        self._drop_inbox()
        self.meter.reset()
        self.alarms.clear()
        self._inbox = EventInbox(self._tasks, self._on_events)
        return self._inbox

    def _drop_inbox(self) -> None:
        if self._inbox is not None:
            self._inbox.close()
            self._inbox = None

    def _on_events(self, events: list[LiveEvent]) -> None:
        for event in events:
            if isinstance(event, Levels):
                self.meter.take(event)
                self.elapsed = max(self.elapsed, event.elapsed) if self.phase is not Phase.TESTING else 0.0
                self.measured.emit()
            elif isinstance(event, Alarm):
                self._take_alarm(event)
            elif isinstance(event, Hypothesis):
                self.rows.listen(event)
            elif isinstance(event, FinalText):
                self.rows.take(event)
            elif isinstance(event, Prepared):
                self.prepared_until = event.until
                self.prepared.emit()
            elif isinstance(event, Marked):
                self._take_mark(event.mark)
            elif isinstance(event, Stopped):
                self._cut = True
                self.cut.emit(event)
                self.stop()

    def _take_mark(self, mark: Mark) -> None:
        self.rows.add_mark(mark)
        if mark.kind is MarkKind.DEVICE:
            self._heard_from = mark.detail
            self.changed.emit()

    def _take_alarm(self, alarm: Alarm) -> None:
        self.alarms = with_alarm(self.alarms, alarm)
        if alarm.kind is AlarmKind.DEVICE_BACK and alarm.active:
            self._microphones.look()
        self.alarmed.emit()

    def _tell(self, headline: str) -> Callable[[AnamnesisError], None]:
        return lambda error: self.failed.emit(headline, error)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()


def _ignore(_outcome: object) -> None:
    return
