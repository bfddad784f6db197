"""The desk: a visit from the recording to the addendum, with the keyboard; errors; every widget has a name."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.domain.encounter import EncounterState, Stage, StageState
from app.domain.errors import ModelMissingError
from app.domain.ports import SignatureCheck
from app.ui.widgets.dialogs import (
    ConfirmDialog,
    KeysDialog,
    LabelDialog,
    MessageDialog,
    UnsavedTextDialog,
)
from app.ui.widgets.export_sheet import ExportSheet
from app.ui.widgets.file_drop import FileDrop
from app.ui.widgets.signing import AddendumDialog, SignDialog
from app.ui.widgets.statement_editor import StatementEditor


def dialog(qtbot, window, kind):
    """The open dialog of a kind, once it is in front."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)))
    found = next(d for d in window.findChildren(kind) if d.isVisible())
    found.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is found)
    return found


def text_of(desk, statement_id):
    return desk.model.version.note.statement(statement_id).text


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key for the window, once it is in front again after a dialog."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def test_whole_visit_with_the_keyboard_alone(qtbot, window, application, picker, sign_in, player, samples, exports):
    sign_in()
    desk = window.workspace
    picker.chosen = Path("/nowhere/visit.m4a")
    press(qtbot, window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    label = dialog(qtbot, window, LabelDialog)
    assert label.focusWidget() is label.label
    qtbot.keyClicks(label.label, "Miller, Jane")
    qtbot.keyClick(label.label, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.page.note_rows.rowCount() > 0)
    assert desk.page.title.text() == "Miller, Jane"
    assert application.runner.imported == [Path("/nowhere/visit.m4a")]

    press(qtbot, window, Qt.Key.Key_F8)  # the first doubtful statement
    note = desk.page.note
    assert note.current_statement().id == "s3"
    assert note.hasFocus()
    qtbot.keyClick(note, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.playback.playing == {"u8"})
    qtbot.keyClick(note, Qt.Key.Key_Space)
    assert not desk.playback.playing

    qtbot.keyClick(note, Qt.Key.Key_F2)
    editor = note.findChild(StatementEditor)
    QTest.keyClicks(editor, "Takes metoprolol 50 mg.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text_of(desk, "s3") == "Takes metoprolol 50 mg.")
    qtbot.waitUntil(lambda: not desk.model.saving)
    assert note.current_statement().id == "s3"

    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "500 mg" in text_of(desk, "s3") and not desk.model.saving)
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "50 mg." in text_of(desk, "s3") and not desk.model.saving)

    note.choose("s7")
    qtbot.keyClick(note, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: desk.model.version.note.statement("s7") is None and not desk.model.saving)
    note.choose("s8")
    qtbot.keyClick(note, Qt.Key.Key_Insert)
    editor = note.findChild(StatementEditor)
    QTest.keyClicks(editor, "Call if the pain comes back.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not desk.model.saving and len(desk.model.version.note.sections[3].statements) == 2)
    assert desk.model.version.note.sections[3].statements[-1].text == "Call if the pain comes back."

    press(qtbot, window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: desk.model.loaded.encounter.state is EncounterState.REVIEWED)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(qtbot, window, Qt.Key.Key_S, both)
    sheet = dialog(qtbot, window, SignDialog)
    assert "Takes metoprolol 50 mg." in sheet.content.toPlainText()
    assert [s.id for s in sheet.doubtful] == ["s3", "s6"]
    qtbot.keyClicks(sheet.passphrase, samples["passphrase"])
    assert not sheet.go.isEnabled()  # doubtful statements are not acknowledged yet
    qtbot.keyClick(sheet.acknowledged, Qt.Key.Key_Space)
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.model.loaded.encounter.state is EncounterState.SIGNED)
    assert application.reviewing.signed == [("authorship", True)]
    assert "The signature is valid." in desk.page.status.message
    assert not desk.page.note_rows.editable

    press(qtbot, window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    sheet = dialog(qtbot, window, AddendumDialog)
    qtbot.keyClicks(sheet.content, "Troponin negative.")
    qtbot.keyClicks(sheet.passphrase, samples["passphrase"])
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.model.loaded.encounter.state is EncounterState.AMENDED)

    picker.target = Path("/nowhere/note")
    press(qtbot, window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    sheet = dialog(qtbot, window, ExportSheet)
    qtbot.keyClicks(sheet.passphrase, "not the one")
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The passphrase is wrong." in sheet.message.message)
    assert not exports
    qtbot.keyClicks(sheet.passphrase, samples["passphrase"])
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(exports))
    assert exports == [("e1", Path("/nowhere/note.md"), False)]
    qtbot.waitUntil(lambda: "not encrypted" in desk.message.message)


