"""Stand-ins for live recording: a microphone and a visit that say what a test tells them to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.encounter import EncounterState, Stage, StageState, StageStatus
from app.domain.errors import AnamnesisError, ConflictError
from app.domain.live import Levels, LiveEvent, Marked, Observer
from app.domain.recording import Consent, ConsentDecision, Mark, MarkKind, UnfinishedRecording


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone of the list."""

    id: str
    name: str
    channels: int = 1
    rate: int = 48_000
    default: bool = False
    monitor: bool = False


@dataclass(frozen=True, slots=True)
class MemoryPolicy:
    """What the organisation asks for."""

    consent_required: bool = True
    lock_minutes: int = 10


@dataclass(frozen=True, slots=True)
class MemoryWording:
    """The text to read out."""

    id: str = "en-1"
    text: str = "I would like to record our conversation today.\n\nDo you agree that I record?"


DEVICES = (
    Device("pulse:headset", "Jabra Evolve2 65", 2),
    Device("pulse:built-in", "Built-in microphone", 1, default=True),
)


@dataclass
class MemoryMicrophone:
    """An open microphone; `say` is what it hears."""

    choice: object
    observe: Observer
    closed: bool = False

    def say(self, *events: LiveEvent) -> None:
        for event in events:
            self.observe(event)

    def close(self) -> None:
        self.closed = True


@dataclass
class MemoryLiveVisit:
    """A visit being recorded; `say` is an event from the recorder."""

    owner: "MemoryRecordings"
    encounter_id: str
    choice: object
    observe: Observer
    microphone: MemoryMicrophone | None = None
    elapsed: float = 0.0
    paused: bool = False
    muted: bool = False
    stopped: bool = False
    destroyed: bool = False
    withdrawn: Consent | None = None

    def say(self, *events: LiveEvent) -> None:
        for event in events:
            if isinstance(event, Levels):
                self.elapsed = event.elapsed
            self.observe(event)

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        self.observe(Marked(Mark(MarkKind.PAUSE, self.elapsed, 12.0)))

    def mute(self, on: bool) -> None:
        self.muted = on
        if not on:
            self.observe(Marked(Mark(MarkKind.MUTE, self.elapsed, 3.0)))

    def bookmark(self) -> Mark:
        mark = Mark(MarkKind.BOOKMARK, self.elapsed)
        self.observe(Marked(mark))
        return mark

    def use(self, choice: object) -> None:
        self.choice = choice

    def stop(self, progress: Callable[[float, str], None], cancel: object) -> None:
        store = self.owner.store
        store.set_stage(self.encounter_id, Stage.RECORD, StageState.DONE)
        self.stopped = True
        progress(0.5, "finishing the transcript")
        self.owner.while_stopping()
        if self.owner.stop_error is not None:
            raise self.owner.stop_error
        cancel.check()
        store.transcripts[self.encounter_id] = self.owner.make_transcript()
        store.set_stage(self.encounter_id, Stage.TRANSCRIBE, StageState.DONE)

    def cancel(self) -> None:
        self.destroyed = True
        self.owner.forget(self.encounter_id)

    def withdraw(self, consent: Consent) -> None:
        assert consent.decision is ConsentDecision.WITHDRAWN
        self.withdrawn = consent
        self.cancel()


@dataclass
class MemoryRecordings:
    """Recordings on the store of `window_doubles`."""

    store: object
    policy: MemoryPolicy = field(default_factory=MemoryPolicy)
    wording: MemoryWording = field(default_factory=MemoryWording)
    inputs: tuple[Device, ...] = DEVICES
    device_error: AnamnesisError | None = None
    open_error: AnamnesisError | None = None
    start_error: AnamnesisError | None = None
    templates: list[str | None] = field(default_factory=list)
    styles: list[object] = field(default_factory=list)
    stop_error: AnamnesisError | None = None
    while_stopping: Callable[[], None] = lambda: None
    make_transcript: Callable[[], object] = lambda: None
    microphones: list[MemoryMicrophone] = field(default_factory=list)
    lives: list[MemoryLiveVisit] = field(default_factory=list)
    consents: dict[str, Consent | None] = field(default_factory=dict)
    cut_off: list[UnfinishedRecording] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)

    @property
    def live(self) -> MemoryLiveVisit:
        """The last visit that was started."""
        return self.lives[-1]

    def devices(self) -> tuple[Device, ...]:
        if self.device_error is not None:
            raise self.device_error
        return self.inputs

    def open_microphone(self, choice: object, observe: Observer) -> MemoryMicrophone:
        if self.open_error is not None:
            raise self.open_error
        made = MemoryMicrophone(choice, observe)
        self.microphones.append(made)
        return made

    def start(
        self,
        title: str,
        consent: Consent | None,
        choice: object,
        observe: Observer,
        recorder: MemoryMicrophone | None = None,
        *,
        template: str | None = None,
        style: object = None,
    ) -> MemoryLiveVisit:
        self.templates.append(template)
        self.styles.append(style)
        if self.start_error is not None:
            raise self.start_error
        if consent is None and self.policy.consent_required:
            raise ConflictError("Consent is required.", "Ask the patient.")
        made = self.store.add(title, EncounterState.OPEN, _running())
        self.consents[made] = consent
        if consent is not None:
            self.store.record_consent(made, consent)
        return self._live(made, choice, observe, recorder)

    def resume(self, encounter_id: str, choice: object, observe: Observer) -> MemoryLiveVisit:
        recording = next(r for r in self.cut_off if r.encounter_id == encounter_id)
        self.cut_off.remove(recording)
        live = self._live(encounter_id, choice, observe, None)
        live.elapsed = recording.recorded
        return live

    def _live(
        self, encounter_id: str, choice: object, observe: Observer, microphone: MemoryMicrophone | None
    ) -> MemoryLiveVisit:
        live = MemoryLiveVisit(self, encounter_id, choice, observe, microphone)
        self.lives.append(live)
        return live

    def decline(self, title: str, consent: Consent) -> str:
        assert consent.decision is ConsentDecision.DECLINED
        steps = tuple(StageStatus(s, StageState.PENDING) for s in Stage)
        made = self.store.add(title, EncounterState.OPEN, steps, duration=None)
        self.consents[made] = consent
        self.store.record_consent(made, consent)
        return made

    def unfinished(self) -> list[UnfinishedRecording]:
        return list(self.cut_off)

    def finish(self, encounter_id: str) -> None:
        self.finished.append(encounter_id)
        self.cut_off = [r for r in self.cut_off if r.encounter_id != encounter_id]
        self.store.set_stage(encounter_id, Stage.RECORD, StageState.DONE)

    def discard(self, encounter_id: str) -> None:
        self.discarded.append(encounter_id)
        self.cut_off = [r for r in self.cut_off if r.encounter_id != encounter_id]
        self.forget(encounter_id)

    def forget(self, encounter_id: str) -> None:
        """What destroying does to the store."""
        del self.store.rows[encounter_id]
        del self.store.notes[encounter_id]

    def cut_off_visit(self, title: str, recorded: float, at: datetime) -> UnfinishedRecording:
        """A recording that a crash interrupted."""
        made = UnfinishedRecording(self.store.add(title, EncounterState.OPEN, _running()), title, at, recorded)
        self.cut_off.append(made)
        return made


def _running() -> tuple[StageStatus, ...]:
    return tuple(StageStatus(s, StageState.RUNNING if s is Stage.RECORD else StageState.PENDING) for s in Stage)
