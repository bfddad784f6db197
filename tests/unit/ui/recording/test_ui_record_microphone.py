"""The microphone: tested before the visit, missing, busy, remembered, changed in the middle."""

from PySide6.QtCore import Qt
from recording_steps import dialog, open_form, press, record

from app.domain.errors import MachineError
from app.domain.live import Alarm, AlarmKind, Levels
from app.ui.preferences import Preferences
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.dialogs import MessageDialog
from app.ui.widgets.microphone_picker import MicrophoneSheet


def test_the_level_is_shown_in_words(qtbot, window, application, place):
    form = open_form(qtbot, window)
    assert form.microphone.hint.text() == "Speak: the bar should move."
    application.recording.microphones[-1].say(Levels(0.0, (0.3,), (0.1,)))
    assert form.microphone.meter.word.text() == "Good level"
    assert "hears you" in form.microphone.hint.text()
    application.recording.microphones[-1].say(Levels(0.0, (1.0,), (0.9,)))
    assert form.microphone.meter.word.text() == "Too loud"
    application.recording.microphones[-1].say(
        Alarm(AlarmKind.NOTHING_HEARD, True, "Nothing is heard.", "Is the microphone switched on?")
    )
    assert "Nothing is heard." in form.microphone.message.message


def test_no_microphone_is_told_and_files_can_still_be_opened(qtbot, window, application, place):
    application.recording.inputs = ()
    application.recording.open_error = MachineError("There is no microphone.", "Plug one in.")
    press(qtbot, window, Qt.Key.Key_F9)
    form = place.recording_desk.new_visit
    qtbot.waitUntil(lambda: "There is no microphone." in form.microphone.message.message)
    press(qtbot, window, Qt.Key.Key_V)
    assert not form.start.isEnabled()
    assert window.actions_.open_recording.isEnabled()
    application.recording.inputs = recording_inputs(application)
    application.recording.open_error = None
    form.microphone.message.button.click()
    qtbot.waitUntil(lambda: form.start.isEnabled() and place.recording.microphone_open)


def recording_inputs(application):
    return type(application.recording)(application.store).inputs


def test_portaudio_missing_is_told(qtbot, window, application, place):
    error = MachineError("PortAudio is not installed.", "Install libportaudio2; recordings can be opened as files.")
    application.recording.device_error = application.recording.open_error = error
    press(qtbot, window, Qt.Key.Key_F9)
    form = place.recording_desk.new_visit
    qtbot.waitUntil(lambda: "PortAudio is not installed." in form.microphone.message.message)
    press(qtbot, window, Qt.Key.Key_V)
    assert form.missing.text() == "There is no microphone."


def test_a_busy_microphone_can_be_tried_again_by_starting(qtbot, window, application, place):
    application.recording.open_error = MachineError("The microphone is in use.", "Close the other program.")
    press(qtbot, window, Qt.Key.Key_F9)
    form = place.recording_desk.new_visit
    qtbot.waitUntil(lambda: "in use" in form.microphone.message.message)
    press(qtbot, window, Qt.Key.Key_V)
    application.recording.start_error = MachineError("The microphone is in use.", "Close the other program.")
    press(qtbot, window, Qt.Key.Key_F9)
    sheet = dialog(qtbot, window, MessageDialog)
    sheet.accept()
    assert form.isVisible()
    application.recording.start_error = application.recording.open_error = None
    qtbot.waitUntil(form.start.isEnabled)
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: place.recording.phase is Phase.RUNNING)


def test_the_microphone_is_remembered_for_each_person(qtbot, window, application, place, tmp_path):
    form = open_form(qtbot, window)
    form.microphone.device.setCurrentIndex(form.microphone.device.findData("pulse:headset"))
    qtbot.waitUntil(lambda: application.recording.microphones[-1].choice.device == "pulse:headset")
    qtbot.waitUntil(lambda: application.recording.microphones[0].closed)
    stored = Preferences(tmp_path)
    stored.save()
    window._preferences.save()
    assert Preferences(tmp_path).microphone(application.user.id).name == "Jabra Evolve2 65"
    assert Preferences(tmp_path).microphone("somebody else").device == ""


def test_a_remembered_microphone_that_is_gone_falls_back_and_says_so(qtbot, window, application, place):
    form = open_form(qtbot, window)
    form.microphone.device.setCurrentIndex(form.microphone.device.findData("pulse:headset"))
    press(qtbot, window, Qt.Key.Key_Escape)
    application.recording.inputs = application.recording.inputs[1:]
    form = open_form(qtbot, window)
    qtbot.waitUntil(lambda: "Jabra Evolve2 65 is not plugged in." in form.microphone.message.message)
    assert place.recording_desk.microphones.choice.device is None


def test_two_channels_are_an_option_not_in_the_way(qtbot, window, application, place):
    form = open_form(qtbot, window)
    picker = form.microphone
    assert not picker.separate.isVisible()
    picker.more.click()
    picker.separate.click()
    qtbot.waitUntil(lambda: application.recording.microphones[-1].choice.separate)
    picker.second.setCurrentIndex(picker.second.findData("pulse:built-in"))
    qtbot.waitUntil(lambda: application.recording.microphones[-1].choice.second == "pulse:built-in")
    assert not application.recording.microphones[-1].choice.separate


def test_a_microphone_that_is_back_can_be_switched_to(qtbot, window, application, place):
    form = open_form(qtbot, window)
    form.microphone.device.setCurrentIndex(form.microphone.device.findData("pulse:headset"))
    live = record_from_form(qtbot, window, application)
    everything, application.recording.inputs = application.recording.inputs, application.recording.inputs[1:]
    place.recording_desk.microphones.look()
    application.recording.inputs = everything
    live.say(Alarm(AlarmKind.DEVICE_BACK, True, "The chosen microphone is there again.", "Choose it."))
    live.choice = None
    bar = place.recording_desk.alarms.bars[0]
    assert bar.button.text() == "Switch back"
    bar.button.click()
    qtbot.waitUntil(lambda: live.choice is not None)
    assert live.choice.device == "pulse:headset"
    assert not place.recording_desk.alarms.isVisible()


def record_from_form(qtbot, window, application):
    press(qtbot, window, Qt.Key.Key_Escape)
    return record(qtbot, window, application)


def test_another_microphone_can_be_chosen_in_the_middle(qtbot, window, application, place):
    live = record(qtbot, window, application)
    window.actions_.microphone.trigger()
    sheet = dialog(qtbot, window, MicrophoneSheet)
    qtbot.waitUntil(lambda: sheet.device.count() == 3)
    sheet.device.setCurrentIndex(sheet.device.findData("pulse:headset"))
    sheet.go.click()
    qtbot.waitUntil(lambda: live.choice.device == "pulse:headset")
    assert place.recording.phase is Phase.RUNNING
