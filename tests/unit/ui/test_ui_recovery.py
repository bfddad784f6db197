"""Interrupted recordings are offered in place, one or many, with the keyboard, and never in the way of a patient."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.encounter import EncounterState
from app.domain.errors import MachineError
from app.domain.people import Role
from app.domain.recording import UnfinishedRecording
from app.ui import wording
from app.ui.widgets.dialogs import ConfirmDialog, MessageDialog

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC).astimezone()
TODAY = NOW.replace(hour=14, minute=5)


@pytest.fixture
def cut_off(application):
    return application.recording.cut_off_visit("Miller, Jane", 750.0, datetime.now(UTC) - timedelta(minutes=3))


@pytest.fixture
def desk(qtbot, window, sign_in):
    sign_in()
    return window.workspace


@pytest.fixture
def offered(qtbot, cut_off, desk):
    """Signed in; one interrupted recording is offered."""
    qtbot.waitUntil(desk.recovery_offer.panel.isVisible)
    return desk.recovery_offer.panel


def dialog(qtbot, window, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)))
    return next(d for d in window.findChildren(kind) if d.isVisible())


@pytest.mark.parametrize(
    ("began", "seconds", "words"),
    [
        (TODAY, 750.0, "Miller, Jane, today 14:05, 12 min 30 s are safe."),
        (TODAY - timedelta(days=1), 59.6, "Miller, Jane, yesterday 14:05, 1 min are safe."),
        (TODAY, 0.25, "Miller, Jane, today 14:05, less than 1 s is safe."),
        (TODAY, 0.0, "Miller, Jane, today 14:05. Nothing was recorded yet."),
    ],
)
def test_interruption_is_told_in_words(began, seconds, words):
    assert wording.interrupted(UnfinishedRecording("e1", "Miller, Jane", began, seconds), NOW) == words


def test_offer_says_what_is_safe_and_leaves_the_desk_free(qtbot, offered, desk, window):
    assert offered.title.text() == "A recording was interrupted."
    assert "Miller, Jane" in offered.rows[0].words.text()
    assert offered.rows[0].words.text().endswith("12 min 30 s are safe.")
    assert QApplication.activeModalWidget() is None
    assert desk.list.isEnabled()
    assert window.actions_.record.isEnabled()


def test_nothing_is_offered_when_nothing_was_interrupted(qtbot, desk):
    qtbot.wait(30)
    assert not desk.recovery_offer.panel.isVisible()


def test_continue_opens_the_recording(qtbot, offered, desk, application):
    offered.rows[0].go_on.click()
    qtbot.waitUntil(lambda: desk.recording.encounter_id == "e1")
    assert application.recording.live.encounter_id == "e1"
    assert desk.recording.elapsed == 750.0
    assert desk.recording.title == "Miller, Jane"
    qtbot.waitUntil(lambda: not offered.isVisible())


def test_continue_waits_while_another_visit_is_recorded(qtbot, offered, desk, application):
    from app.domain.recording import Consent, ConsentDecision, ConsentMethod

    given = Consent(ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient", "en-1", NOW)
    desk.recording.start("Garcia, Maria", given)
    qtbot.waitUntil(lambda: desk.recording.encounter_id == "e2")
    assert not offered.rows[0].go_on.isEnabled()
    assert offered.rows[0].finish.isEnabled()
    assert [row.recording.title for row in offered.rows] == ["Miller, Jane"]


def test_finish_drafts_what_is_there(qtbot, offered, desk, application):
    offered.rows[0].finish.click()
    qtbot.waitUntil(lambda: application.store.get("e1").state is EncounterState.DRAFT)
    assert application.recording.finished == ["e1"]
    assert not offered.isVisible()


def test_nothing_recorded_can_only_be_continued_or_discarded(qtbot, application, window, sign_in):
    application.recording.cut_off_visit("Miller, Jane", 0.0, NOW)
    sign_in()
    panel = window.workspace.recovery_offer.panel
    qtbot.waitUntil(panel.isVisible)
    assert not panel.rows[0].finish.isEnabled()
    assert panel.rows[0].go_on.isEnabled()
    assert panel.rows[0].discard.isEnabled()


def test_discard_asks_first(qtbot, offered, desk, application, window):
    offered.rows[0].discard.click()
    sheet = dialog(qtbot, window, ConfirmDialog)
    assert "12 min 30 s of Miller, Jane" in "".join(w.text() for w in sheet.findChildren(type(offered.title)))
    sheet.reject()
    qtbot.wait(20)
    assert not application.recording.discarded
    offered.rows[0].discard.click()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: application.recording.discarded == ["e1"])
    qtbot.waitUntil(lambda: not offered.isVisible() and desk.encounters.rowCount() == 0)


def test_later_leaves_it_on_the_visits_page(qtbot, offered, desk, application):
    offered.later_button.click()
    assert not offered.isVisible()
    desk.list.choose("e1")
    here = desk.page.interrupted
    qtbot.waitUntil(here.isVisible)
    assert here.title.text() == "This recording was interrupted."
    assert here.rows[0].words.text() == "12 min 30 s are safe."
    assert not desk.page.status.message
    here.rows[0].finish.click()
    qtbot.waitUntil(lambda: desk.model.version is not None)
    assert not here.isVisible()


def test_continued_from_its_page_it_is_shown_whole_when_it_has_ended(qtbot, offered, desk, application):
    desk.list.choose("e1")
    qtbot.waitUntil(desk.page.interrupted.isVisible)
    desk.page.interrupted.rows[0].go_on.click()
    qtbot.waitUntil(lambda: desk.recording.encounter_id == "e1")
    assert desk.recording_desk.live.isVisible()
    desk.recording.stop()
    qtbot.waitUntil(lambda: desk.page.isVisible() and desk.model.version is not None)
    assert desk.page.title.text() == "Miller, Jane"


def test_withdrawing_an_interrupted_visit_ends_the_offer(qtbot, offered, desk, application, window):
    desk.list.choose("e1")
    qtbot.waitUntil(desk.page.interrupted.isVisible)
    application.recording.cut_off.clear()  # what destroying does to the vault's answer
    window.actions_.withdraw.trigger()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: application.store.destroyed == [("e1", "consent withdrawn")])
    qtbot.waitUntil(lambda: not desk.recovery_offer.recovery.waiting)
    assert not offered.isVisible()


def test_discarding_the_open_visit_closes_its_page(qtbot, offered, desk, application, window):
    desk.list.choose("e1")
    qtbot.waitUntil(desk.page.interrupted.isVisible)
    desk.page.interrupted.rows[0].discard.click()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: desk.model.encounter_id is None and desk.encounters.rowCount() == 0)


def test_another_visit_shows_no_interruption(qtbot, offered, desk, application):
    application.add_draft("Brown, Charles")
    desk.show_visit("e2")
    qtbot.waitUntil(lambda: desk.page.title.text() == "Brown, Charles")
    assert not desk.page.interrupted.isVisible()


def test_several_are_listed(qtbot, application, window, sign_in):
    for n in range(6):
        application.recording.cut_off_visit(f"Patient {n}", 60.0 * n, NOW)
    sign_in()
    panel = window.workspace.recovery_offer.panel
    qtbot.waitUntil(panel.isVisible)
    assert panel.title.text() == "6 recordings were interrupted."
    assert [row.recording.title for row in panel.rows] == ["Patient 0", "Patient 1", "Patient 2"]
    assert panel.rest.text() == "3 more, marked in the list of visits."
    panel.rows[0].discard.click()
    dialog(qtbot, window, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: panel.rows[0].recording.title == "Patient 1")
    assert panel.rest.text() == "2 more, marked in the list of visits."


def test_list_marks_what_was_interrupted(qtbot, offered, desk):
    from app.ui.viewmodels.encounters import EncounterRole

    row = desk.encounters.index(0)
    assert row.data(EncounterRole.STATE) == "Recording interrupted"
    offered.rows[0].finish.click()
    qtbot.waitUntil(lambda: desk.encounters.index(0).data(EncounterRole.STATE) == "Draft to review")


def test_nothing_is_offered_on_another_patients_page(qtbot, offered, desk, application):
    application.add_draft("Brown, Charles")
    desk.show_visit("e2")
    qtbot.waitUntil(lambda: desk.page.title.text() == "Brown, Charles")
    assert not offered.isVisible()


def test_failing_end_keeps_the_offer(qtbot, offered, desk, application, window, monkeypatch):
    def broken(_encounter_id):
        raise MachineError("The disk does not answer.", "Check it.")

    monkeypatch.setattr(application.recording, "finish", broken)
    offered.rows[0].finish.click()
    sheet = dialog(qtbot, window, MessageDialog)
    assert sheet.windowTitle() == "The recording could not be finished"
    sheet.accept()
    assert offered.isVisible()
    assert len(offered.rows) == 1


def test_keyboard_reaches_every_choice(qtbot, offered, desk, application):
    row = offered.rows[0]
    desk.list.setFocus()
    reached = []
    for _ in range(30):
        widget = QApplication.focusWidget()
        reached.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert all(w in reached for w in (offered.later_button, row.discard, row.go_on, row.finish))
    row.finish.setFocus()
    QTest.keyClick(row.finish, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: application.recording.finished == ["e1"])


def test_every_focusable_widget_of_the_offer_has_a_name(qtbot, offered):
    reached = [w for w in offered.findChildren(QWidget) if w.focusPolicy() is not Qt.FocusPolicy.NoFocus]
    assert len(reached) == 4
    for widget in reached:
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def test_nurses_are_not_offered_recordings(qtbot, application, cut_off, window, sign_in):
    from dataclasses import replace

    application.session.user = replace(application.user, roles=frozenset({Role.NURSE}))
    sign_in()
    qtbot.wait(30)
    assert not window.workspace.recovery_offer.panel.isVisible()
