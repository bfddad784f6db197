"""Choosing the note type before a visit, and drafting a visit again as another one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from recording_steps import open_form, record

from app.domain.encounter import EncounterState, Stage, StageState
from app.domain.errors import EngineError
from app.drafting.templates.template import TEMPLATES
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets import recording_desk
from app.ui.widgets.note_type_picker import NoteTypeDialog


def put_own(application, name, text=None):
    folder = application.paths.templates
    folder.mkdir(parents=True, exist_ok=True)
    source = (TEMPLATES / "progress-note.toml").read_text(encoding="utf-8")
    (folder / f"{name}.toml").write_text(text or source.replace('type = "progress-note"', f'type = "{name}"'), "utf-8")


@pytest.fixture
def place(qtbot, window, application, sign_in, samples, monkeypatch):
    monkeypatch.setattr(recording_desk, "BOUNCE", 0.0)
    application.recording.make_transcript = lambda: samples["transcript"]
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.note_types.chosen is not None)
    yield window.workspace
    if window.workspace is not None:
        window.workspace.recording_desk.strip.hide()


def choose(box, note_type):
    box.setCurrentIndex(box.findData(note_type))


def dialog_of(desk):
    return next(d for d in desk.window().findChildren(NoteTypeDialog) if d.isVisible())


def test_soap_comes_first_and_own_types_say_whose_they_are(qtbot, window, application, place):
    put_own(application, "mine")
    form = open_form(qtbot, window)
    box = form.note_type.box
    qtbot.waitUntil(lambda: box.findData("mine") >= 0)
    assert (box.itemData(0), box.currentData()) == ("soap", "soap")
    assert box.itemText(box.findData("mine")) == "Progress note (yours)"
    assert form.note_type.hint.text() == "Subjective; Objective; Assessment; Plan"


def test_a_broken_own_type_is_told_and_hides_nothing(qtbot, window, application, place):
    put_own(application, "broken", 'type = "broken"')
    form = open_form(qtbot, window)
    qtbot.waitUntil(lambda: "broken.toml" in form.note_type.hint.text())
    assert form.note_type.box.findData("soap") == 0
    assert form.note_type.box.findData("broken") < 0
    assert form.note_type.hint.text().startswith("A note type cannot be used. The note template broken.toml")


def test_the_chosen_type_is_prepared_drafted_and_remembered(qtbot, window, application, place):
    form = open_form(qtbot, window)
    choose(form.note_type.box, "history-and-physical")
    assert "History of present illness" in form.note_type.hint.text()
    assert form.note_type.hint.text().endswith(" …")
    assert "Plan of treatment" in form.note_type.hint.toolTip()
    form.left.emit()
    record(qtbot, window, application)
    assert application.recording.templates == ["history-and-physical"]
    assert application.recording.styles == [place.note_types.styles.wish]
    window.actions_.record.trigger()
    qtbot.waitUntil(lambda: place.recording.phase is Phase.IDLE and bool(application.runner.templates))
    assert application.runner.templates == ["history-and-physical"]
    assert place.note_types.chosen.id == "history-and-physical"


def test_a_visit_keeps_its_type_when_another_one_is_chosen_for_the_next(qtbot, window, application, place):
    live = record(qtbot, window, application)
    place.note_types.choose("patient-summary")
    assert place.note_types.of(live.encounter_id) == "soap"
    assert place.note_types.of("another") == "patient-summary"
    window.actions_.record.trigger()
    qtbot.waitUntil(lambda: place.recording.phase is Phase.IDLE and bool(application.runner.templates))
    assert application.runner.templates == ["soap"]


def test_each_person_has_their_own_last_type(place):
    place.note_types.choose("nursing-note")
    preferences = place.note_types._preferences
    assert preferences.note_type(place.note_types._user) == "nursing-note"
    assert preferences.note_type("somebody else") == ""


def test_a_type_that_is_gone_falls_back_to_soap(place):
    place.note_types._preferences.remember_note_type(place.note_types._user, "gone")
    assert place.note_types.chosen.id == "soap"
    place.note_types.choose("gone")
    assert place.note_types.chosen.id == "soap"


def test_a_declined_recording_asks_for_no_type(qtbot, window, place):
    form = open_form(qtbot, window)
    form.consent.answer("D")
    assert not form.note_type.isVisible()


def redraft_as(qtbot, desk, note_type):
    desk.window().actions_.draft_as.trigger()
    dialog = dialog_of(desk)
    choose(dialog.box, note_type)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.work.job("e1") is None)
    qtbot.wait(30)


def test_drafting_again_as_another_type_keeps_the_note_before(qtbot, desk, window, application):
    before = desk.model.version
    redraft_as(qtbot, desk, "patient-summary")
    qtbot.waitUntil(lambda: desk.model.version.number == before.number + 1)
    assert desk.model.version.note.type == "patient-summary"
    assert next(v.note for v in application.store.notes["e1"]) == before.note
    assert desk.message.isVisible()
    assert application.runner.templates == ["patient-summary"]


def test_the_note_before_can_be_brought_back(qtbot, desk, window, application):
    before = desk.model.version
    redraft_as(qtbot, desk, "patient-summary")
    qtbot.waitUntil(desk.message.isVisible)
    desk.message.button.click()
    qtbot.waitUntil(lambda: desk.model.version.number == 3)
    assert desk.model.version.note == before.note
    assert not desk.message.isVisible()


def test_a_failed_attempt_is_told_and_changes_nothing(qtbot, desk, window, application):
    application.runner.failing[Stage.DRAFT] = EngineError("The engine stopped.", "Try again.")
    redraft_as(qtbot, desk, "patient-summary")
    qtbot.waitUntil(desk.message.isVisible)
    assert desk.model.version.number == 1
    assert desk.model.loaded.encounter.state is EncounterState.DRAFT


def test_the_dialog_offers_another_type_than_the_present_one_and_shows_its_sections(qtbot, desk, window):
    window.actions_.draft_as.trigger()
    dialog = dialog_of(desk)
    assert dialog.box.currentData() != "soap"
    choose(dialog.box, "procedure-note")
    assert "Anesthesia" in dialog.hint.text()
    dialog.reject()
    assert desk.work.job("e1") is None


def test_a_signed_visit_and_one_without_transcript_cannot_be_drafted_again(qtbot, desk, window, application):
    assert window.actions_.draft_as.isEnabled()
    application.store.rows["e1"] = application.store.rows["e1"].__class__(
        **{f: getattr(application.store.rows["e1"], f) for f in application.store.rows["e1"].__slots__}
        | {"state": EncounterState.SIGNED}
    )
    desk.model.reload()
    qtbot.waitUntil(lambda: not window.actions_.draft_as.isEnabled())


def test_while_it_is_being_drafted_nothing_else_is_drafted(qtbot, desk, window, application):
    window.actions_.draft_as.trigger()
    dialog = dialog_of(desk)
    seen = []
    application.runner.hold = lambda stage: seen.append((stage, desk.redrafting.possible))
    choose(dialog.box, "patient-summary")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(seen))
    qtbot.waitUntil(lambda: desk.work.job("e1") is None)
    assert seen == [(Stage.DRAFT, False)]
    assert all(s.state is StageState.DONE for s in application.store.get("e1").stages)


def test_the_page_names_the_type_and_the_reading_grade_of_a_note_for_the_patient(qtbot, desk, application):
    from dataclasses import replace

    from app.domain.encounter import VersionKind

    assert "grade" not in desk.page.notice.message
    note = replace(desk.model.version.note, title="Your visit summary", reader="patient")
    application.store.append("e1", note, VersionKind.DRAFT, EncounterState.DRAFT, 1)
    desk.model.reload()
    qtbot.waitUntil(lambda: "Your visit summary" in desk.page.detail.text())
    assert "Reading grade" in desk.page.notice.message
