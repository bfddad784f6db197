"""Visits being worked on: imports, transcription, drafting. Each can be cancelled at any time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError, WorkCancelledError
from app.domain.note import Note, Section
from app.domain.second_look import SecondLook
from app.domain.style import NO_WISH, StyleWish
from app.domain.work import CancelToken
from app.ui.contracts import SectionObserver, StageObserver, VisitRunner
from app.ui.tasks import Lane, Tasks, UnexpectedError
from app.ui.wording import DOING, LOOKING_AGAIN


def _standard(_encounter_id: str) -> str | None:
    return None


def _open(_encounter_id: str) -> StyleWish:
    return NO_WISH


@dataclass(slots=True)
class Job:
    """One piece of long work. `fraction` runs from 0 to 1 over the whole job; `stage` is None while it waits."""

    title: str
    encounter_id: str | None = None
    stage: Stage | None = None
    doing: str = ""
    """What is going on, where it is no stage of the visit."""
    fraction: float = 0.0
    cancelling: bool = False
    sections: dict[str, Section] = field(default_factory=dict)
    token: CancelToken = field(default_factory=CancelToken)

    @property
    def phrase(self) -> str:
        """What is going on, in a few words."""
        if self.cancelling:
            return "Stopping"
        if self.doing:
            return self.doing
        return "Waiting for the visit before" if self.stage is None else DOING[self.stage]

    @property
    def note(self) -> Note | None:
        """The checked sections in which something is written so far, to be read only; None before the first."""
        written = tuple(section for section in self.sections.values() if section.statements)
        return Note("", written) if written else None


class VisitWork(QObject):
    """Starts, follows and cancels jobs.

    Signals: `importing_changed`; `imported(id, title)`; `progressed(id)`; `stage_changed(id)` a stage ended or began;
    `written(id)` there is more of the note to read; `ended(id)` the job is over, however; `failed(id, error)` it
    failed, id is empty if nothing was stored.
    """

    importing_changed = Signal()
    imported = Signal(str, str)
    progressed = Signal(str)
    stage_changed = Signal(str)
    written = Signal(str)
    ended = Signal(str)
    failed = Signal(str, object)

    def __init__(
        self,
        runner: VisitRunner,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        template_of: Callable[[str], str | None] = _standard,
        style_of: Callable[[str], StyleWish] = _open,
    ) -> None:
        """`template_of` tells the note type of a visit, None for the program's standard; `style_of` its style."""
        super().__init__(parent)
        self._runner = runner
        self._tasks = tasks
        self._template_of = template_of
        self._style_of = style_of
        self._jobs: dict[str, Job] = {}
        self.imports: list[Job] = []
        self.errors: dict[str, AnamnesisError] = {}
        self.redrafted: set[str] = set()
        """Visits that were drafted again as another type and whose page has not said so yet."""
        self.looked: dict[str, SecondLook] = {}
        """Visits that were looked at a second time and whose page has not said so yet."""

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
            self.imported.emit(encounter_id, title)
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
        template, style = self._template_of(encounter_id), self._style_of(encounter_id)
        self._start(
            encounter_id,
            title,
            lambda job, on_change, on_section: self._runner.process(
                encounter_id,
                self._follow(job),
                job.token,
                on_change,
                on_section=on_section,
                template=template,
                style=style,
            ),
        )

    def redraft(self, encounter_id: str, title: str, template: str, style: StyleWish = NO_WISH) -> None:
        """Draft a finished visit again, as a note type in a style. Nothing happens if the visit is being worked on."""

        def work(job: Job, on_change: StageObserver, _on_section: SectionObserver) -> None:
            self._runner.redraft(encounter_id, template, self._follow(job), job.token, on_change, style=style)
            self._tasks.post(lambda: self.redrafted.add(encounter_id))

        self._start(encounter_id, title, work)

    def look_again(self, encounter_id: str, title: str) -> None:
        """Have a finished draft looked at a second time. Nothing happens if the visit is being worked on."""

        def work(job: Job, _on_change: StageObserver, _on_section: SectionObserver) -> None:
            look = self._runner.look_again(encounter_id, self._follow(job), job.token)
            self._tasks.post(lambda: self.looked.update({encounter_id: look}))

        self._start(encounter_id, title, work, LOOKING_AGAIN)

    def _start(
        self,
        encounter_id: str,
        title: str,
        do: "Callable[[Job, StageObserver, SectionObserver], None]",
        doing: str = "",
    ) -> None:
        if encounter_id in self._jobs:
            return
        job = Job(title, encounter_id, doing=doing)
        self._jobs[encounter_id] = job
        self.errors.pop(encounter_id, None)
        self.stage_changed.emit(encounter_id)

        def on_change(stage: Stage, state: StageState) -> None:
            self._tasks.post(lambda: self._on_stage(job, stage, state))

        def on_section(section: Section) -> None:
            self._tasks.post(lambda: self._on_section(job, section))

        def work() -> None:
            job.token.check()
            do(job, on_change, on_section)

        def failed(error: AnamnesisError) -> None:
            if not isinstance(error, WorkCancelledError | UnexpectedError):
                self.errors[encounter_id] = error
            self._end(encounter_id)
            if not isinstance(error, WorkCancelledError):
                self.failed.emit(encounter_id, error)

        self._tasks.run(work, lambda _none: self._end(encounter_id), failed, Lane.VISIT)

    def forget(self, encounter_id: str) -> None:
        """A visit is destroyed: drop what was prepared of its draft."""
        self._tasks.run(lambda: self._runner.forget(encounter_id), _ignore, lambda error: self.failed.emit("", error))

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

    def _on_section(self, job: Job, section: Section) -> None:
        if job.encounter_id in self._jobs and not job.cancelling:
            job.sections[section.key] = section
            self.written.emit(job.encounter_id)

    def _tell(self, job: Job) -> None:
        if job.encounter_id is None:
            self.importing_changed.emit()
        elif job.encounter_id in self._jobs:
            self.progressed.emit(job.encounter_id)

    def _end(self, encounter_id: str) -> None:
        del self._jobs[encounter_id]
        self.ended.emit(encounter_id)


def _ignore(_none: None) -> None:
    return


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
