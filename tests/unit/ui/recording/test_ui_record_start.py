"""Starting a visit: three keys, consent before sound, who may record."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from recording_steps import open_form, press, record, said

from app.domain.live import FinalText, Levels
from app.domain.people import Role
from app.domain.recording import ConsentDecision, ConsentMethod
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets import recording_desk


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