def test_a_file_that_was_read_does_not_take_away_what_is_being_typed(qtbot, window, application, desk):
    desk.page.note.choose("s3")
    desk.page.note.edit_current()
    QTest.keyClicks(desk.page.note.findChild(StatementEditor), "Half a line")
    desk.work.open_recording(Path("/nowhere/visit.m4a"), "Brown, Charles")
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 2 and not desk.work.busy)
    assert desk.page.note.editing
    assert desk.model.encounter_id == "e1"
    desk.message.button.click()
    qtbot.waitUntil(lambda: desk.page.title.text() == "Brown, Charles")
    assert application.store.notes["e1"][-1].note.statement("s3").text == "Half a line"


def test_nobody_is_opened_until_chosen(qtbot, window, application, sign_in):
    application.add_draft("One")
    application.add_draft("Two")
    sign_in()
    desk = window.workspace
    desk.list.setFocus()
    qtbot.wait(30)
    assert desk.model.encounter_id is None
    assert desk.welcome.title.text() == "Choose a visit"
    qtbot.keyClick(desk.list, Qt.Key.Key_Down)
    assert desk.model.encounter_id == "e2"  # the newest, where the keyboard stood
    qtbot.keyClick(desk.list, Qt.Key.Key_Down)
    assert desk.model.encounter_id == "e1"


def test_chosen_statement_lights_its_evidence(qtbot, desk):
    from app.ui.viewmodels.transcript import UtteranceRole

    desk.page.note.choose("s2")
    rows = desk.page.transcript_rows
    lit = [n for n in range(rows.rowCount()) if rows.index(n).data(UtteranceRole.EVIDENCE)]
    assert lit == [2, 3]


