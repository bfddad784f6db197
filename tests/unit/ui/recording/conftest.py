"""A person who is signed in and may record."""

import pytest

from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets import recording_desk


@pytest.fixture
def place(qtbot, window, application, sign_in, samples, monkeypatch):
    """Signed in, nothing recorded yet."""
    monkeypatch.setattr(recording_desk, "BOUNCE", 0.0)
    application.recording.make_transcript = lambda: samples["transcript"]
    sign_in()
    yield window.workspace
    qtbot.waitUntil(lambda: not window.workspace or window.workspace.recording.phase is not Phase.STARTING)
    if window.workspace is not None:
        window.workspace.recording_desk.strip.hide()
