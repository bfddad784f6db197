"""The small window on top."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from recording_steps import open_form, press, record, said

from app.domain.live import Alarm, AlarmKind, FinalText, Hypothesis
from app.ui.viewmodels.recording_phase import Phase


def test_it_comes_when_the_window_is_minimised_and_goes_when_it_is_back(qtbot, window, application, place):
    record(qtbot, window, application)
    strip = place.recording_desk.strip
    assert not strip.isVisible()
    window.showMinimized()
    qtbot.waitUntil(strip.isVisible)
    strip.back.click()
    qtbot.waitUntil(lambda: not strip.isVisible() and not window.isMinimized())


def test_it_stays_on_top_and_names_no_patient(qtbot, window, application, place):
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


def test_its_keys_and_buttons(qtbot, window, application, place):
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


def test_closing_it_never_stops(qtbot, window, application, place):
    record(qtbot, window, application)
    window.actions_.strip.trigger()
    place.recording_desk.strip.close()
    qtbot.waitUntil(lambda: not place.recording_desk.strip.isVisible())
    assert place.recording.phase is Phase.RUNNING


def test_its_place_is_remembered(qtbot, window, application, place):
    record(qtbot, window, application)
    window.actions_.strip.trigger()
    strip = place.recording_desk.strip
    strip.move(QPoint(77, 55))
    window.actions_.strip.trigger()
    strip.move(QPoint(0, 0))
    window.actions_.strip.trigger()
    assert strip.pos() == QPoint(77, 55)


def test_locked_it_offers_time_and_stop_only(qtbot, window, application, place):
    record(qtbot, window, application)
    window.actions_.strip.trigger()
    strip = place.recording_desk.strip
    place.set_locked(True)
    assert not any(b.isVisible() for b in strip.content_buttons)
    assert strip.stop.isVisible()
    place.set_locked(False)
    assert all(b.isVisible() for b in strip.content_buttons)
