"""Steps of a person who records: keys, the form of a new visit, dialogs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.transcript import Speaker, Utterance
from app.ui.viewmodels.recording_phase import Phase


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key for whatever has the keyboard."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def open_form(qtbot, window):
    """F9, until the microphone is open."""
    place = window.workspace
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: place.recording.microphone_open and place.recording_desk.new_visit.isVisible())
    return place.recording_desk.new_visit


def record(qtbot, window, application):
    """F9, V, F9."""
    open_form(qtbot, window)
    press(qtbot, window, Qt.Key.Key_V)
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: window.workspace.recording.phase is Phase.RUNNING)
    return application.recording.live


def dialog(qtbot, window, kind):
    """The open dialog of a kind."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)))
    return next(d for d in window.findChildren(kind) if d.isVisible())


def said(number, start, words, speaker=Speaker.PATIENT):
    return Utterance(f"u{number}", start, start + 2, speaker, words)
