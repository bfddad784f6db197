"""Every widget that takes the keyboard has a name, and the keyboard reaches every part."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget

from app.domain.errors import ModelMissingError
from app.domain.live import Alarm, AlarmKind, Levels
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.dialogs import (
    ConfirmDialog,
    CrashDialog,
    LabelDialog,
    MessageDialog,
    UnsavedTextDialog,
)
from app.ui.widgets.export_sheet import ExportSheet
from app.ui.widgets.microphone_picker import MicrophoneSheet
from app.ui.widgets.signing import AddendumDialog, SignDialog
from app.ui.widgets.statement_editor import StatementEditor


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key for the window, once it is in front again after a dialog."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def unnamed(root: QWidget) -> list[str]:
    focusable = [
        w
        for w in [root, *root.findChildren(QWidget)]
        if w.focusPolicy() is not Qt.FocusPolicy.NoFocus and not w.objectName().startswith("qt_")
    ]
    assert focusable
    return [repr(w) for w in focusable if not name_of(w).strip()]


def test_every_focusable_widget_of_the_desk_has_a_name(qtbot, desk, window):
    assert not unnamed(window)


@pytest.mark.parametrize("page", ["sign_in_page", "code_page", "recovery_page"])
def test_every_focusable_widget_of_the_entry_has_a_name(qtbot, window, page):
    qtbot.waitUntil(lambda: window.sign_in_page.names.count() == 1)
    assert not unnamed(getattr(window, page))


@pytest.mark.parametrize(
    "make",
    [
        lambda w, g: SignDialog(g["note"], g["user"], g["theme"], w),
        lambda w, g: AddendumDialog(g["user"], g["theme"], w),
        lambda w, g: ExportSheet(print, g["signed"], g["tasks"], g["theme"], w),
        lambda w, g: LabelDialog("t", g["text"], "x", "Go", w),
        lambda w, g: UnsavedTextDialog(ModelMissingError("m"), g["text"], w),
        lambda w, g: MessageDialog(g["text"], ModelMissingError("m", "r"), w),
        lambda w, g: CrashDialog(g["text"], Path("f"), w),
        lambda w, g: ConfirmDialog("t", g["text"], "no", "yes", w),
    ],
)
def test_every_focusable_widget_of_the_dialogs_has_a_name(qtbot, window, application, theme, tasks, samples, make):
    given = {
        "note": samples["note"],
        "user": application.user,
        "theme": theme,
        "signed": False,
        "text": "words",
        "tasks": tasks,
    }
    sheet = make(window, given)
    sheet.show()
    assert not unnamed(sheet)
    sheet.close()


def test_statement_editor_has_a_name(qtbot, desk):
    desk.page.note.choose("s1")
    desk.page.note.edit_current()
    assert "Enter saves" in name_of(desk.page.note.findChild(StatementEditor))
    QTest.keyClick(desk.page.note.findChild(StatementEditor), Qt.Key.Key_Escape)


def test_tab_walks_through_search_list_transcript_note_and_buttons(qtbot, desk, window):
    desk.search.setFocus()
    order = []
    for _ in range(30):
        widget = QApplication.focusWidget() or window.focusWidget()
        order.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    wanted = [desk.search, desk.list, desk.page.transcript, desk.page.note, desk.page.play_button]
    places = [order.index(w) for w in wanted]
    assert places == sorted(places)


def test_views_do_not_swallow_tab_and_lists_show_the_keyboard(qtbot, desk):
    for view in desk.findChildren(QAbstractItemView):
        assert not view.tabKeyNavigation()
    assert isinstance(desk.search, QLineEdit)


def test_every_focusable_widget_of_the_recording_has_a_name(qtbot, desk, window):
    recording = desk.recording_desk
    assert not unnamed(recording.new_visit)
    assert not unnamed(recording.live)
    assert not unnamed(recording.strip)
    assert not unnamed(recording.bar)
    sheet = MicrophoneSheet(recording.microphones, desk._theme, window)
    sheet.show()
    assert not unnamed(sheet)
    sheet.close()


def test_tab_walks_through_the_new_visit_in_reading_order(qtbot, desk, window):
    press(qtbot, window, Qt.Key.Key_F9)
    form = desk.recording_desk.new_visit
    qtbot.waitUntil(lambda: desk.recording.microphone_open)
    press(qtbot, window, Qt.Key.Key_V)
    form.label.setFocus()
    order = []
    for _ in range(14):
        widget = QApplication.focusWidget()
        order.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    wanted = [form.label, form.consent.words, form.consent.buttons["V"], form.microphone.device, form.start]
    places = [order.index(w) for w in wanted]
    assert places == sorted(places)


def test_state_and_level_are_words_for_screen_readers(qtbot, desk, window, application):
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: desk.recording.microphone_open)
    press(qtbot, window, Qt.Key.Key_V)
    press(qtbot, window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: desk.recording.phase is Phase.RUNNING)
    application.recording.live.say(
        Levels(65.0, (0.3,), (0.1,)), Alarm(AlarmKind.DEVICE_GONE, True, "The microphone is gone.", "Plug it in.")
    )
    live = desk.recording_desk.live
    assert name_of(live.clock) == "Recorded 1:05"
    assert name_of(live.sign.word) == "Recording"
    bars = live.meter.findChildren(QWidget)[0]
    assert QAccessible.queryAccessibleInterface(bars).text(QAccessible.Text.Description) == "Good level"
    assert name_of(desk.recording_desk.alarms.bars[0]) == "The microphone is gone. Plug it in."
    qtbot.waitUntil(lambda: QApplication.focusWidget() is live.view)
