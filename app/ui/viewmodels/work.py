"""Visits being worked on: imports, transcription, drafting. Each can be cancelled at any time."""

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError, WorkCancelledError
from app.domain.work import CancelToken
from app.ui.contracts import VisitRunner
from app.ui.tasks import Lane, Tasks, UnexpectedError
from app.ui.wording import DOING


@dataclass(slots=True)
class Job:
    """One piece of long work. `fraction` runs from 0 to 1 over the whole job; `stage` is None while it waits."""

    title: str
    encounter_id: str | None = None
    stage: Stage | None = None
    fraction: float = 0.0
    cancelling: bool = False
    token: CancelToken = field(default_factory=CancelToken)

    @property
    def phrase(self) -> str:
        """What is going on, in a few words."""
        if self.cancelling:
            return "Stopping"
        return "Waiting for the visit before" if self.stage is None else DOING[self.stage]


class VisitWork(QObject):
    """Starts, follows and cancels jobs.

    Signals: `importing_changed`; `imported(id)`; `progressed(id)`; `stage_changed(id)` a stage ended or began;
    `ended(id)` the job is over, however; `failed(id, error)` it failed, id is empty if nothing was stored.
    """

    importing_changed = Signal()
    imported = Signal(str)
    progressed = Signal(str)
    stage_changed = Signal(str)
    ended = Signal(str)
    failed = Signal(str, object)

    def __init__(self, runner: VisitRunner, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._tasks = tasks
        self._jobs: dict[str, Job] = {}
        self.imports: list[Job] = []
        self.errors: dict[str, AnamnesisError] = {}

    @property
    def busy(self) -> bool:
        """Whether anything is being worked on."""
        return bool(self._jobs or self.imports)

    def job(self, encounter_id: str) -> Job | None:
        """The job of a visit, if it has one."""
        return self._jobs.get(encounter_id)

    def open_recording(self, source: Path, title: str) -> None:
        """Seal the file's audio into a new visit, then process it."""
        job = Job(title, stage=Stage.RECORD)
        self.imports.append(job)
        self.importing_changed.emit()

        def done(encounter_id: str) -> None:
            self.imports.remove(job)
            self.importing_changed.emit()
            self.imported.emit(encounter_id)
            self.process(encounter_id, title)

        def failed(error: AnamnesisError) -> None:
            self.imports.remove(job)
            self.importing_changed.emit()
            if not isinstance(error, WorkCancelledError):
                self.failed.emit("", error)

        def work() -> str:
            job.token.check()
            return self._runner.import_recording(source, title, self._follow(job), job.token)

        self._tasks.run(work, done, failed, Lane.IMPORT)

    def process(self, encounter_id: str, title: str) -> None:
        """Run the stages that are missing. Nothing happens if the visit is already being worked on."""
        if encounter_id in self._jobs:
            return
        job = Job(title, encounter_id)
        self._jobs[encounter_id] = job
        self.errors.pop(encounter_id, None)
        self.stage_changed.emit(encounter_id)

        def on_change(stage: Stage, state: StageState) -> None:
            self._tasks.post(lambda: self._on_stage(job, stage, state))

        def work() -> None:
            job.token.check()
            self._runner.process(encounter_id, self._follow(job), job.token, on_change)

        def failed(error: AnamnesisError) -> None:
            if not isinstance(error, WorkCancelledError | UnexpectedError):
                self.errors[encounter_id] = error
            self._end(encounter_id)
            if not isinstance(error, WorkCancelledError):
                self.failed.emit(encounter_id, error)

        self._tasks.run(work, lambda _none: self._end(encounter_id), failed, Lane.VISIT)

    def cancel(self, job: Job) -> None:
        """Ask a job to stop; what is finished stays."""
        job.cancelling = True
        job.token.cancel()
        self._tell(job)

    def cancel_all(self) -> None:
        """Ask everything to stop."""
        for job in [*self.imports, *self._jobs.values()]:
            self.cancel(job)

    def _follow(self, job: Job) -> "_Follower":
        return _Follower(self, job)

    def report(self, job: Job, fraction: float) -> None:
        """Take progress from a worker thread, at most one message per percent."""
        self._tasks.post(lambda: self._on_progress(job, fraction))

    def _on_progress(self, job: Job, fraction: float) -> None:
        job.fraction = max(job.fraction, min(fraction, 1.0))
        self._tell(job)

    def _on_stage(self, job: Job, stage: Stage, state: StageState) -> None:
        if state is StageState.RUNNING:
            job.stage = stage
        if job.encounter_id in self._jobs:
            self.stage_changed.emit(job.encounter_id)

    def _tell(self, job: Job) -> None:
        if job.encounter_id is None:
            self.importing_changed.emit()
        elif job.encounter_id in self._jobs:
            self.progressed.emit(job.encounter_id)

    def _end(self, encounter_id: str) -> None:
        del self._jobs[encounter_id]
        self.ended.emit(encounter_id)


class _Follower:
    """A `Progress` that passes on whole percents only."""

    def __init__(self, owner: VisitWork, job: Job) -> None:
        self._owner = owner
        self._job = job
        self._last = -1

    def __call__(self, fraction: float, _phrase: str) -> None:
        percent = int(fraction * 100)
        if percent != self._last:
            self._last = percent
            self._owner.report(self._job, fraction)
