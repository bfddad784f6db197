"""Recording a visit in the window: three keys, consent, alarms, pauses, leaving, what is never shown or lost."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.encounter import StageState
from app.domain.errors import DiskFullError, MachineError
from app.domain.live import Alarm, AlarmKind, FinalText, Hypothesis, Levels, Stopped, StopReason
from app.domain.people import Role
from app.domain.recording import ConsentDecision, ConsentMethod, MarkKind
from app.domain.transcript import Speaker, Utterance
from app.ui.preferences import Preferences
from app.ui.viewmodels.alarms import with_alarm
from app.ui.viewmodels.recording import Phase
from app.ui.widgets import alarm_bars, recording_desk, state_sign
from app.ui.widgets.dialogs import ConfirmDialog, MessageDialog
from app.ui.widgets.microphone_picker import MicrophoneSheet


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


def test_a_visit_with_three_keys_and_one_to_stop(qtbot, window, application, place):
    live = record(qtbot, window, application)
    desk = place.recording_desk
    assert desk.live.isVisible()
    assert live.microphone is application.recording.microphones[-1]  # the open microphone was taken over
    consent = application.recording.consents[live.encounter_id]
    assert (consent.decision, consent.method, consent.who) == (ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient")
    assert consent.wording == "en-1"
    live.say(Levels(754.0, (0.3,), (0.1,)), FinalText(0, 5, (said(1, 0, "My knee hurts."),)))
    assert desk.live.clock.text() == "12:34"
    assert desk.live.sign.word.text() == "Recording"
    assert desk.live.view.isVisible()
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: place.page.isVisible() and place.page.note_rows.rowCount() > 0)
    assert live.stopped
    assert place.model.encounter_id == live.encounter_id
    assert place.recording.phase is Phase.IDLE


def test_start_is_refused_until_consent_and_the_page_says_what_is_missing(qtbot, window, application, place):
    form = open_form(qtbot, window)
    assert not form.start.isEnabled()
    assert "press V" in form.missing.text()
    press(qtbot, window, Qt.Key.Key_F9)
    assert not application.recording.lives
    press(qtbot, window, Qt.Key.Key_G)
    assert form.consent.guardian.hasFocus()
    assert "guardian" in form.missing.text()
    QTest.keyClicks(form.consent.guardian, "Vera Dow")  # letters of a name are no answers
    assert form.consent.key == "G"
    press(qtbot, window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: place.recording.phase is Phase.RUNNING)
    consent = application.recording.consents[application.recording.live.encounter_id]
    assert (consent.method, consent.who) == (ConsentMethod.GUARDIAN, "Vera Dow")


def test_a_second_visit_asks_for_consent_again(qtbot, window, application, place):
    form = open_form(qtbot, window)
    press(qtbot, window, Qt.Key.Key_V)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not form.isVisible()
    qtbot.waitUntil(lambda: application.recording.microphones[-1].closed)
    form = open_form(qtbot, window)
    assert form.consent.key == ""


def test_consent_may_be_skipped_where_the_policy_allows(qtbot, window, application, sign_in, monkeypatch):
    monkeypatch.setattr(recording_desk, "BOUNCE", 0.0)
    application.recording.policy = replace(application.recording.policy, consent_required=False)
    sign_in()
    form = open_form(qtbot, window)
    assert form.start.isEnabled()
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: window.workspace.recording.phase is Phase.RUNNING)
    assert application.recording.consents[application.recording.live.encounter_id] is None


def test_declined_closes_the_microphone_and_opens_a_visit_without_sound(qtbot, window, application, place):
    form = open_form(qtbot, window)
    press(qtbot, window, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: application.recording.microphones[-1].closed)
    assert "No recording" in form.message.message
    assert not form.microphone.isVisible()
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: place.page.isVisible() and place.model.loaded is not None)
    assert not application.recording.lives
    made = place.model.loaded.encounter.id
    assert application.recording.consents[made].decision is ConsentDecision.DECLINED


def test_changing_the_mind_opens_the_microphone_again(qtbot, window, application, place):
    open_form(qtbot, window)
    press(qtbot, window, Qt.Key.Key_D)
    press(qtbot, window, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: place.recording.microphone_open)
    assert not application.recording.microphones[-1].closed


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


def test_pause_mute_and_bookmark_with_keys(qtbot, window, application, place):
    live = record(qtbot, window, application)
    page = place.recording_desk.live
    control = Qt.KeyboardModifier.ControlModifier
    press(qtbot, window, Qt.Key.Key_P, control)
    qtbot.waitUntil(lambda: page.sign.word.text() == "Paused")
    assert live.paused
    assert "nothing is recorded" in page.now.words.text()
    press(qtbot, window, Qt.Key.Key_P, control)
    qtbot.waitUntil(lambda: page.sign.word.text() == "Recording")
    press(qtbot, window, Qt.Key.Key_M, control)
    qtbot.waitUntil(lambda: page.sign.word.text() == "Muted")
    assert page.meter.word.text() == "Muted"
    press(qtbot, window, Qt.Key.Key_M, control)
    qtbot.waitUntil(lambda: not live.muted)
    press(qtbot, window, Qt.Key.Key_B, control)
    kinds = [MarkKind.PAUSE, MarkKind.MUTE, MarkKind.BOOKMARK]
    qtbot.waitUntil(lambda: sorted(r.mark.kind for r in place.recording.rows.rows) == sorted(kinds))


def test_alarms_stand_worst_first_and_go_when_they_end(qtbot, window, application, place):
    live = record(qtbot, window, application)
    desk = place.recording_desk
    live.say(
        Alarm(AlarmKind.CLIPPING, True, "Too loud.", "Move it away."),
        Alarm(AlarmKind.DEVICE_GONE, True, "The microphone is gone.", "Plug it in."),
        Alarm(AlarmKind.DISK_LOW, True, "Room for 14 minutes.", "Free some space."),
    )
    shown = [bar.message for bar in desk.alarms.bars if bar.isVisible()]
    assert [m.split(".")[0] for m in shown] == ["The microphone is gone", "Room for 14 minutes", "Too loud"]
    live.say(Alarm(AlarmKind.DEVICE_GONE, False))
    assert [b.message.split(".")[0] for b in desk.alarms.bars if b.isVisible()] == ["Room for 14 minutes", "Too loud"]
    live.say(Alarm(AlarmKind.DISK_LOW, False), Alarm(AlarmKind.CLIPPING, False))
    assert not desk.alarms.isVisible()


def test_an_alarm_of_the_test_stands_on_when_the_recording_starts(qtbot, window, application, place):
    open_form(qtbot, window)
    application.recording.microphones[-1].say(Alarm(AlarmKind.NOTHING_HEARD, True, "Nothing is heard.", "Check it."))
    press(qtbot, window, Qt.Key.Key_V)
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: place.recording.phase is Phase.RUNNING)
    assert place.recording_desk.alarms.bars[0].isVisible()
    application.recording.live.say(Alarm(AlarmKind.NOTHING_HEARD, False))
    assert not place.recording_desk.alarms.isVisible()


def test_new_states_and_alarms_are_said_to_a_screen_reader(qtbot, window, application, place, monkeypatch):
    spoken = []
    for module in (state_sign, alarm_bars):
        monkeypatch.setattr(module, "announce", lambda _widget, words: spoken.append(words))
    live = record(qtbot, window, application)
    live.say(Alarm(AlarmKind.NOTHING_HEARD, True, "Nothing is heard.", "Check it."), Levels(1.0, (0.1,), (0.1,)))
    window.actions_.pause.trigger()
    qtbot.waitUntil(lambda: "Paused" in spoken)
    assert spoken == ["Starting", "Recording", "Nothing is heard. Check it.", "Paused"]


def test_every_kind_of_alarm_has_a_place():
    standing = []
    for kind in AlarmKind:
        standing = with_alarm(standing, Alarm(kind, True, kind.value))
    assert {a.kind for a in standing} == set(AlarmKind)
    assert standing[0].kind is AlarmKind.DEVICE_GONE


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


def test_recording_goes_on_while_another_visit_is_read(qtbot, window, application, place):
    other = application.add_draft("Brown, Charles")
    place.reload_list()
    live = record(qtbot, window, application)
    desk = place.recording_desk
    assert not desk.bar.isVisible()
    qtbot.waitUntil(lambda: place.list.current_id() == live.encounter_id)
    place.list.choose(other)
    qtbot.waitUntil(lambda: place.page.isVisible() and place.model.loaded is not None)
    live.say(Levels(61.0, (0.2,), (0.1,)), Alarm(AlarmKind.NOTHING_HEARD, True, "Nothing is heard.", "Check it."))
    assert desk.bar.isVisible()
    assert desk.bar.clock.text() == "1:01"
    assert "Nothing is heard." in desk.bar.alarm.text()
    place.playback.failed.disconnect()
    refused = []
    place.playback.failed.connect(refused.append)
    place.playback.play(other, place.model.loaded.transcript.utterances[:1])
    assert "recorded" in refused[0].message  # its sound would get into the recording
    press(qtbot, window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert desk.live.isVisible()
    assert place.list.current_id() == live.encounter_id
    place.list.choose(other)
    qtbot.waitUntil(place.page.isVisible)
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "recorded" in place.message.message)
    assert place.model.encounter_id == other  # nobody is thrown out of what they read
    qtbot.waitUntil(lambda: not place.work.busy)
    place.message.button.click()
    qtbot.waitUntil(lambda: place.model.encounter_id == live.encounter_id)


def test_other_work_does_not_take_the_live_page_away(qtbot, window, application, place):
    other = application.add_draft("Brown, Charles")
    place.reload_list()
    qtbot.waitUntil(lambda: place.encounters.rowCount() == 1)
    place.list.choose(other)
    qtbot.waitUntil(lambda: place.model.loaded is not None)
    record(qtbot, window, application)
    application.add_draft("Somebody else")  # the list has another length now
    place.reload_list()
    qtbot.waitUntil(lambda: place.encounters.rowCount() == 3)
    assert place.recording_desk.live.isVisible()


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


def test_a_cut_off_recording_goes_on(qtbot, window, application, place, samples):
    cut = application.recording.cut_off_visit("Brown, Charles", 63.0, samples["t0"])
    place.recording.continue_recording(cut.encounter_id, cut.title)
    qtbot.waitUntil(lambda: place.recording.phase is Phase.RUNNING)
    assert place.recording_desk.live.clock.text() == "1:03"
    assert place.recording_desk.live.isVisible()


def test_the_same_key_pressed_twice_does_not_stop_at_once(qtbot, window, application, place, monkeypatch):
    monkeypatch.setattr(recording_desk, "BOUNCE", 1e6)
    live = record(qtbot, window, application)
    press(qtbot, window, Qt.Key.Key_F9)
    assert place.recording.phase is Phase.RUNNING
    assert not live.stopped


def test_a_nurse_cannot_record(qtbot, window, application, sign_in):
    application.session.user = replace(application.user, roles=frozenset({Role.NURSE}))
    sign_in()
    press(qtbot, window, Qt.Key.Key_F9)
    assert not window.workspace.recording_desk.new_visit.isVisible()
    assert not window.actions_.new_visit.isVisible()


class TestStrip:
    """The small window on top."""

    def test_it_comes_when_the_window_is_minimised_and_goes_when_it_is_back(self, qtbot, window, application, place):
        record(qtbot, window, application)
        strip = place.recording_desk.strip
        assert not strip.isVisible()
        window.showMinimized()
        qtbot.waitUntil(strip.isVisible)
        strip.back.click()
        qtbot.waitUntil(lambda: not strip.isVisible() and not window.isMinimized())

    def test_it_stays_on_top_and_names_no_patient(self, qtbot, window, application, place):
        form = open_form(qtbot, window)
        form.label.setText("Miller, Jane")
        press(qtbot, window, Qt.Key.Key_V)
        press(qtbot, window, Qt.Key.Key_F9)
        qtbot.waitUntil(lambda: place.recording.phase is Phase.RUNNING)
        window.actions_.strip.trigger()
        strip = place.recording_desk.strip
        assert strip.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
        application.recording.live.say(FinalText(0, 2, (said(1, 0, "My knee hurts."),)), Hypothesis(2, "and", "my"))
        words = " ".join(w.text() for w in strip.findChildren(type(strip.clock)))
        words += " ".join(b.text() for b in strip.content_buttons)
        assert not any(part in f"{words} {strip.windowTitle()} {window.windowTitle()}" for part in ("Miller", "knee"))

    def test_its_keys_and_buttons(self, qtbot, window, application, place):
        live = record(qtbot, window, application)
        window.actions_.strip.trigger()
        strip = place.recording_desk.strip
        strip.content_buttons[0].click()
        qtbot.waitUntil(lambda: live.paused and strip.sign.word.text() == "Paused")
        strip.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is strip)
        qtbot.keyClick(strip, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not live.paused)
        live.say(Alarm(AlarmKind.NOTHING_HEARD, True, "Nothing is heard.", "Check it."))
        assert "Nothing is heard." in strip.alarm.text()
        qtbot.keyClick(strip, Qt.Key.Key_F9)
        qtbot.waitUntil(lambda: live.stopped and not strip.isVisible())

    def test_closing_it_never_stops(self, qtbot, window, application, place):
        record(qtbot, window, application)
        window.actions_.strip.trigger()
        place.recording_desk.strip.close()
        qtbot.waitUntil(lambda: not place.recording_desk.strip.isVisible())
        assert place.recording.phase is Phase.RUNNING

    def test_its_place_is_remembered(self, qtbot, window, application, place):
        record(qtbot, window, application)
        window.actions_.strip.trigger()
        strip = place.recording_desk.strip
        strip.move(QPoint(77, 55))
        window.actions_.strip.trigger()
        strip.move(QPoint(0, 0))
        window.actions_.strip.trigger()
        assert strip.pos() == QPoint(77, 55)

    def test_locked_it_offers_time_and_stop_only(self, qtbot, window, application, place):
        record(qtbot, window, application)
        window.actions_.strip.trigger()
        strip = place.recording_desk.strip
        place.set_locked(True)
        assert not any(b.isVisible() for b in strip.content_buttons)
        assert strip.stop.isVisible()
        place.set_locked(False)
        assert all(b.isVisible() for b in strip.content_buttons)
