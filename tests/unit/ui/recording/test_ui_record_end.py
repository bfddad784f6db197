"""The end of a recording: stopped, cancelled, withdrawn, the window closed, the disk full."""

from PySide6.QtCore import Qt
from recording_steps import dialog, open_form, press, record

from app.domain.encounter import StageState
from app.domain.errors import DiskFullError
from app.domain.live import Stopped, StopReason
from app.domain.recording import ConsentDecision
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.dialogs import ConfirmDialog, MessageDialog


def test_cancel_asks_and_destroys(qtbot, window, application, place):
    live = record(qtbot, window, application)
    window.actions_.cancel_recording.trigger()
    sheet = dialog(qtbot, window, ConfirmDialog)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)  # the obvious key keeps the recording
    qtbot.waitUntil(lambda: not sheet.isVisible())
    assert not live.destroyed
    window.actions_.cancel_recording.trigger()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: live.destroyed and place.recording.phase is Phase.IDLE)
    assert live.withdrawn is None
    assert place.welcome.isVisible()
    qtbot.waitUntil(lambda: place.encounters.rowCount() == 0)


def test_withdrawal_says_what_is_destroyed_and_is_stored(qtbot, window, application, place):
    live = record(qtbot, window, application)
    window.actions_.withdraw_recording.trigger()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: live.withdrawn is not None and place.recording.phase is Phase.IDLE)
    assert live.withdrawn.decision is ConsentDecision.WITHDRAWN
    assert live.withdrawn.who == "patient"


def test_closing_the_window_stops_saves_and_leaves(qtbot, window, application, place):
    live = record(qtbot, window, application)
    window.close()
    sheet = dialog(qtbot, window, ConfirmDialog)
    assert "recorded" in sheet.windowTitle()
    sheet.reject()
    assert place.recording.phase is Phase.RUNNING
    window.close()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: application.session.closed and not window.isVisible())
    assert live.stopped
    assert application.store.get(live.encounter_id).stages[2].state is StageState.PENDING  # drafted next time


def test_signing_out_with_an_open_form_closes_the_microphone(qtbot, window, application, place):
    open_form(qtbot, window)
    window.actions_.sign_out.trigger()
    qtbot.waitUntil(lambda: window.workspace is None)
    assert application.recording.microphones[-1].closed


def test_an_end_that_cannot_be_stored_keeps_the_window_and_can_be_tried_again(qtbot, window, application, place):
    live = record(qtbot, window, application)
    application.recording.stop_error = DiskFullError("The disk is full.", "Free some space.")
    window.close()
    dialog(qtbot, window, ConfirmDialog).go.click()
    dialog(qtbot, window, MessageDialog).accept()
    assert window.isVisible()
    assert not application.session.closed
    page = place.recording_desk.live
    assert "The disk is full." in page.problem.message
    application.recording.stop_error = None
    page.problem.button.click()
    qtbot.waitUntil(lambda: place.recording.phase is Phase.IDLE)
    qtbot.waitUntil(lambda: place.model.encounter_id == live.encounter_id)


def test_a_recording_that_stops_by_itself_is_told_and_finished(qtbot, window, application, place):
    live = record(qtbot, window, application)
    live.say(Stopped(StopReason.DISK_FULL, "The disk is full: the recording was stopped.", "Free some space."))
    qtbot.waitUntil(lambda: place.recording.phase is Phase.IDLE)
    assert live.stopped
    qtbot.waitUntil(lambda: place.model.encounter_id == live.encounter_id)


def test_finishing_shows_progress_and_need_not_be_waited_for(qtbot, window, application, place):
    live = record(qtbot, window, application)
    page, seen = place.recording_desk.live, []

    def in_the_middle():
        seen.append((page.finishing.isVisible(), page.bar.value(), page.sign.word.text()))
        assert "sound is safe" in page.finishing_words.text()
        page.later.click()

    application.recording.while_stopping = in_the_middle
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: place.recording.phase is Phase.IDLE)
    assert seen == [(True, 500, "Finishing the transcript")]
    assert live.stopped
    qtbot.waitUntil(lambda: application.store.get(live.encounter_id).stages[1].state is StageState.DONE)
