"""Recording visits: start with consent, go on or finish after an interruption, discard."""

import contextlib
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError, ConflictError
from app.domain.live import Marked, Observer, StopReason
from app.domain.ports import AudioWriter, EncounterStore
from app.domain.recording import (
    Consent,
    ConsentDecision,
    HeardWindow,
    Mark,
    UnfinishedRecording,
    gap_times,
)
from app.domain.style import StyleWish
from app.policy import Policy
from app.visit.choice import Choice
from app.visit.consent import ConsentWording, require_consent, require_decision
from app.visit.disk_watch import DiskRoom, DiskWatch, FreeSpace
from app.visit.journal import JournalKeeper
from app.visit.live_drafting import LiveDrafting, hearing
from app.visit.live_visit import LiveVisit, VisitParts, text_failed
from app.visit.observing import Relay
from app.visit.prepared import PreparedPassages
from app.visit.recorded_text import final_windows
from app.visit.unfinished import UnfinishedRecordings, continued_now, interruption_mark

if TYPE_CHECKING:
    from app.audio.input_devices import InputDevice
    from app.audio.microphone_choice import MicrophoneChoice
    from app.audio.recorder import Recorder
    from app.audio.sound_source import SourceOpener
    from app.engine.supervisor import Engine
    from app.visit.live_transcription import LiveTranscription

RATE = 16_000
"""Every visit is recorded at this rate, Hz: what speech recognition works on."""

INTERRUPTED = "interrupted"
"""Code of a finished recording stage whose recording was cut off by a crash or power cut and not continued."""

NEVER_STARTED = "nothing was recorded"
_NO_END = "interrupted, not continued"


class NothingRecordedError(ConflictError):
    """An interrupted recording holds no sound at all."""


