"""A visit recorded the live way from a file that stands in for the microphone, watched from outside."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from app.audio.microphone_choice import MicrophoneChoice
from app.audio.steady_clock import steady
from app.domain.errors import AnamnesisError, MachineError
from app.domain.live import Alarm, FinalText, Hypothesis, LiveEvent, Marked, Prepared, Stopped
from app.domain.ports import Session
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, Mark, MarkKind
from app.domain.work import CancelToken, Progress
from app.insight.live_lag import Seen
from app.insight.process_memory import CpuShare

if TYPE_CHECKING:
    from app.audio.recorder import Recorder
    from app.engine.supervisor import Engine
    from app.visit.live_visit import LiveVisit
    from app.visit.prepared import PreparedPassages
    from app.visit.recordings import Recordings
    from app.visit.runner import VisitRunner

BYTES_PER_SECOND = 32_000
"""Of 16-bit mono at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Program:
    """The parts of the program on a throw-away vault; `close` ends the engines and the session."""

    session: Session
    runner: "VisitRunner"
    recordings: "Recordings"
    engine: "Engine"
    ears: "Engine"
    prepared: "PreparedPassages"
    close: Callable[[], None]

    def process_name(self, process_id: int) -> str | None:
        """What a child process is, for figures by process."""
        return {self.engine.process_id: "engine", self.ears.process_id: "ears"}.get(process_id)


@dataclass(slots=True)
class Watch:
    """An observer that notes every event of the text with its moment (steady clock, seconds), unless not `keep`."""

    keep: bool = True
    seen: list[Seen] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    stopped: Stopped | None = None
    until: float = 0.0
    """Seconds of the recording that the text has reached."""
    prepared: Prepared = field(default_factory=lambda: Prepared(0.0, 0))
    """How far the draft is prepared."""

    def __call__(self, event: LiveEvent) -> None:
        """Take an event; called from any thread, one at a time for each kind."""
        now = steady()
        match event:
            case Hypothesis() | FinalText():
                if self.keep:
                    self.seen.append(Seen(now, event))
                self.until = max(self.until, event.until if isinstance(event, FinalText) else event.start)
            case Alarm():
                self.alarms.append(event)
            case Marked():
                self.marks.append(event.mark)
            case Prepared():
                self.prepared = event
            case Stopped():
                self.stopped = event
            case _:
                pass

    @property
    def alarm_kinds(self) -> list[str]:
        """Kinds of alarms that were raised, each once."""
        return sorted({alarm.kind.value for alarm in self.alarms if alarm.active})

    @property
    def lost(self) -> float:
        """Seconds of sound marked as lost."""
        return round(sum(mark.length for mark in self.marks if mark.kind is MarkKind.LOSS), 3)


def consent_of_a_file(program: Program) -> Consent:
    """The consent under which a file is replayed into a throw-away vault."""
    wording = program.recordings.wording.id
    return Consent(ConsentDecision.GIVEN, ConsentMethod.VERBAL, "benchmark", wording, datetime.now(UTC))


@contextlib.contextmanager
def open_microphone(program: Program, watch: Watch) -> Iterator["Recorder"]:
    """Open the program's source of sound as the window does while consent is asked; nothing is kept yet."""
    recorder = program.recordings.open_microphone(MicrophoneChoice(), watch)
    try:
        yield recorder
    finally:
        recorder.close()


@contextlib.contextmanager
def live_visit(program: Program, watch: Watch, recorder: "Recorder") -> Iterator["LiveVisit"]:
    """Record a visit; an error or Ctrl-C inside the block destroys it."""
    visit = program.recordings.start("bench", consent_of_a_file(program), MicrophoneChoice(), watch, recorder)
    try:
        yield visit
    except BaseException:
        with contextlib.suppress(AnamnesisError):  # the first error is the one to hear; the vault goes in any case
            visit.cancel()
        raise


def ready_ears(program: Program, model: str, cancel: CancelToken) -> float:
    """Wait until the listening process has loaded its models; return how long that took, seconds."""
    begun = steady()
    program.ears.preload(model).result(cancel)
    return round(steady() - begun, 2)


def wait_for_sound(
    visit: "LiveVisit", watch: Watch, seconds: float, limit: float, progress: Progress, cancel: CancelToken
) -> None:
    """Wait until `seconds` are recorded. Raises `MachineError` if that takes until `limit` (steady) or if it stops."""
    while (elapsed := visit.elapsed) < seconds:
        cancel.check()
        if watch.stopped is not None:
            raise MachineError(watch.stopped.message, watch.stopped.remedy)
        if steady() > limit:
            raise MachineError("The replayed sound did not reach its end in time.", "Close other programs.")
        progress(min(elapsed / seconds, 1.0), f"listening, {elapsed:.0f} s")
        time.sleep(min(0.25, max(0.02, (seconds - elapsed) / 2)))


class ProcessorShare:
    """Processor time of both engine processes and of this program while a visit is recorded."""

    def __init__(self, ears: "Engine", engine: "Engine") -> None:
        self._ears = ears
        self._ears_id = ears.process_id
        self._engine = engine
        self._begun = steady()
        self._shares: dict[str, CpuShare | None] = {"ears": self._start(), "program": CpuShare(psutil.Process())}

    def _start(self) -> CpuShare | None:
        if self._ears_id is None:
            return None
        with contextlib.suppress(psutil.Error):
            return CpuShare(psutil.Process(self._ears_id))
        return None

    def percent(self) -> dict[str, float | None]:
        """Percent of one core; None for the ears if their process was not there all the time.

        The process that drafts begins with the visit: its share is all its processor time.
        """
        same = self._ears_id is not None and self._ears.process_id == self._ears_id
        ears, own = self._shares["ears"], self._shares["program"]
        return {
            "ears": ears.percent() if ears is not None and same else None,
            "program": own.percent() if own is not None else None,
            "engine": self._engine_percent(),
        }

    def _engine_percent(self) -> float | None:
        if (process_id := self._engine.process_id) is None:
            return None
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(process_id).cpu_times()
            return round(100 * float(times.user + times.system) / (steady() - self._begun), 2)
        return None
