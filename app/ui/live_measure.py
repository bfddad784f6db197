"""Lets the window record a visit by itself and measures how long it lets events wait meanwhile."""

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.domain.errors import AnamnesisError, MachineError
from app.domain.ports import Session
from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.ui.heartbeat import Heartbeat
from app.ui.tasks import Tasks

if TYPE_CHECKING:
    from app.ui.contracts import Application
    from app.ui.widgets.window import MainWindow
    from app.ui.widgets.workspace import Workspace

_POLL = 20  # ms
_PATIENCE = 60_000  # ms that the first text may take


class LiveMeasure(QObject):
    """Goes the way of a first user: makes the vault of an empty data folder, starts a visit, looks at the live page.

    `seconds` after the first text the recording is destroyed, `{"gaps": [ms, …], "words": n, "page": name}` is
    printed (`gaps` as in `Heartbeat`, from the press on Start on; `words` on the screen), and the window closes.
    What goes wrong is printed as `{"error": message, "remedy": text}`.
    """

    def __init__(self, window: "MainWindow", application: "Application", tasks: Tasks, seconds: float) -> None:
        super().__init__(window)
        self._window = window
        self._application = application
        self._tasks = tasks
        self._seconds = seconds
        self._heartbeat = Heartbeat(self)
        self._ends = QTimer(self)
        self._ends.setSingleShot(True)
        self._text_came = False
        window.usable.connect(self._make_vault)

    def _make_vault(self) -> None:
        passphrase = secrets.token_urlsafe(24)
        self._tasks.run(
            lambda: self._application.create_vault("bench", "Bench", passphrase), self._on_vault, self._on_failed
        )

    def _on_vault(self, made: tuple[Session, str]) -> None:
        if self._window.create_page is None:
            self._on_failed(MachineError("The data folder holds a vault already.", "Measure in an empty folder."))
            return
        self._window.create_page.created.emit(*made)
        self._window.code_page.kept.emit()
        self._look_for_workspace()

    def _look_for_workspace(self) -> None:
        workspace = self._window.workspace
        if workspace is None:
            QTimer.singleShot(_POLL, self, self._look_for_workspace)
            return
        recording = workspace.recording
        recording.failed.connect(lambda _headline, error: self._on_failed(error))
        wording = workspace.recordings.wording.id
        consent = Consent(ConsentDecision.GIVEN, ConsentMethod.VERBAL, "benchmark", wording, datetime.now(UTC))
        recording.rows.heard.connect(self._on_text)
        self._ends.timeout.connect(lambda: self._end(workspace))
        self._ends.start(_PATIENCE)
        self._heartbeat.start()
        recording.start("Bench", consent)

    def _on_text(self) -> None:
        if not self._text_came:
            self._text_came = True
            self._ends.start(round(self._seconds * 1000))

    def _end(self, workspace: "Workspace") -> None:
        self._heartbeat.stop()
        rows = [row.utterance.text for row in workspace.recording.rows.rows if row.utterance is not None]
        text = " ".join([*rows, workspace.recording.rows.settled, workspace.recording.rows.tentative])
        page = workspace.stack.currentWidget()
        found = {"gaps": self._heartbeat.gaps, "words": len(text.split()), "page": type(page).__name__}
        workspace.recording.destroyed.connect(lambda _id: self._report(found))
        workspace.recording.cancel()

    def _on_failed(self, error: AnamnesisError) -> None:
        self._report({"error": error.message, "remedy": error.remedy})

    def _report(self, found: dict[str, object]) -> None:
        print(json.dumps(found), flush=True)
        self._window.close()
