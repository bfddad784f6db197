"""Choosing how a note is written, what was learned in words, the switch and forgetting."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from recording_steps import open_form, record

from app.domain.style import Form, Length, Style, StyleWish, Wording
from app.exchange.style_words import described
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets import recording_desk
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.note_type_picker import NoteTypeDialog

LEARNED = SimpleNamespace(style=Style(wording=Wording.ABBREVIATED), notes=9, like=6)


@pytest.fixture
def place(qtbot, window, application, sign_in, samples, monkeypatch):
    monkeypatch.setattr(recording_desk, "BOUNCE", 0.0)
    application.recording.make_transcript = lambda: samples["transcript"]
    application.learning.found = LEARNED
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.note_types.styles.learned is not None)
    yield window.workspace
    if window.workspace is not None:
        window.workspace.recording_desk.strip.hide()


def choose(picker, kind, value):
    box = picker.boxes[kind]
    box.setCurrentIndex(next(n for n in range(box.count()) if box.itemData(n) == value))


def dialog_of(desk):
    return next(d for d in desk.window().findChildren(NoteTypeDialog) if d.isVisible())


def test_what_was_learned_is_said(qtbot, window, place):
    form = open_form(qtbot, window)
    picker = form.style_picker
    assert picker.hint.text() == "Standard length, bullets, abbreviated, from your 6 signed notes."
    assert [box.currentText() for box in picker.boxes.values()] == ["Usual length", "Usual form", "Usual words"]


def test_a_choice_is_kept_for_the_person_and_goes_to_the_draft(qtbot, window, application, place):
    form = open_form(qtbot, window)
    choose(form.style_picker, "length", Length.BRIEF)
    choose(form.style_picker, "form", Form.PROSE)
    form.left.emit()
    record(qtbot, window, application)
    place.note_types.styles.choose("length", Length.FULL.value)
    window.actions_.record.trigger()
    qtbot.waitUntil(lambda: place.recording.phase is Phase.IDLE and bool(application.runner.styles))
    assert application.runner.styles == [StyleWish(Length.BRIEF, Form.PROSE, None)]
    assert place.note_types.styles.wish == StyleWish(Length.FULL, Form.PROSE, None)
    preferences = place.note_types._preferences
    assert preferences.style(place.note_types._user, "form") == "prose"
    assert preferences.style("somebody else", "form") == ""


def test_with_every_choice_made_nothing_is_left_to_learning(qtbot, window, place):
    form = open_form(qtbot, window)
    for kind, value in (("length", Length.BRIEF), ("form", Form.BULLETS), ("wording", Wording.SPELLED)):
        choose(form.style_picker, kind, value)
    assert not place.note_types.styles.wish.open
    assert form.style_picker.hint.text() == "Brief, bullets, spelled out."


def test_learning_is_switched_off_and_on(qtbot, window, application, place):
    picker = open_form(qtbot, window).style_picker
    switch, _forget = picker.menu().actions()
    assert switch.isChecked()
    switch.setChecked(False)
    qtbot.waitUntil(lambda: "off" in picker.hint.text())
    assert not application.learning.on
    picker.menu().actions()[0].setChecked(True)
    qtbot.waitUntil(lambda: "6 signed notes" in picker.hint.text())


def test_forgetting_asks_first(qtbot, window, application, place):
    picker = open_form(qtbot, window).style_picker
    picker.menu().actions()[1].trigger()
    dialog = next(d for d in window.findChildren(ConfirmDialog) if d.isVisible())
    dialog.reject()
    assert application.learning.found is LEARNED
    picker.menu().actions()[1].trigger()
    dialog = next(d for d in window.findChildren(ConfirmDialog) if d.isVisible())
    dialog.accept()
    qtbot.waitUntil(lambda: "Nothing is learned yet" in picker.hint.text())
    assert application.learning.found is None
    assert not picker.menu().actions()[1].isEnabled()


def test_where_the_policy_forbids_it_nothing_is_offered(qtbot, window, application, sign_in):
    application.learning.allowed = application.learning.on = False
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.note_types.chosen is not None)
    picker = open_form(qtbot, window).style_picker
    assert not picker.learning.isVisible()
    assert "does not let style be learned" in picker.hint.text()


def test_another_type_is_looked_up_anew(qtbot, window, application, place):
    place.note_types.choose("progress-note")
    qtbot.waitUntil(lambda: "progress-note" in application.learning.asked)


def test_drafting_again_in_another_style(qtbot, desk, window, application):
    window.actions_.draft_as.trigger()
    dialog = dialog_of(desk)
    choose(dialog.style_picker, "length", Length.BRIEF)
    dialog.box.setCurrentIndex(dialog.box.findData("soap"))
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.work.job("e1") is None and bool(application.runner.styles))
    assert application.runner.styles == [StyleWish(Length.BRIEF)]
    assert desk.note_types.styles.wish == StyleWish()  # for that draft alone


def test_the_dialog_says_what_was_learned_for_its_own_note_type(qtbot, desk, window, application):
    window.actions_.draft_as.trigger()
    dialog = dialog_of(desk)
    dialog.box.setCurrentIndex(dialog.box.findData("procedure-note"))
    qtbot.waitUntil(lambda: "procedure-note" in application.learning.asked)
    qtbot.waitUntil(lambda: "Nothing is learned yet" in dialog.style_picker.hint.text())
    dialog.reject()


def test_a_style_in_words():
    style = Style(Length.BRIEF, Form.PROSE, Wording.SPELLED, ("dyspnea", "HTN", "BID", "TID"))
    assert described(style) == "Brief, prose, spelled out, “dyspnea”, “HTN”, “BID” …"
