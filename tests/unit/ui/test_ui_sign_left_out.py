"""Signing while something pressing was said and is not in the note: told, acknowledged, counted, never skipped."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.errors import SealBrokenError
from app.domain.note import Note
from app.domain.unnoted import Unnoted, UnnotedKind
from app.ui import wording
from app.ui.viewmodels.unnoted import Comparison
from app.ui.widgets.signing import SignDialog

CHEST = Unnoted(("u2",), UnnotedKind.RED_FLAG, "Chest pain at rest.")
RASH = Unnoted(("u9",), UnnotedKind.ALLERGY, 'Patient: "I had a rash from penicillin."')
PILLS = tuple(
    Unnoted((f"u{n}",), UnnotedKind.MEDICINE, f"Takes {name}.")
    for n, name in enumerate(("aspirin", "ramipril", "insulin"), 3)
)
FRIDAY = Unnoted(("u11",), UnnotedKind.PLAN, 'Clinician: "We will see you again on Friday."')


@pytest.fixture
def open_visit(qtbot, window, application, sign_in):
    """Opens a visit whose note has no doubts and leaves these things out."""

    def go(*left_out):
        application.reviewing.unnoted = left_out
        application.add_draft()
        versions = application.store.notes["e1"]
        versions[0] = replace(versions[0], note=_good(versions[0].note))
        sign_in()
        qtbot.waitUntil(lambda: window.workspace.encounters.rowCount() == 1)
        window.workspace.list.choose("e1")
        qtbot.waitUntil(lambda: window.workspace.unnoted.state is Comparison.DONE)
        return window.workspace

    return go


def _good(note: Note) -> Note:
    sections = (
        replace(s, statements=tuple(x for x in s.statements if not wording.is_doubtful(x))) for s in note.sections
    )
    return replace(note, sections=tuple(sections))


def sheet_of(qtbot, window):
    window.actions_.sign.trigger()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(SignDialog)))
    sheet = next(d for d in window.findChildren(SignDialog) if d.isVisible())
    sheet.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is sheet)
    return sheet


def test_quotes_the_worst_counts_the_rest_and_waits_for_the_acknowledgement(
    qtbot, window, application, open_visit, samples
):
    open_visit(CHEST, RASH, *PILLS, FRIDAY)
    sheet = sheet_of(qtbot, window)
    said = sheet.missing.bar.message
    assert said.splitlines() == [
        f"Said, not in the note: 1 red flag, 1 allergy, 3 medicines. Red flag: {CHEST.text}",
        f"Allergy: {RASH.text}",
        "Medicine: Takes aspirin.",
        "and 2 more",
    ]
    assert "Friday" not in said
    assert sheet.focusWidget() is sheet.missing.acknowledged
    qtbot.keyClicks(sheet.passphrase, samples["passphrase"])
    assert not sheet.go.isEnabled()
    sheet.submit()
    assert application.reviewing.signed == []
    qtbot.keyClick(sheet.missing.acknowledged, Qt.Key.Key_Space)
    assert sheet.go.isEnabled()
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: application.reviewing.left_out == [5])


@pytest.mark.parametrize("left_out", [(), (FRIDAY,)])
def test_other_kinds_stop_nobody(qtbot, window, application, open_visit, samples, left_out):
    open_visit(*left_out)
    sheet = sheet_of(qtbot, window)
    assert not sheet.missing.isVisible()
    assert sheet.focusWidget() is sheet.passphrase
    qtbot.keyClicks(sheet.passphrase, samples["passphrase"])
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: application.reviewing.left_out == [0])


def test_what_was_put_aside_is_not_asked_for_again(qtbot, window, open_visit):
    desk = open_visit(RASH, FRIDAY)
    desk.unnoted.hide(RASH)
    sheet = sheet_of(qtbot, window)
    assert not sheet.missing.isVisible()
    sheet.reject()


@pytest.mark.parametrize("way", ["button", "Alt+L", "Escape"])
def test_the_way_back_leads_to_the_worst_entry(qtbot, window, open_visit, way):
    desk = open_visit(CHEST, RASH)
    sheet = sheet_of(qtbot, window)
    if way == "button":
        qtbot.mouseClick(sheet.missing.way_back, Qt.MouseButton.LeftButton)
    elif way == "Escape":
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    else:
        qtbot.keyClick(sheet.passphrase, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not window.findChildren(SignDialog))
    window.activateWindow()
    qtbot.waitUntil(desk.page.unnoted.view.hasFocus)
    assert desk.page.unnoted.view.current_entry() == CHEST


def test_escape_without_anything_left_out_stays_where_one_was(qtbot, window, open_visit):
    desk = open_visit(FRIDAY)
    desk.page.note.setFocus()
    sheet = sheet_of(qtbot, window)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(SignDialog))
    assert not desk.page.unnoted.view.hasFocus()


def test_a_comparison_that_still_runs_is_waited_for_in_sight(qtbot, window, application, open_visit, samples, tasks):
    desk = open_visit(RASH)
    held = []
    desk.unnoted._tasks = _Holding(held)
    desk.model.add("plan", "Rest.")
    qtbot.waitUntil(lambda: desk.unnoted.state is Comparison.RUNNING and not desk.model.saving)
    sheet = sheet_of(qtbot, window)
    assert "Comparing the note with what was said" in sheet.missing.bar.message
    assert sheet.missing.bar.isVisible()
    assert not sheet.missing.acknowledged.isVisible()
    qtbot.keyClicks(sheet.passphrase, samples["passphrase"])
    assert not sheet.go.isEnabled()
    work, done, _failed = held.pop()
    done(work())
    assert RASH.text in sheet.missing.bar.message
    assert not sheet.go.isEnabled()
    sheet.missing.acknowledged.setChecked(True)
    assert sheet.go.isEnabled()
    sheet.reject()


def test_a_failed_comparison_is_told_and_can_be_tried_again(qtbot, window, open_visit, samples):
    desk = open_visit(RASH)
    held = []
    desk.unnoted._tasks = _Holding(held)
    desk.model.add("plan", "Rest.")
    qtbot.waitUntil(lambda: desk.unnoted.state is Comparison.RUNNING and not desk.model.saving)
    held.pop()[2](SealBrokenError("Damaged."))
    sheet = sheet_of(qtbot, window)
    assert "could not be compared" in sheet.missing.bar.message
    sheet.passphrase.setText(samples["passphrase"])
    assert not sheet.go.isEnabled()
    sheet.missing.acknowledged.setChecked(True)
    assert sheet.go.isEnabled()
    assert sheet.missing.left_out == 0
    qtbot.mouseClick(sheet.missing.bar.button, Qt.MouseButton.LeftButton)
    assert "Comparing" in sheet.missing.bar.message
    assert not sheet.go.isEnabled()
    work, done, _failed = held.pop()
    done(work())
    assert RASH.text in sheet.missing.bar.message
    assert not sheet.missing.acknowledged.isChecked()
    sheet.reject()


class _Holding:
    """Tasks that wait until the test lets them go."""

    def __init__(self, held):
        self._held = held

    def run(self, work, done, failed, _lane):
        self._held.append((work, done, failed))


def test_long_words_are_cut_between_words():
    words = "word " * 60
    assert wording.shortened(words, 160).endswith("word…")
    assert len(wording.shortened(words, 160)) <= 160
    assert wording.shortened("short", 160) == "short"


def test_a_screen_reader_hears_what_is_left_out_and_how_to_get_there(qtbot, window, open_visit):
    open_visit(RASH)
    sheet = sheet_of(qtbot, window)
    spoken = [w.accessibleName() for w in (sheet.missing.bar, sheet.missing.acknowledged, sheet.missing.way_back)]
    assert RASH.text in spoken[0]
    assert spoken[1:] == ["I have read it and sign the note without it", "Look at them"]
    sheet.reject()
