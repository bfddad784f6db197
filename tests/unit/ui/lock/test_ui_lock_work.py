"""Behind the lock the work goes on: recordings, which can be stopped there, and drafts."""

from lock_sight import LABEL, in_reach, leaks, unlock
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.encounter import Stage, StageState
from app.domain.errors import MachineError
from app.domain.live import Alarm, AlarmKind, Levels, Stopped, StopReason
from app.ui.widgets.dialogs import CrashDialog


def test_recording_goes_on_behind_the_lock_and_can_be_stopped(qtbot, window, desk, recording):
    window.lock.lock()
    recording.say(Levels(754.0, (0.5,), (0.1,)))
    page = window.lock.page
    qtbot.waitUntil(lambda: page.time.text() == "Recording 12:34")
    assert not recording.stopped
    recording.say(Alarm(AlarmKind.DEVICE_GONE, True, "The microphone is gone.", "Plug it in again."))
    qtbot.waitUntil(lambda: page.alarm.message == "The microphone is gone. Plug it in again.")
    window.close()
    qtbot.wait(20)
    assert window.isVisible()
    assert "being recorded" in page.message.message
    assert not recording.stopped
    assert "stored" not in page.message.message
    page.stop.click()
    qtbot.waitUntil(lambda: page.message.message == "The recording is stopped and stored.")
    assert recording.stopped
    qtbot.waitUntil(lambda: not page.recording.isVisible())
    assert window.lock.locked
    assert not leaks()


def test_strip_only_stops_while_locked(qtbot, window, desk, recording):
    desk.recording_desk._set_strip(True)
    strip = desk.recording_desk.strip
    window.lock.lock()
    qtbot.wait(20)
    assert strip.isVisible()
    assert not leaks()
    assert "Garcia" not in in_reach()
    strip.activateWindow()
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_P, Qt.Key.Key_M, Qt.Key.Key_B):
        QTest.keyClick(strip.windowHandle(), key, control)
    qtbot.wait(20)
    assert not recording.paused
    assert not recording.muted
    desk.recording_desk._began -= 10  # as if started ten seconds ago
    strip.stop.click()
    qtbot.waitUntil(lambda: recording.stopped)
    assert not strip.isVisible()


def test_recording_that_stops_by_itself_is_told_on_the_lock(qtbot, window, desk, recording):
    window.lock.lock()
    recording.say(Stopped(StopReason.DISK_FULL, "The disk is full.", "Free some space."))
    qtbot.waitUntil(lambda: recording.stopped)
    qtbot.wait(20)
    assert window.lock.page.message.message == "The disk is full. Free some space."


def test_end_that_is_not_stored_is_told_and_tried_again(qtbot, window, desk, recording, application):
    window.lock.lock()
    page = window.lock.page
    application.recording.stop_error = MachineError("The disk does not answer.", "Check it.")
    page.stop.click()
    qtbot.waitUntil(lambda: page.alarm.message == "The disk does not answer. Check it.")
    assert page.stop.text() == "Try again"
    window.close()
    qtbot.wait(20)
    assert window.isVisible()
    application.recording.stop_error = None
    page.stop.click()
    qtbot.waitUntil(lambda: page.message.message == "The recording is stopped and stored.")
    assert not page.recording.isVisible()


def test_drafting_goes_on_behind_the_lock(qtbot, desk, window, application, samples):
    application.store.set_stage("e1", Stage.CHECK, StageState.PENDING)
    application.store.notes["e1"].clear()
    desk.work.process("e1", LABEL)
    window.lock.lock()
    qtbot.waitUntil(lambda: len(application.store.notes["e1"]) == 1)
    assert not leaks()
    unlock(qtbot, window, samples)
    qtbot.waitUntil(lambda: desk.page.note_rows.rowCount() > 0)


def test_crash_is_told_while_locked_and_stops_no_recording(qtbot, desk, window, recording, tmp_path):
    window.lock.lock()
    sheet = CrashDialog("builtins.ValueError at note.py:33", tmp_path / "crash.log", window)
    sheet.show()
    assert sheet.isVisible()
    assert not sheet.isModal()
    assert not leaks()
    assert not recording.stopped
    sheet.accept()
