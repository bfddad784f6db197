"""Searching the visits by patient or text."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from app.domain.errors import VaultError
from app.ui.viewmodels.encounters import EncounterRole
from app.ui.viewmodels.searching import excerpt


@pytest.fixture
def searched(qtbot, rooms, application, desk):
    application.add_draft("Garcia, Maria")
    application.add_draft("Brown, Thomas")
    rooms.search.texts = {"e3": "Takes warfarin 5 mg in the evening."}
    desk.reload_list()
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 3)
    return desk


def titles(desk):
    model = desk.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_labels_are_found_at_once_and_texts_after_a_pause(qtbot, searched, rooms):
    searched.search.setText("garc")
    assert titles(searched) == ["Garcia, Maria"]
    assert rooms.search.asked == []
    searched.search.setText("warf")
    assert titles(searched) == []
    assert searched._visits.empty.text() == "Searching the notes…"
    qtbot.waitUntil(lambda: titles(searched) == ["Brown, Thomas"])
    assert rooms.search.asked == ["warf"]  # one question after the pause, not one a letter
    assert searched.list.model().index(0, 0).data(EncounterRole.SNIPPET) == "Takes warfarin 5 mg in the evening."
    said = searched.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "warfarin" in said


def test_escape_takes_the_search_back_and_down_goes_to_what_was_found(qtbot, searched):
    searched.search.setFocus()
    qtbot.keyClicks(searched.search, "warfarin")
    qtbot.waitUntil(lambda: titles(searched) == ["Brown, Thomas"])
    qtbot.keyClick(searched.search, Qt.Key.Key_Down)
    assert searched.list.hasFocus()
    assert searched.list.current_id() == "e3"
    searched.search.setFocus()
    qtbot.keyClick(searched.search, Qt.Key.Key_Escape)
    assert searched.search.text() == ""
    assert len(titles(searched)) == 3
    assert not any(searched.list.model().index(row, 0).data(EncounterRole.SNIPPET) for row in range(3))


def test_late_answers_for_other_words_are_dropped(qtbot, searched, rooms):
    searched.searching.look("warfarin")
    searched.searching._ask()  # under way
    searched.search.setText("miller")
    qtbot.wait(50)
    assert titles(searched) == ["Miller, Jane"]


def test_nothing_found_is_said_after_the_answer(qtbot, searched):
    searched.search.setText("xyzzy")
    qtbot.waitUntil(lambda: searched._visits.empty.text() == "No visit fits the search.")


def test_search_that_fails_is_told_and_labels_still_work(qtbot, searched, rooms):
    rooms.search.broken = VaultError("The index cannot be read.", "Run doctor.")
    searched.search.setText("brown")
    qtbot.waitUntil(lambda: "Run doctor." in searched.message.message)
    assert titles(searched) == ["Brown, Thomas"]


def test_ten_thousand_visits_ask_only_their_own_words(qtbot, searched, application):
    one = application.store.rows["e1"]
    many = [
        replace(one, id=f"m{n}", title=f"Patient {n:05}", created_at=one.created_at - timedelta(minutes=n))
        for n in range(10_000)
    ]
    searched.encounters.replace(many)
    searched.search.setText("00077")
    assert titles(searched) == ["Patient 00077"]
    searched.list.choose("m77")
    assert searched.list.current_id() == "m77"
    searched.search.clear()
    assert searched.list.current_id() == "m77"
    assert searched.list.model().rowCount() == 10_000


@pytest.mark.parametrize(
    ("snippet", "words", "shown"),
    [
        ("Takes warfarin 5 mg.", "warf", "Takes warfarin 5 mg."),
        ("Since the operation in May she takes Warfarin 5 mg.", "mg warfarin", "…she takes Warfarin 5 mg."),
        ("Crème for the hands.", "creme", "Crème for the hands."),
        ("", "warf", ""),
    ],
)
def test_excerpt_begins_shortly_before_the_words(snippet, words, shown):
    assert excerpt(snippet, words) == shown
