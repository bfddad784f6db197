"""A note in prose in the window: running text in which every sentence is still a statement."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_doubles import make_note

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Support
from app.domain.style import Form, Style
from app.ui import wording
from app.ui.theme import ThemeChoice
from app.ui.widgets import prose_view
from app.ui.widgets.statement_editor import StatementEditor


@pytest.fixture
def prose(qtbot, desk, application):
    note = replace(make_note(), style=Style(form=Form.PROSE))
    application.store.append("e1", note, VersionKind.DRAFT, EncounterState.DRAFT, 1)
    desk.model.reload()
    qtbot.waitUntil(lambda: desk.model.version is not None and desk.model.version.number == 2)
    qtbot.waitUntil(lambda: desk.page.note_forms.currentWidget() is desk.page.note_forms.prose)
    return desk


def shown(desk):
    return desk.page.note_forms.prose.toPlainText()


def test_bullets_stay_a_list_without_a_switch(desk):
    forms = desk.page.note_forms
    assert forms.currentWidget() is desk.page.note
    assert not forms.link.isVisible()


def test_every_statement_and_every_doubt_is_in_the_text(prose):
    text = shown(prose)
    for section in make_note().sections:
        assert section.title in text
    for statement in make_note().statements():
        assert statement.text.rstrip(".") in text
        if statement.support is not Support.SUPPORTED:
            assert all(reason in text for reason in statement.reasons)


def test_a_pressed_sentence_is_the_chosen_statement(prose):
    forms = prose.page.note_forms
    second = list(prose.model.version.note.statements())[1]
    forms.prose.anchorClicked.emit(QUrl("#1"))
    assert prose.page.note.current_statement() == second
    assert prose.page.transcript_rows is not None
    forms.prose.anchorClicked.emit(QUrl("#99"))
    assert prose.page.note.current_statement() == second


def test_statements_and_text_are_one_click_apart(prose):
    forms = prose.page.note_forms
    assert forms.link.text() == "As statements"
    forms.link.click()
    assert forms.currentWidget() is prose.page.note
    forms.link.click()
    assert forms.currentWidget() is forms.prose


def test_editing_goes_to_the_statements(qtbot, prose, window):
    forms = prose.page.note_forms
    forms.prose.anchorClicked.emit(QUrl("#0"))
    window.actions_.edit.trigger()
    assert forms.currentWidget() is prose.page.note
    assert prose.page.note.editing


def test_what_was_said_never_acts_as_markup(qtbot, desk, application):
    note = make_note()
    first = next(note.statements())
    odd = note.with_statement(replace(first, text="<b>bold</b> & <a href='#0'>x</a>"))
    application.store.append(
        "e1", replace(odd, style=Style(form=Form.PROSE)), VersionKind.DRAFT, EncounterState.DRAFT, 1
    )
    desk.model.reload()
    qtbot.waitUntil(lambda: "<b>bold</b> & <a href='#0'>x</a>" in shown(desk))


def test_an_edited_note_stays_as_the_person_left_it(qtbot, prose):
    forms = prose.page.note_forms
    forms.link.click()
    prose.model.edit(next(prose.model.version.note.statements()).id, "Other words")
    qtbot.waitUntil(lambda: prose.model.version.number == 3)
    assert forms.currentWidget() is prose.page.note
    assert "Other words" in shown(prose)


@pytest.fixture
def text(qtbot, prose, window):
    """The running text, with the keyboard in it."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    view = prose.page.note_forms.prose
    qtbot.waitUntil(view.hasFocus)
    return view


def chosen(desk):
    return desk.page.note.current_statement().id


def test_arrows_walk_the_sentences_and_the_evidence_follows(qtbot, prose, text):
    ids = [s.id for s in make_note().statements()]
    assert chosen(prose) == ids[0]  # where the keyboard stands at once
    for key, wanted in (
        (Qt.Key.Key_Down, ids[1]),
        (Qt.Key.Key_Right, ids[2]),
        (Qt.Key.Key_Up, ids[1]),
        (Qt.Key.Key_End, ids[-1]),
        (Qt.Key.Key_Down, ids[-1]),
        (Qt.Key.Key_Left, ids[-2]),
        (Qt.Key.Key_Home, ids[0]),
        (Qt.Key.Key_Up, ids[0]),
    ):
        qtbot.keyClick(text, key)
        assert chosen(prose) == wanted
        evidence = prose.model.version.note.statement(wanted).evidence
        assert prose.page.transcript_rows._evidence == set(evidence)
        assert text.hasFocus()


