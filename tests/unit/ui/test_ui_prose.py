"""A note in prose in the window: running text in which every sentence is still a statement."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl
from window_doubles import make_note

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Support
from app.domain.style import Form, Style


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
