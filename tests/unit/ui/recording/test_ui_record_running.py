"""While a visit is recorded: pauses, alarms, other visits beside it."""

from pathlib import Path

from PySide6.QtCore import Qt
from recording_steps import open_form, press, record

from app.domain.live import Alarm, AlarmKind, Levels
from app.domain.recording import MarkKind
from app.ui.viewmodels.alarms import with_alarm
from app.ui.viewmodels.encounters import EncounterRole
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets import alarm_bars, state_sign


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


def test_a_visit_that_has_just_ended_does_not_take_the_next_form_away(qtbot, window, application, place):
    record(qtbot, window, application)
    place.recording.ended.connect(lambda *_: window.actions_.new_visit.trigger())  # before the list is read again
    place.recording.stop()
    qtbot.waitUntil(lambda: place.encounters.rowCount() == 1 and not place.work.busy)
    qtbot.waitUntil(lambda: place.encounters.index(0).data(EncounterRole.STATE) == "Draft to review")
    assert place.recording_desk.new_visit.isVisible()


def test_a_file_that_was_read_is_offered_and_does_not_take_the_form_away(qtbot, window, application, place):
    form = open_form(qtbot, window)
    place.work.open_recording(Path("/nowhere/visit.m4a"), "Brown, Charles")
    qtbot.waitUntil(lambda: len(application.store.rows) == 1 and not place.work.busy)
    assert form.isVisible()
    assert place.message.message.startswith("Brown, Charles: read from its file.")
    place.message.button.click()
    qtbot.waitUntil(lambda: place.page.isVisible() and place.page.title.text() == "Brown, Charles")
