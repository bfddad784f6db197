"""The lock: nothing of a patient stays in sight or in reach, and everything comes back as it was."""

from lock_sight import LABEL, in_reach, leaks, unlock
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import ConflictError
from app.domain.live import FinalText
from app.domain.transcript import Speaker, Utterance
from app.ui.widgets.dialogs import ConfirmDialog, LabelDialog, UnsavedTextDialog
from app.ui.widgets.statement_editor import StatementEditor


def test_lock_leaves_no_word_of_a_patient_in_any_widget(qtbot, desk, window, recording):
    desk.list.choose("e1")
    qtbot.waitUntil(lambda: desk.page.title.text() == LABEL)
    desk.page.note.choose("s4")
    desk.page.note.edit_current()
    QTest.keyClicks(desk.page.note.findChild(StatementEditor), "Half a sentence")
    desk.search.setText("Miller")
    recording.say(FinalText(0.0, 3.0, (Utterance("u1", 0.0, 2.0, Speaker.PATIENT, "spoken live"),)))
    dialog = LabelDialog("Change patient label", "", LABEL, "Change", window)
    dialog.open()
    QGuiApplication.clipboard().setText("allergic to penicillin")
    assert {"Miller", "penicillin", "Half a sentence"} <= set(leaks())
    window.lock.lock()
    qtbot.wait(30)
    assert not leaks()
    assert window.lock.page.isVisible()
    assert not window.menuBar().isVisible()
    recording.say(FinalText(0.0, 9.0, (Utterance("u1", 0.0, 8.0, Speaker.PATIENT, "spoken live, and more"),)))
    desk.model.reload()
    desk.show_visit("e1")
    qtbot.wait(50)
    assert not leaks()  # what comes in later stays behind the lock too


def test_everything_is_as_it_was_after_unlocking(qtbot, desk, window, samples, application):
    note = desk.page.note
    note.choose("s4")
    note.edit_current()
    editor = note.findChild(StatementEditor)
    QTest.keyClicks(editor, "Half a sentence")
    desk.page.transcript.setCurrentIndex(desk.page.transcript_rows.index(5))
    window.lock.lock()
    qtbot.wait(30)
    assert len(application.store.notes["e1"]) == 1  # locking saves nothing by itself
    unlock(qtbot, window, samples)
    qtbot.wait(30)
    assert note.editing
    assert note.findChild(StatementEditor).toPlainText() == "Half a sentence"
    assert note.current_statement().id == "s4"
    assert desk.page.transcript.currentIndex().row() == 5
    assert window.pages.currentWidget() is desk
    assert desk.isVisible()
    assert window.menuBar().isVisible()
    QTest.keyClick(note.findChild(StatementEditor), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.model.version.note.statement("s4").text == "Half a sentence")


def test_dialog_with_typed_text_waits_behind_the_lock(qtbot, desk, window, samples):
    window.actions_.rename.trigger()
    qtbot.waitUntil(
        lambda: any(d.isVisible() for d in window.findChildren(LabelDialog) + desk.findChildren(LabelDialog))
    )
    dialog = next(d for d in desk.findChildren(LabelDialog) + window.findChildren(LabelDialog) if d.isVisible())
    dialog.label.setText("Miller, Jane R.")
    window.lock.lock()
    assert not dialog.isVisible()
    unlock(qtbot, window, samples)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.label.text() == "Miller, Jane R."
    dialog.reject()


def test_dialog_that_comes_while_locked_waits(qtbot, desk, window, samples, application):
    window.lock.lock()
    desk.model.failed.emit(ConflictError("Somebody was faster."), "My careful words")
    qtbot.wait(20)
    sheets = desk.findChildren(UnsavedTextDialog)
    assert len(sheets) == 1
    assert not sheets[0].isVisible()
    assert "careful" not in in_reach()
    unlock(qtbot, window, samples)
    qtbot.waitUntil(sheets[0].isVisible)
    sheets[0].accept()


def test_form_of_a_new_visit_keeps_what_was_typed(qtbot, window, desk, application, samples):
    window.actions_.new_visit.trigger()
    form = desk.recording_desk.new_visit
    qtbot.waitUntil(lambda: bool(application.recording.microphones))
    form.label.setText("Miller, Jane R.")
    window.lock.lock()
    qtbot.waitUntil(lambda: application.recording.microphones[-1].closed)
    assert not leaks()
    unlock(qtbot, window, samples)
    qtbot.waitUntil(lambda: not application.recording.microphones[-1].closed)
    assert form.isVisible()
    assert form.label.text() == "Miller, Jane R."


def test_leaving_question_is_shown_while_locked(qtbot, desk, window):
    desk.work._jobs["e1"] = object()  # as if a visit were being worked on
    window.lock.lock()
    window.close()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(ConfirmDialog)))
    assert not leaks()
    next(d for d in window.findChildren(ConfirmDialog) if d.isVisible()).reject()
    desk.work._jobs.clear()


def test_clipboard_of_others_is_left_alone(qtbot, desk, window, monkeypatch):
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("of another program")
    monkeypatch.setattr(type(clipboard), "ownsClipboard", lambda _self: False)
    window.lock.lock()
    assert clipboard.text() == "of another program"
    clipboard.clear()


def test_every_focusable_widget_of_the_lock_has_a_name(qtbot, desk, window, recording):
    window.lock.lock()
    page = window.lock.page
    reached = [w for w in page.findChildren(QWidget) if w.focusPolicy() is not Qt.FocusPolicy.NoFocus and w.isVisible()]
    assert page.stop in reached
    assert page.passphrase in reached
    for widget in reached:
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def test_dialog_that_asks_for_a_file_is_called_off(qtbot, desk, window):
    asking = QFileDialog(window, "Open a recording")
    asking.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(asking)
    asking.open()
    with qtbot.waitSignal(asking.rejected):
        window.lock.lock()
    assert not asking.isVisible()