@pytest.mark.parametrize("on", [True, False])
def test_click_on_a_statement_plays_if_wanted(qtbot, desk, window, on):
    window.actions_.play_on_click.setChecked(on)
    note = desk.page.note
    place = note.visualRect(note.rows.index_of("s4")).center()
    qtbot.mouseClick(note.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.wait(20)
    assert desk.playback.playing == ({"u9"} if on else frozenset())


def test_click_on_an_utterance_plays_it_and_again_stops(qtbot, desk):
    view = desk.page.transcript
    place = view.visualRect(view.model().index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.playback.playing == {"u2"}
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not desk.playback.playing


def test_escape_leaves_the_statement_as_it_was(qtbot, desk, application):
    desk.page.note.choose("s1")
    desk.page.note.edit_current()
    editor = desk.page.note.findChild(StatementEditor)
    QTest.keyClicks(editor, "nonsense")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.wait(20)
    assert len(application.store.notes["e1"]) == 1


def test_space_and_delete_type_while_editing(qtbot, desk, application):
    desk.page.note.choose("s1")
    desk.page.note.edit_current()
    editor = desk.page.note.findChild(StatementEditor)
    QTest.keyClicks(editor, "a b")
    QTest.keyClick(editor, Qt.Key.Key_Home)
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text_of(desk, "s1") == "b")
    assert not desk.playback.playing


def test_conflict_gives_the_typed_text_back(qtbot, desk, window, application):
    application.reviewing.remove_statement("e1", "s8", 1)
    desk.model.edit("s1", "My careful words")
    sheet = dialog(qtbot, window, UnsavedTextDialog)
    assert sheet.typed.toPlainText() == "My careful words"
    sheet.accept()


def test_text_being_typed_is_saved_when_the_window_closes(qtbot, desk, window, application):
    desk.page.note.choose("s1")
    desk.page.note.edit_current()
    QTest.keyClicks(desk.page.note.findChild(StatementEditor), "Half a sentence")
    window.close()
    qtbot.waitUntil(lambda: application.session.closed)
    assert application.reviewing.current("e1").note.statement("s1").text == "Half a sentence"
    qtbot.waitUntil(lambda: not window.isVisible())


def test_failed_stage_says_what_to_do_and_retries(qtbot, window, application, sign_in):
    sign_in()
    desk = window.workspace
    application.runner.failing[Stage.DRAFT] = ModelMissingError("The language model is not installed.", "Fetch it.")
    desk.work.open_recording(Path("/nowhere/a.wav"), "Jane")
    qtbot.waitUntil(lambda: "not installed" in desk.page.status.message)
    assert "The draft could not be written." in desk.page.status.message
    assert "Fetch it." in desk.page.status.message
    assert desk.page.transcript_rows.rowCount() == 11  # what is done stays visible
    desk.page.status.button.click()
    qtbot.waitUntil(lambda: desk.model.version is not None)
    assert not desk.page.status.message


def test_interrupted_visit_is_offered_for_continuing(qtbot, window, application, sign_in, samples):
    application.store.add("Jane", EncounterState.OPEN, samples["stages"](StageState.DONE, StageState.RUNNING))
    sign_in()
    desk = window.workspace
    desk.list.choose("e1")
    qtbot.waitUntil(lambda: "not finished" in desk.page.status.message)
    window.actions_.resume.trigger()
    qtbot.waitUntil(lambda: desk.model.version is not None)


def test_note_can_be_written_by_hand_when_no_draft_could_be_made(qtbot, window, application, sign_in, samples):
    steps = samples["stages"](StageState.DONE, StageState.DONE, StageState.FAILED, code="model-missing")
    application.store.add("Jane", EncounterState.OPEN, steps)
    sign_in()
    desk = window.workspace
    desk.list.choose("e1")
    qtbot.waitUntil(lambda: desk.page.note_rows.rowCount() == 8)
    assert window.actions_.add.isEnabled()
    assert not window.actions_.sign.isEnabled()


def test_recording_that_cannot_be_opened_is_said_in_a_dialog(qtbot, window, application, sign_in):
    from app.domain.errors import InputError

    sign_in()
    application.runner.failing[Stage.RECORD] = InputError("This is not a recording.", "Choose another file.")
    window.workspace.work.open_recording(Path("/nowhere/a.txt"), "Jane")
    sheet = dialog(qtbot, window, MessageDialog)
    assert not application.store.rows
    sheet.accept()


def test_broken_signature_is_said_loudly(qtbot, window, application, sign_in, samples):
    application.add_draft()
    application.reviewing.sign("e1", samples["passphrase"], "authorship", 1)
    application.store.check = SignatureCheck(False, "The note was changed after signing.")
    sign_in()
    window.workspace.list.choose("e1")
    qtbot.waitUntil(lambda: "NOT valid" in window.workspace.page.status.message)
    assert "changed after signing" in window.workspace.page.status.message


def test_dropped_file_asks_for_its_label(qtbot, desk, window, tmp_path):
    file = tmp_path / "visit.wav"
    file.write_bytes(b"x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    assert desk.findChild(FileDrop).eventFilter(desk, event)  # Qt hands out a drop only after a real drag
    sheet = dialog(qtbot, window, LabelDialog)
    sheet.reject()


def test_search_that_fits_nothing_says_so(qtbot, desk):
    qtbot.keyClicks(desk.search, "zzz")
    none = next(label for label in desk.findChildren(QLabel) if label.text() == "No visit fits the search.")
    assert none.isVisible()


def test_closing_during_work_asks_first(qtbot, window, application, sign_in):
    sign_in()
    desk = window.workspace
    encounter_id = application.add_draft()
    desk.work._jobs[encounter_id] = object()  # as if a visit were being worked on
    window.close()
    sheet = dialog(qtbot, window, ConfirmDialog)
    assert window.isVisible()
    sheet.reject()
    desk.work._jobs.clear()


def test_signing_dialog_without_doubts_needs_no_acknowledgement(qtbot, desk, theme, application):
    from dataclasses import replace

    note = desk.model.version.note
    good = replace(note, sections=(replace(note.sections[0], statements=note.sections[0].statements[:2]),))
    sheet = SignDialog(good, application.user, theme, desk)
    qtbot.addWidget(sheet)
    sheet.passphrase.setText("x")
    assert sheet.go.isEnabled()


def test_refused_signature_keeps_the_dialog(qtbot, desk, window):
    window.actions_.sign.trigger()
    sheet = dialog(qtbot, window, SignDialog)
    sheet.acknowledged.setChecked(True)
    sheet.passphrase.setText("wrong")
    sheet.submit()
    qtbot.waitUntil(lambda: "wrong" in sheet.message.message)
    assert sheet.isVisible()
    sheet.reject()


def test_keys_page_lists_every_shortcut_once(qtbot, desk, window):
    window.actions_.keys.trigger()
    sheet = dialog(qtbot, window, KeysDialog)
    sheet.reject()
    seen = [k.toString() for a in window.actions_.all for k in a.shortcuts()]
    assert len(seen) == len(set(seen))


def test_progress_can_be_stopped_with_its_button(qtbot, desk, application):
    stopped = []
    application.store.set_stage("e1", Stage.CHECK, StageState.PENDING)
    application.runner.hold = lambda _stage: (desk.page.progress.stop.click(), stopped.append(1))
    desk.work.process("e1", "Jane")
    qtbot.waitUntil(lambda: bool(stopped))
    qtbot.waitUntil(lambda: not desk.work.busy)
    assert application.store.get("e1").stages[3].state is StageState.PENDING