class Recordings:
    """The recordings of one signed-in person. `ears` gives the engine of live text; None records without live text.

    `drafting` gives the engine that drafts while a visit goes on, what it answers is put into `prepared`; None leaves
    all drafting for after the visit.

    `free` gives the free bytes of the disk that holds the vault, `busy` the encounters that are being recorded or
    imported at this moment, `source` another source of sound than the machine's microphones.
    """

    def __init__(
        self,
        encounters: EncounterStore,
        policy: Policy,
        wording: ConsentWording,
        *,
        ears: "Engine | None",
        free: FreeSpace,
        busy: set[str],
        choice: Choice | None = None,
        source: "SourceOpener | None" = None,
        drafting: "Engine | None" = None,
        prepared: PreparedPassages | None = None,
    ) -> None:
        self.policy = policy
        self.wording = wording
        self._store = encounters
        self._ears = ears
        self._free = free
        self._busy = busy
        self._unfinished = UnfinishedRecordings(encounters, busy)
        self._choice = choice or Choice()
        self._source = source
        self._drafting = drafting
        self._prepared = prepared or PreparedPassages()
        self._relays: weakref.WeakKeyDictionary[Recorder, Relay] = weakref.WeakKeyDictionary()
        self._running: dict[str, LiveVisit] = {}
        self._warming: threading.Thread | None = None

    def warm_up(self) -> None:
        """Load the models of live text in the background, so that the first words appear at once; never fails."""
        if self._warming is None and self._ears is not None:
            self._warming = threading.Thread(target=self._preload, name="visit-warm-up", daemon=True)
            self._warming.start()

    def devices(self) -> "Sequence[InputDevice]":
        """The microphones that are there now. Raises `MachineError` if PortAudio is missing."""
        from app.audio.input_devices import input_devices

        return input_devices()

    def open_microphone(self, choice: "MicrophoneChoice", observe: Observer) -> "Recorder":
        """Open the input so that levels flow; nothing is kept. Raises `MachineError`."""
        from app.audio.recorder import Recorder

        self.warm_up()
        relay = Relay(observe)
        recorder = Recorder(choice, relay) if self._source is None else Recorder(choice, relay, source=self._source)
        recorder.open()
        self._relays[recorder] = relay
        return recorder

    def start(
        self,
        title: str,
        consent: Consent | None,
        choice: "MicrophoneChoice",
        observe: Observer,
        recorder: "Recorder | None" = None,
        *,
        template: str | None = None,
        style: StyleWish | None = None,
    ) -> LiveVisit:
        """Begin to record a visit, with `recorder` if it was opened by `open_microphone`.

        `template` and `style` say how the visit is drafted; None: as the choice. They are stored before any sound, so
        that a crash does not lose them.

        Consent is checked before anything else. If a part fails, no encounter stays, and a recorder that was handed in
        stays open for another try (unless `choice` has another number of channels: then a new one is opened).

        Raises:
            ConflictError: consent is required and missing, or was refused.
            MachineError: no microphone, or the disk is full (`DiskFullError`).
        """
        require_consent(consent, required=self.policy.consent_required)
        room = self._room(choice.channels)
        room.require(self._free())
        if recorder is not None and recorder.choice.channels != choice.channels:
            recorder.close()
            recorder = None
        opened = recorder or self.open_microphone(choice, observe)
        try:
            if opened.choice != choice:
                opened.use(choice)
            drafted = DraftChoice(template or self._choice.template, style or self._choice.style)
            return self._start(title, consent, choice, observe, opened, room, drafted)
        except BaseException:
            if recorder is None:
                opened.close()
            raise

    def decline(self, title: str, consent: Consent) -> str:
        """Make an encounter without sound for a note by hand, and store the refusal; return its id."""
        require_decision(consent, ConsentDecision.DECLINED)
        encounter_id = self._store.create(title)
        try:
            self._store.record_consent(encounter_id, consent)
        except BaseException:
            self._store.destroy(encounter_id, NEVER_STARTED)
            raise
        return encounter_id

    def unfinished(self) -> Sequence[UnfinishedRecording]:
        """Recordings that a crash or power cut left without an end, newest first.

        One whose consent was withdrawn just before the crash is destroyed now and not offered.
        """
        return self._unfinished.all()

    def resume(self, encounter_id: str, choice: "MicrophoneChoice", observe: Observer) -> LiveVisit:
        """Go on with an unfinished recording after a mark of the interruption; live text goes on where it was.

        It is drafted as what was chosen when it began.

        The number of channels stays: a choice with another number is fitted to it. Raises `ConflictError` if it is
        not unfinished or consent was taken back, `MachineError` as `start`.
        """
        self._unfinished.require(encounter_id)
        require_consent(self._store.consent(encounter_id), required=self.policy.consent_required)
        info = self._store.audio_info(encounter_id)
        if info is not None and info.complete:
            raise ConflictError("This recording was ended already.", "Finish it, and record the rest as another visit.")
        recorded, channels = (info.duration, info.channels) if info else (0.0, choice.channels)
        if choice.channels != channels:
            choice = replace(choice, second=None, separate=channels > 1)
        room = self._room(channels)
        room.require(self._free())
        recorder = self.open_microphone(choice, observe)
        writer: AudioWriter | None = None
        try:
            journal = self._store.journal(encounter_id)
            if info is None:
                writer = self._store.audio_writer(encounter_id, RATE, channels)
            else:
                writer = self._store.resume_audio(encounter_id)
            mark = interruption_mark(recorded, continued_now(), journal)
            drafted = self._store.draft_choice(encounter_id)
            return self._run(encounter_id, choice, recorder, room, writer, drafted, journal, recorded, mark)
        except BaseException:
            recorder.close()
            if writer is not None:
                with contextlib.suppress(AnamnesisError):  # the recording then is ended, and can be finished
                    writer.close()
            raise

    def finish(self, encounter_id: str) -> None:
        """End an unfinished recording as it is, with a mark; `VisitRunner.process` then does the rest.

        One whose sound was ended properly, but not noted as such, gets no mark.

        Raises `ConflictError` if it is not unfinished, `NothingRecordedError` if it holds no sound.
        """
        self._unfinished.require(encounter_id)
        info = self._store.audio_info(encounter_id)
        if info is None or info.duration <= 0:
            raise NothingRecordedError(
                "Nothing was recorded before the interruption.", "Continue the visit, or discard it."
            )
        if info.complete:
            with contextlib.suppress(ConflictError):  # its length may not have been stored; this does
                self._store.resume_audio(encounter_id)
            self._store.set_stage(encounter_id, Stage.RECORD, StageState.DONE)
            return
        self._store.resume_audio(encounter_id).close()
        mark = interruption_mark(info.duration, _NO_END, self._store.journal(encounter_id))
        if mark is not None:
            self._store.append_journal(encounter_id, mark)
        self._store.set_stage(encounter_id, Stage.RECORD, StageState.DONE, INTERRUPTED)

    def discard(self, encounter_id: str, reason: str = "unfinished recording discarded") -> None:
        """Destroy an unfinished recording. Raises `ConflictError` if it is not unfinished."""
        self._unfinished.require(encounter_id)
        self._store.destroy(encounter_id, reason)

    def close(self) -> None:
        """Seal the sound of every visit that still runs; its text is made later. Raises the first error."""
        if self._warming is not None:
            self._warming.join(5)
        errors = []
        for visit in list(self._running.values()):
            try:
                visit.seal()
            except AnamnesisError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _start(
        self,
        title: str,
        consent: Consent | None,
        choice: "MicrophoneChoice",
        observe: Observer,
        recorder: "Recorder",
        room: DiskRoom,
        drafted: DraftChoice,
    ) -> LiveVisit:
        encounter_id = self._store.create(title)
        try:
            if consent is not None:
                self._store.record_consent(encounter_id, consent)
            self._store.choose_draft(encounter_id, drafted)
            self._store.set_stage(encounter_id, Stage.RECORD, StageState.RUNNING)
            writer = self._store.audio_writer(encounter_id, RATE, choice.channels)
            self._relays[recorder].listen(observe)
            return self._run(encounter_id, choice, recorder, room, writer, drafted)
        except BaseException:
            with contextlib.suppress(AnamnesisError):  # the first error is the one to hear
                self._store.destroy(encounter_id, NEVER_STARTED)
            raise

    def _run(
        self,
        encounter_id: str,
        choice: "MicrophoneChoice",
        recorder: "Recorder",
        room: DiskRoom,
        writer: AudioWriter,
        drafted: DraftChoice | None,
        journal: Sequence[Mark | HeardWindow] = (),
        recorded: float = 0.0,
        mark: Mark | None = None,
    ) -> LiveVisit:
        relay = self._relays[recorder]
        keeper = JournalKeeper(
            lambda entry: self._store.append_journal(encounter_id, entry),
            relay.tell,
            [entry for entry in journal if isinstance(entry, Mark)],
        )
        self._busy.add(encounter_id)
        try:
            drafting = self._draft_ahead(encounter_id, relay, drafted, lambda: live.behind if live else 0.0)
            observe = hearing(relay.tell, drafting)
            live = self._live(encounter_id, choice.channels, observe, keeper, journal, recorded)
            watch = DiskWatch(room, self._free, relay.tell, lambda: _stop_for_disk(visit))
            parts = VisitParts(recorder, relay, keeper, live, watch, drafting)
            visit = LiveVisit(self._store, encounter_id, choice, parts, lambda: self._over(encounter_id))
            relay.route = visit.heard
            for entry in keeper.marks:
                relay.tell(Marked(entry))  # of before the interruption: they belong on the screen, too
            if mark is not None:
                visit.heard(Marked(mark))
            recorder.record(writer, live.take if live is not None else _keep_nothing, recorded)
        except BaseException:
            relay.route = relay.tell
            keeper.close()
            self._over(encounter_id)
            raise
        self._running[encounter_id] = visit
        watch.start()
        if live is not None:
            try:
                live.start()
            except AnamnesisError as error:
                relay.tell(text_failed(error))  # the sound goes on; the transcript is made after the visit
        if drafting is not None:
            drafting.start()
        return visit

    def _live(
        self,
        encounter_id: str,
        channels: int,
        observe: Observer,
        keeper: JournalKeeper,
        journal: Sequence[Mark | HeardWindow],
        recorded: float,
    ) -> "LiveTranscription | None":
        if self._ears is None:
            return None
        from app.visit.live_transcription import LiveTranscription

        return LiveTranscription(
            self._ears,
            self._choice,
            channels=channels,
            read_sound=lambda start, end: self._store.read_audio(encounter_id, start, end),
            observe=observe,
            keep=keeper.keep,
            earlier=final_windows(journal, recorded),
            recorded=recorded,
            gaps=gap_times(journal),
        )

    def _draft_ahead(
        self, encounter_id: str, relay: Relay, drafted: DraftChoice | None, behind: Callable[[], float]
    ) -> LiveDrafting | None:
        if self._drafting is None or self._ears is None or not self._choice.draft_ahead:
            return None
        choice = self._choice if drafted is None else replace(self._choice, template=drafted.template)
        return LiveDrafting(self._drafting, choice, encounter_id, self._prepared, behind=behind, observe=relay.tell)

    def _preload(self) -> None:
        if self._ears is not None:
            # whatever is wrong with the engine is told by the live text itself
            with contextlib.suppress(AnamnesisError):
                self._ears.preload(self._choice.speech_model)

    def _over(self, encounter_id: str) -> None:
        self._running.pop(encounter_id, None)
        self._busy.discard(encounter_id)

    def _room(self, channels: int) -> DiskRoom:
        return DiskRoom(self.policy.disk_reserve_mb * 1_000_000, channels, RATE)


def _stop_for_disk(visit: LiveVisit) -> None:
    visit.stop_by_itself(
        StopReason.DISK_FULL,
        "The disk is full: the recording was stopped, and everything until now is saved.",
        "Free some space, then record the rest as another visit.",
    )


def _keep_nothing(_pcm: bytes, _at: float) -> None:
    """Nobody listens: there is no live text."""
