"""The window with a clock that a test sets, and a visit that is being recorded."""

from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QGuiApplication
from window_fakes import FakePicker, FakeTasks

from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.ui.preferences import Preferences
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.window import MainWindow


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def window(qtbot, application, theme, player, tmp_path, clock):
    made = MainWindow(
        application, FakeTasks(later=True), theme, Preferences(tmp_path), FakePicker(), lambda: player,
        lambda *_: None, clock,
    )  # fmt: skip
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.begin()
    return made


@pytest.fixture(autouse=True)
def unlocked_afterwards():
    yield
    Sheet.release()


@pytest.fixture
def recording(qtbot, desk, application):
    """A visit is being recorded while a draft is open."""
    desk.recording.start("Garcia, Maria", application.recording_consent)
    qtbot.waitUntil(lambda: desk.recording.active and bool(application.recording.lives))
    qtbot.waitUntil(lambda: desk.recording.encounter_id is not None)
    return application.recording.live


@pytest.fixture(autouse=True)
def consent(application):
    application.recording_consent = Consent(
        ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient", "en-1", datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    )


@pytest.fixture(autouse=True)
def own_clipboard(qapp, monkeypatch):
    """The offscreen platform cannot tell whose the clipboard is; there is none before the application (`qapp`)."""
    clipboard = QGuiApplication.clipboard()
    monkeypatch.setattr(type(clipboard), "ownsClipboard", lambda _self: True)
    yield
    clipboard.clear()
