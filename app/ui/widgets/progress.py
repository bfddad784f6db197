"""How far the work on a visit is: its stages, a bar, and a way to stop it."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.domain.encounter import Stage, StageState, StageStatus
from app.ui import wording
from app.ui.theme import SPACE
from app.ui.viewmodels.work import Job
from app.ui.widgets.parts import button, text

_SIGNS = {StageState.DONE: "✓", StageState.RUNNING: "▸", StageState.PENDING: "·", StageState.FAILED: "✕"}
_SPOKEN = {
    StageState.DONE: "done",
    StageState.RUNNING: "running",
    StageState.PENDING: "waiting",
    StageState.FAILED: "stopped",
}


class ProgressStrip(QFrame):
    """Shown while a job runs."""

    def __init__(self, cancel: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        row = QHBoxLayout()
        row.setSpacing(4 * SPACE)
        self.phrase = text("", "heading")
        self.phrase.setWordWrap(False)
        row.addWidget(self.phrase)
        row.addStretch()
        self._stages: dict[Stage, QLabel] = {}
        for stage in Stage:
            label = text("", "muted")
            label.setWordWrap(False)
            self._stages[stage] = label
            row.addWidget(label)
        self.stop = button("Stop", cancel, hint="What is finished stays  (Ctrl+.)")
        row.addWidget(self.stop)
        column.addLayout(row)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        column.addWidget(self.bar)
        self.hide()

    def show_job(self, job: Job | None, stages: tuple[StageStatus, ...] = ()) -> None:
        """Show a job's progress; None hides the strip."""
        self.setVisible(job is not None)
        if job is None:
            return
        self.phrase.setText(f"{job.phrase}…")
        self.bar.setValue(round(job.fraction * 1000))
        self.stop.setEnabled(not job.cancelling)
        states = {s.stage: s.state for s in stages}
        for stage, label in self._stages.items():
            state = states.get(stage, StageState.PENDING)
            if job.stage is stage:
                state = StageState.RUNNING
            elif state is StageState.RUNNING:
                state = StageState.PENDING
            label.setText(f"{_SIGNS[state]} {wording.STAGES[stage]}")
            label.setAccessibleName(f"{wording.STAGES[stage]} {_SPOKEN[state]}")
            label.setVisible(bool(stages))