def test_walking_down_passes_every_sentence_once(qtbot, prose, text):
    seen = [chosen(prose)]
    for _ in range(len(list(make_note().statements())) - 1):
        qtbot.keyClick(text, Qt.Key.Key_Down)
        seen.append(chosen(prose))
    assert seen == [s.id for s in make_note().statements()]


def test_space_plays_the_current_sentence(qtbot, prose, text, player):
    qtbot.keyClick(text, Qt.Key.Key_Down)
    evidence = set(prose.model.version.note.statement(chosen(prose)).evidence)
    qtbot.keyClick(text, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: prose.playback.playing == evidence)
    qtbot.keyClick(text, Qt.Key.Key_Space)
    assert not prose.playback.playing


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return])
def test_typing_over_a_sentence_leads_back_to_the_text(qtbot, prose, text, key):
    qtbot.keyClick(text, Qt.Key.Key_Down)
    statement = chosen(prose)
    qtbot.keyClick(text, key)
    assert prose.page.note.editing
    editor = prose.page.note.findChild(StatementEditor)
    QTest.keyClicks(editor, "Other words.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: prose.model.version.note.statement(statement).text == "Other words.")
    qtbot.waitUntil(text.hasFocus)
    assert prose.page.note_forms.currentWidget() is text
    assert chosen(prose) == statement
    assert "Other words." in text.toPlainText()


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Insert])
def test_escape_from_typing_leads_back_too(qtbot, prose, text, key):
    qtbot.keyClick(text, key)
    assert prose.page.note.editing
    QTest.keyClick(prose.page.note.findChild(StatementEditor), Qt.Key.Key_Escape)
    qtbot.waitUntil(text.hasFocus)


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_the_current_sentence_is_to_be_seen(qtbot, prose, text, theme, choice):
    theme.choose(choice)
    qtbot.keyClick(text, Qt.Key.Key_Down)
    (marked,) = text.extraSelections()
    said = prose.model.version.note.statement(chosen(prose)).text
    assert marked.cursor.selectedText() == said
    assert marked.format.background().color().name() == QColor(theme.tokens.selection).name()
    edge = text.outline().boundingRect()
    assert text.viewport().rect().contains(edge.toRect())
    focused = text.viewport().grab(edge.toAlignedRect()).toImage()
    prose.list.setFocus()
    left = text.viewport().grab(edge.toAlignedRect()).toImage()
    places = [(x, y) for x in range(left.width()) for y in range(left.height())]
    outlined = [at for at in places if focused.pixel(*at) != left.pixel(*at)]
    assert 2 * left.width() <= len(outlined) < len(places) / 2


def test_the_current_sentence_is_scrolled_into_sight(qtbot, prose, text):
    text.setFixedHeight(90)
    qtbot.keyClick(text, Qt.Key.Key_End)
    qtbot.wait(10)
    edge = text.outline().boundingRect().translated(0, -text.verticalScrollBar().value())
    assert text.viewport().rect().contains(edge.center().toPoint())
    qtbot.keyClick(text, Qt.Key.Key_Home)
    edge = text.outline().boundingRect().translated(0, -text.verticalScrollBar().value())
    assert text.viewport().rect().contains(edge.center().toPoint())


def test_a_screen_reader_is_told_sentence_and_mark(qtbot, prose, text, monkeypatch):
    told = []
    monkeypatch.setattr(prose_view, "announce", lambda _widget, words: told.append(words))
    doubtful = next(s for s in make_note().statements() if s.support is not Support.SUPPORTED)
    while chosen(prose) != doubtful.id:
        qtbot.keyClick(text, Qt.Key.Key_Down)
    assert doubtful.text in told[-1]
    assert wording.mark_of(doubtful) in told[-1]


def test_tab_leaves_the_text(qtbot, prose, text):
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert not text.hasFocus()
