"""Adding by instruction to a section that the stored note lacks, in the window."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.encounter import EncounterState, VersionKind
from app.ui.viewmodels.revising import Phase


def without_plan(qtbot, desk, application):
    """The note was printed without its plan; the window shows that section as empty."""
    note = desk.model.version.note
    shorter = replace(note, sections=tuple(s for s in note.sections if s.key != "plan"))
    application.store.append("e1", shorter, VersionKind.EDIT, EncounterState.DRAFT, 1)
    desk.model.reload()
    qtbot.waitUntil(lambda: desk.model.version is not None and desk.model.version.number == 2)
    rows = desk.page.note_rows
    return next(
        rows.index(n)
        for n in range(rows.rowCount())
        if rows.row(rows.index(n)).section.key == "plan" and rows.row(rows.index(n)).statement is None
    )


@pytest.mark.parametrize("asked_from", ["plan", "assessment"])
def test_adding_makes_the_section_that_the_note_lacks(qtbot, window, desk, application, asked_from):
    def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        qtbot.keyClick(QApplication.focusWidget() or window, key, modifiers)

    panel = desk.revision_desk.panel
    empty = without_plan(qtbot, desk, application)
    if asked_from == "plan":
        desk.page.note.setCurrentIndex(desk.page.note_rows.index(desk.page.note_rows.rowCount() - 1))
        assert desk.page.note_rows.row(empty).section.key == "plan"
        desk.page.note.setFocus()
    else:
        desk.page.note.choose("s7")
        desk.page.note.setFocus()
    press(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    state = desk.revision_desk.revising
    assert state.section.key == asked_from
    desk.model.changed.emit()  # something else of the visit changes meanwhile
    assert state.phase is Phase.ASKING
    panel.field.setText("add the plan")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: state.phase is Phase.PROPOSED)
    assert ("It goes under Plan" in panel.notices.text()) is (asked_from != "plan")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: state.phase is Phase.CLOSED)
    qtbot.waitUntil(lambda: desk.model.version.number == 3)
    sections = desk.model.version.note.sections
    assert [s.key for s in sections] == ["subjective", "objective", "assessment", "plan"]
    assert "ECG" in sections[-1].statements[0].text
    if asked_from != "plan":
        qtbot.waitUntil(lambda: desk.page.note.current_statement() == sections[-1].statements[0])
