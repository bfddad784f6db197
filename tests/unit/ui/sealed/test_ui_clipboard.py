"""Copied text leaves the clipboard: after a minute if it is still ours, at signing out and at the end."""

import pytest
from PySide6.QtGui import QGuiApplication

from app.domain.clipboard import CLEAR_AFTER
from app.ui.clipboard import ClipboardGuard


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clipboard(qapp, monkeypatch):
    """The offscreen platform cannot tell whose the clipboard is."""
    found = QGuiApplication.clipboard()
    found.clear()
    monkeypatch.setattr(type(found), "ownsClipboard", lambda _self: True)
    yield found
    found.clear()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guard(qtbot, clipboard, clock):
    made = ClipboardGuard(clock)
    yield made
    made.stop()


def test_cleared_after_a_minute(guard, clipboard, clock):
    clipboard.setText("allergic to penicillin")
    clock.now += CLEAR_AFTER - 1
    guard.check()
    assert clipboard.text() == "allergic to penicillin"
    clock.now += 1
    guard.check()
    assert clipboard.text() == ""
    assert not guard._timer.isActive()


def test_copying_again_begins_a_new_minute(guard, clipboard, clock):
    clipboard.setText("one")
    clock.now += CLEAR_AFTER - 1
    clipboard.setText("two")
    clock.now += 2
    guard.check()
    assert clipboard.text() == "two"


def test_what_another_program_copied_is_left_alone(guard, clipboard, clock, monkeypatch):
    clipboard.setText("ours")
    monkeypatch.setattr(type(clipboard), "ownsClipboard", lambda _self: False)
    clipboard.setText("theirs")
    clock.now += 2 * CLEAR_AFTER
    guard.check()
    guard.clear()
    assert clipboard.text() == "theirs"


def test_stopping_leaves_nothing_behind(qtbot, clipboard, clock):
    made = ClipboardGuard(clock)
    clipboard.setText("ours")
    made.stop()
    assert clipboard.text() == ""
    clipboard.setText("after")
    assert not made._timer.isActive()


def test_signing_out_clears_it(qtbot, clipboard, desk, window):
    clipboard.setText("metoprolol")
    window.actions_.sign_out.trigger()
    qtbot.waitUntil(lambda: window.workspace is None)
    assert clipboard.text() == ""
    window.clipboard.stop()


def test_each_copy_is_told(guard, clipboard, qtbot):
    with qtbot.waitSignal(guard.taken):
        clipboard.setText("allergic to penicillin")
    with qtbot.assertNotEmitted(guard.taken):
        guard.clear()


def test_copying_has_an_entry_without_the_text(qtbot, clipboard, desk, window):
    trail = window._session.audit
    clipboard.setText("metoprolol")
    qtbot.waitUntil(lambda: bool(trail.told))
    assert [(action, detail) for action, _, detail in trail.told] == [("text.copied", "")]
    assert "metoprolol" not in str(trail.told)
