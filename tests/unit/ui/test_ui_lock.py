"""The lock: nothing of a patient stays in sight or in reach, the work goes on, and everything comes back as it was."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QWidget
from window_fakes import FakePicker, FakeTasks

from app.domain.encounter import Stage, StageState
from app.domain.errors import ConflictError, MachineError
from app.domain.live import Alarm, AlarmKind, FinalText, Levels, Stopped, StopReason
from app.domain.transcript import Speaker, Utterance
from app.ui.preferences import Preferences
from app.ui.viewmodels.idle import IdleWatch, uptime
from app.ui.widgets.dialogs import ConfirmDialog, CrashDialog, LabelDialog, Sheet, UnsavedTextDialog
from app.ui.widgets.statement_editor import StatementEditor
from app.ui.widgets.window import MainWindow

LABEL = "Miller, Jane"
SECRETS = ("Miller", "Jane", "penicillin", "metoprolol", "tightness", "Half a sentence", "spoken live")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def window(qtbot, application, theme, player, tmp_path, clock):
    made = MainWindow(
        application, FakeTasks(later=True), theme, Preferences(tmp_path), FakePicker(), lambda: player,
        lambda *_: None, clock,
    )  # fmt: skip
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.begin()
    return made


@pytest.fixture(autouse=True)
def unlocked_afterwards():
    yield
    Sheet.release()


def words_of(widget: QWidget) -> list[str]:
    """Everything a widget says to eyes or screen readers."""
    said = [widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis()]
    said += [widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QLineEdit):
        said.append(widget.text())
    if isinstance(widget, QPlainTextEdit):
        said.append(widget.toPlainText())
    return said


def accessible_words(interface) -> list[str]:
    """The text of an accessible object and of everything below it."""
    said = [
        interface.text(kind)
        for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description, QAccessible.Text.Help)
    ]
    for n in range(interface.childCount()):
        child = interface.child(n)
        if child is not None:
            said += accessible_words(child)
    return said


def in_reach() -> str:
    """All words of all widgets of shown windows, hidden widgets too, and all that a screen reader reaches."""
    said = []
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            for widget in [top, *top.findChildren(QWidget)]:
                said += words_of(widget)
    said += accessible_words(QAccessible.queryAccessibleInterface(QApplication.instance()))
    clipboard = QGuiApplication.clipboard()
    said.append(clipboard.text())
    if clipboard.supportsSelection():
        said.append(clipboard.text(QClipboard.Mode.Selection))
    return "\n".join(said)


def leaks() -> list[str]:
    return [secret for secret in SECRETS if secret in in_reach()]


def unlock(qtbot, window, samples):
    window.lock.page.passphrase.setText(samples["passphrase"])
    window.lock.page.submit()
    qtbot.waitUntil(lambda: not window.lock.locked)


@pytest.fixture
def recording(qtbot, desk, application):
    """A visit is being recorded while a draft is open."""
    desk.recording.start("Garcia, Maria", application.recording_consent)
    qtbot.waitUntil(lambda: desk.recording.active and bool(application.recording.lives))
    qtbot.waitUntil(lambda: desk.recording.encounter_id is not None)
    return application.recording.live


@pytest.fixture(autouse=True)
def consent(application):
    from datetime import UTC, datetime

    from app.domain.recording import Consent, ConsentDecision, ConsentMethod

    application.recording_consent = Consent(
        ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient", "en-1", datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    )


@pytest.fixture(autouse=True)
def own_clipboard(monkeypatch):
    """The offscreen platform cannot tell whose the clipboard is."""
    clipboard = QGuiApplication.clipboard()
    monkeypatch.setattr(type(clipboard), "ownsClipboard", lambda _self: True)
    yield
    clipboard.clear()


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
    desk.reload_list("e1")
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


def test_idle_minutes_lock_and_input_postpones(qtbot, desk, window, clock):
    clock.now += 9 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    clock.now += 9 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    QTest.mouseMove(window.windowHandle(), window.rect().center())
    clock.now += 9 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    clock.now += 60
    window.lock.watch.check()
    assert window.lock.locked


def test_input_in_a_dialog_counts_too(qtbot, desk, window, clock):
    dialog = LabelDialog("Change patient label", "", LABEL, "Change", window)
    dialog.open()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is dialog.windowHandle())
    clock.now += 9 * 60
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_X)
    clock.now += 2 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    dialog.reject()


def test_zero_minutes_never_lock(qtbot, clock):
    watch = IdleWatch(clock)
    watch.start(0)
    clock.now += 1e6
    with qtbot.assertNotEmitted(watch.idle):
        watch.check()


def test_clock_of_the_lock_goes_forward():
    assert uptime() <= uptime()


def test_key_locks_and_the_passphrase_opens_again(qtbot, desk, window, samples, clock):
    window.activateWindow()
    QTest.keyClick(
        window.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    assert window.lock.locked
    page = window.lock.page
    assert page.passphrase.hasFocus()
    assert not page.unlock_button.isEnabled()
    QTest.keyClicks(page.passphrase, "wrong")
    QTest.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.message.message))
    assert page.message.message == "The passphrase is wrong. Try again in 2 seconds."
    assert window.lock.locked
    assert page.passphrase.hasFocus()
    QTest.keyClicks(page.passphrase, samples["passphrase"])
    QTest.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.lock.locked)
    assert not page.passphrase.text()
    clock.now += 11 * 60
    window.lock.watch.check()
    assert window.lock.locked  # it counts again


def test_commands_do_nothing_while_locked(qtbot, desk, window, application):
    window.lock.lock()
    control, plain = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    window.activateWindow()
    for key, modifier in (
        (Qt.Key.Key_O, control), (Qt.Key.Key_E, control), (Qt.Key.Key_R, control), (Qt.Key.Key_F8, plain),
        (Qt.Key.Key_L, control), (Qt.Key.Key_F9, plain), (Qt.Key.Key_Z, control),
    ):  # fmt: skip
        QTest.keyClick(window.windowHandle(), key, modifier)
    qtbot.wait(20)
    assert window.lock.locked
    assert len(application.store.notes["e1"]) == 1
    assert not application.session.closed
    assert not [d for d in QApplication.topLevelWidgets() if isinstance(d, Sheet) and d.isVisible()]
    assert not application.recording.lives


def test_recording_goes_on_behind_the_lock_and_can_be_stopped(qtbot, window, desk, recording):
    window.lock.lock()
    recording.say(Levels(754.0, (0.5,), (0.1,)))
    page = window.lock.page
    qtbot.waitUntil(lambda: page.time.text() == "Recording 12:34")
    assert not recording.stopped
    recording.say(Alarm(AlarmKind.DEVICE_GONE, True, "The microphone is gone.", "Plug it in again."))
    qtbot.waitUntil(lambda: page.alarm.message == "The microphone is gone. Plug it in again.")
    window.close()
    qtbot.wait(20)
    assert window.isVisible()
    assert "being recorded" in page.message.message
    assert not recording.stopped
    assert "stored" not in page.message.message
    page.stop.click()
    qtbot.waitUntil(lambda: page.message.message == "The recording is stopped and stored.")
    assert recording.stopped
    qtbot.waitUntil(lambda: not page.recording.isVisible())
    assert window.lock.locked
    assert not leaks()


def test_strip_only_stops_while_locked(qtbot, window, desk, recording):
    desk.recording_desk._set_strip(True)
    strip = desk.recording_desk.strip
    window.lock.lock()
    qtbot.wait(20)
    assert strip.isVisible()
    assert not leaks()
    assert "Garcia" not in in_reach()
    strip.activateWindow()
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_P, Qt.Key.Key_M, Qt.Key.Key_B):
        QTest.keyClick(strip.windowHandle(), key, control)
    qtbot.wait(20)
    assert not recording.paused
    assert not recording.muted
    desk.recording_desk._began -= 10  # as if started ten seconds ago
    strip.stop.click()
    qtbot.waitUntil(lambda: recording.stopped)
    assert not strip.isVisible()


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


def test_recording_that_stops_by_itself_is_told_on_the_lock(qtbot, window, desk, recording):
    window.lock.lock()
    recording.say(Stopped(StopReason.DISK_FULL, "The disk is full.", "Free some space."))
    qtbot.waitUntil(lambda: recording.stopped)
    qtbot.wait(20)
    assert window.lock.page.message.message == "The disk is full. Free some space."


def test_end_that_is_not_stored_is_told_and_tried_again(qtbot, window, desk, recording, application):
    window.lock.lock()
    page = window.lock.page
    application.recording.stop_error = MachineError("The disk does not answer.", "Check it.")
    page.stop.click()
    qtbot.waitUntil(lambda: page.alarm.message == "The disk does not answer. Check it.")
    assert page.stop.text() == "Try again"
    window.close()
    qtbot.wait(20)
    assert window.isVisible()
    application.recording.stop_error = None
    page.stop.click()
    qtbot.waitUntil(lambda: page.message.message == "The recording is stopped and stored.")
    assert not page.recording.isVisible()


def test_drafting_goes_on_behind_the_lock(qtbot, desk, window, application, samples):
    application.store.set_stage("e1", Stage.CHECK, StageState.PENDING)
    application.store.notes["e1"].clear()
    desk.work.process("e1", LABEL)
    window.lock.lock()
    qtbot.waitUntil(lambda: len(application.store.notes["e1"]) == 1)
    assert not leaks()
    unlock(qtbot, window, samples)
    qtbot.waitUntil(lambda: desk.page.note_rows.rowCount() > 0)


def test_crash_is_told_while_locked_and_stops_no_recording(qtbot, desk, window, recording, tmp_path):
    window.lock.lock()
    sheet = CrashDialog("builtins.ValueError at note.py:33", tmp_path / "crash.log", window)
    sheet.show()
    assert sheet.isVisible()
    assert not sheet.isModal()
    assert not leaks()
    assert not recording.stopped
    sheet.accept()


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
