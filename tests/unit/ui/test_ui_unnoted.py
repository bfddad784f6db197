"""The panel "Said, not in the note": keyboard, mouse, undo, hiding, empty, signed, names for screen readers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from app.domain.unnoted import Unnoted, UnnotedKind
from app.ui import wording
from app.ui.tasks import Lane
from app.ui.viewmodels.unnoted import UnnotedRows, folded_at

RASH = Unnoted(("u9",), UnnotedKind.ALLERGY, 'Patient: "I had a rash all over as a child."')
ARM = Unnoted(("u3", "u4"), UnnotedKind.DENIED, "Denies pain in the arm.")
SWEAT = Unnoted(("u5", "u6"), UnnotedKind.DENIED, "Denies sweating.")
FRIDAY = Unnoted(("u11",), UnnotedKind.PLAN, 'Clinician: "We will see you again on Friday."')
FOUND = (RASH, ARM, SWEAT, FRIDAY)


@pytest.fixture
def open_visit(qtbot, window, application, sign_in):
    """Signed in, with a draft of which four things that were said are missing."""
    application.reviewing.unnoted = FOUND
    application.add_draft()
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.encounters.rowCount() == 1)
    window.workspace.list.choose("e1")
    qtbot.waitUntil(lambda: window.workspace.unnoted.entries is not None)
    return window.workspace


@pytest.fixture
def panel(open_visit):
    return open_visit.page.unnoted


def listed(panel):
    rows = [panel.rows.entry(panel.rows.index(n)) for n in range(panel.rows.rowCount())]
    return tuple(r for r in rows if r is not None)


def to_panel(qtbot, window, panel):
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(panel.view.hasFocus)


def test_stands_kind_by_kind_with_the_time_and_a_spoken_name(panel):
    assert panel.isVisible()
    assert listed(panel) == FOUND
    assert panel.side.text() == "4 entries"
    index = panel.rows.index(1)
    spoken = QAccessible.queryAccessibleInterface(panel.view).child(1).text(QAccessible.Text.Name)
    assert spoken == f"Allergies, 0:40. {RASH.text}"
    assert panel.rows.data(index, Qt.ItemDataRole.AccessibleTextRole) == spoken
    assert QAccessible.queryAccessibleInterface(panel.view).text(QAccessible.Text.Name) == "Said, not in the note"


def test_arrows_show_the_words_enter_and_space_play_them(qtbot, window, open_visit, panel, player):
    to_panel(qtbot, window, panel)
    assert panel.view.current_entry() == RASH
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.view.current_entry() == ARM
    assert open_visit.page.transcript_rows._evidence == {"u3", "u4"}
    assert not player.played
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(player.played) == 1)
    assert open_visit.playback.playing == {"u3", "u4"}
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert not open_visit.playback.playing
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(player.played) == 2)


def test_a_click_plays_unless_clicks_are_silent(qtbot, window, open_visit, panel, player):
    place = panel.view.visualRect(panel.rows.index(1)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: len(player.played) == 1)
    window.actions_.play_on_click.setChecked(False)
    place = panel.view.visualRect(panel.rows.index(3)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.view.current_entry() == ARM
    assert open_visit.page.transcript_rows._evidence == {"u3", "u4"}
    assert len(player.played) == 1
    assert not open_visit.playback.playing


def test_one_key_adds_it_and_undo_takes_it_back(qtbot, window, open_visit, panel):
    to_panel(qtbot, window, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    qtbot.keyClick(panel.view, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: listed(panel) == (RASH, SWEAT, FRIDAY))
    statement = open_visit.page.note.current_statement()
    assert (statement.text, statement.evidence) == (ARM.text, ("u3", "u4"))
    assert panel.view.hasFocus()
    assert panel.view.current_entry() == SWEAT
    qtbot.waitUntil(lambda: open_visit.model.may_undo)
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: listed(panel) == FOUND)
    assert ARM.text not in {s.text for s in open_visit.model.version.note.statements()}


def test_an_edit_by_hand_is_compared_anew(qtbot, open_visit, panel):
    open_visit.model.add("subjective", SWEAT.text)
    qtbot.waitUntil(lambda: listed(panel) == (RASH, ARM, FRIDAY))


@pytest.mark.parametrize("key", [Qt.Key.Key_X, Qt.Key.Key_Delete])
def test_not_needed_hides_and_can_be_shown_again(qtbot, window, panel, key):
    to_panel(qtbot, window, panel)
    qtbot.keyClick(panel.view, key)
    assert listed(panel) == (ARM, SWEAT, FRIDAY)
    assert panel.view.current_entry() == ARM
    assert panel.show_hidden.text() == "Show 1 hidden"
    qtbot.mouseClick(panel.show_hidden, Qt.MouseButton.LeftButton)
    assert listed(panel) == FOUND
    assert not panel.show_hidden.isVisible()


def test_hidden_stays_hidden_over_edits_but_not_over_a_new_sitting(qtbot, window, application, open_visit, panel):
    to_panel(qtbot, window, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_X)
    qtbot.keyClick(panel.view, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: listed(panel) == (SWEAT, FRIDAY))
    other = application.add_draft("Brown, Charles")
    open_visit.show_visit(other)
    qtbot.waitUntil(lambda: open_visit.model.encounter_id == other and open_visit.unnoted.entries is not None)
    assert listed(panel) == FOUND


def test_all_hidden_and_all_noted_are_said_in_words(qtbot, window, application, open_visit, panel):
    to_panel(qtbot, window, panel)
    for _ in FOUND:
        qtbot.keyClick(panel.view, Qt.Key.Key_X)
    assert panel.empty.text() == "Nothing else is missing; 4 entries are hidden as not needed."
    assert panel.show_hidden.isVisible()
    assert not panel.add_button.isVisible()
    application.reviewing.unnoted = ()
    open_visit.model.add("plan", "Rest.")
    qtbot.waitUntil(lambda: panel.empty.text() == "Everything clinical that was said is in the note.")
    assert panel.nothing.isVisible()
    assert not panel.view.isVisible()


def test_compared_away_from_the_vaults_lane(open_visit):
    assert Lane.COMPARING in open_visit._tasks._tasks.lanes


def test_not_for_a_signed_note_and_gone_at_once_with_the_visit(qtbot, window, application, open_visit, panel):
    signed = application.add_draft("Brown, Charles")
    application.reviewing.sign(signed, "correct horse battery staple", "authorship", 1)
    open_visit.show_visit(signed)
    qtbot.waitUntil(lambda: open_visit.model.encounter_id == signed)
    assert not panel.isVisible()
    assert listed(panel) == ()
    qtbot.waitUntil(lambda: open_visit.model.loaded is not None)
    qtbot.wait(30)
    assert not panel.isVisible()
    assert not window.actions_.note_it.isEnabled()


def test_who_may_not_edit_may_look(qtbot, window, application, open_visit, panel, monkeypatch):
    monkeypatch.setattr(type(open_visit.model), "may_edit", property(lambda _self: False))
    open_visit._on_changed()
    open_visit.unnoted.changed.emit()
    to_panel(qtbot, window, panel)
    assert not panel.add_button.isEnabled()
    qtbot.keyClick(panel.view, Qt.Key.Key_A)
    qtbot.wait(20)
    assert listed(panel) == FOUND


def test_every_kind_has_words():
    assert set(wording.KINDS) == set(UnnotedKind)
    rows = UnnotedRows()
    rows.show([Unnoted((), kind, "x") for kind in UnnotedKind], {})
    assert rows.rowCount() == 2 * len(UnnotedKind)


MANY = (
    RASH,
    *(Unnoted((f"u{n}",), UnnotedKind.SYMPTOM, f'Patient: "Symptom number {n}."') for n in range(1, 10)),
    *(Unnoted((f"u{n}",), UnnotedKind.DETAIL, f'Patient: "Detail number {n}."') for n in range(1, 8)),
)


def test_a_long_list_begins_with_what_matters_and_unfolds_by_keyboard(qtbot, window, application, open_visit, panel):
    application.reviewing.unnoted = MANY
    to_panel(qtbot, window, panel)
    open_visit.unnoted._computed = None
    open_visit.unnoted.again()
    qtbot.waitUntil(lambda: open_visit.unnoted.entries == MANY)
    assert listed(panel) == MANY[:12]
    assert panel.side.text() == "17 entries"
    last = panel.rows.index(panel.rows.rowCount() - 1)
    assert panel.rows.data(last, Qt.ItemDataRole.AccessibleTextRole) == "Show 5 more: other answers"
    for _ in range(len(listed(panel))):
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.view.currentIndex() == last
    assert not window.actions_.note_it.isEnabled()
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert listed(panel) == MANY
    assert panel.view.current_entry() == MANY[12]
    assert panel.view.hasFocus()


def test_a_click_unfolds_and_another_visit_folds_again(qtbot, window, application, open_visit, panel):
    application.reviewing.unnoted = MANY
    open_visit.unnoted._computed = None
    open_visit.unnoted.again()
    qtbot.waitUntil(lambda: open_visit.unnoted.entries == MANY)
    last = panel.rows.index(panel.rows.rowCount() - 1)

    def is_shown() -> bool:
        panel.view.scrollTo(last)
        return panel.view.indexAt(panel.view.visualRect(last).center()) == last

    qtbot.waitUntil(is_shown)
    place = panel.view.visualRect(last).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert listed(panel) == MANY
    open_visit.unnoted._on_opened()
    assert open_visit.unnoted.first == 0


@pytest.mark.parametrize(
    ("count", "pressing", "first"), [(12, 1, 12), (14, 1, 14), (15, 1, 12), (30, 1, 12), (30, 20, 20), (0, 0, 0)]
)
def test_what_is_pressing_is_never_folded_away(count, pressing, first):
    entries = [
        Unnoted((f"u{n}",), UnnotedKind.MEDICINE if n < pressing else UnnotedKind.DETAIL, f"Number {n}.")
        for n in range(count)
    ]
    assert folded_at(entries) == first
