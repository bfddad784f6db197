"""Backup with progress and cancelling; legal hold in list and page; destroying by a typed word."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import DiskFullError
from app.domain.people import Role
from app.domain.records import DueErasure, Kept
from app.policy import Policy
from app.ui import records_words
from app.ui.viewmodels.encounters import EncounterRole
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.office.hold_sheet import HoldByNumberSheet


@pytest.fixture
def page(qtbot, rooms, application, desk, window):
    now = datetime.now(UTC)
    rooms.records.last = None
    rooms.records.due = [DueErasure("e1", Kept.AUDIO, now + timedelta(days=3), held=False)]
    window.actions_.records.trigger()
    made = desk.office.pages["records"]
    qtbot.waitUntil(lambda: made.coming.rows.rowCount() == 1)
    return made


def test_what_goes_soon_is_named(page):
    line = page.coming.list.current()
    assert (line.title, line.detail, line.tag) == ("Miller, Jane", "Sound", "In 3 days")
    assert "No backup was made" in page.backup_row.state.text()


def test_backup_shows_where_it_lies(qtbot, page, picker, tmp_path):
    picker.target = tmp_path
    page.back_up.click()
    assert page.bar.isVisible()
    assert page.cancel.isVisible()
    assert not page.back_up.isVisible()
    qtbot.waitUntil(lambda: "Backed up to" in page.message.message)
    assert "read back and is whole" in page.message.message
    assert page.bar.value() == 400
    qtbot.waitUntil(lambda: "Last backup: today" in page.backup_row.state.text())
    assert page.back_up.isVisible()


def test_backup_can_be_stopped(qtbot, page, picker, tmp_path, rooms):
    picker.target = tmp_path
    rooms.records.wait = lambda _cancel: page.cancel.click()
    page.back_up.click()
    qtbot.waitUntil(lambda: "No file was left." in page.message.message)
    assert page.back_up.isVisible()


def test_failed_backup_says_the_way_out(qtbot, page, picker, tmp_path, rooms):
    picker.target = tmp_path
    rooms.records.broken = DiskFullError("The disk is full.", "Choose another disk.")
    page.back_up.click()
    qtbot.waitUntil(lambda: "Choose another disk." in page.message.message)
    assert page.back_up.isVisible()


def test_hold_is_seen_on_the_page_and_in_the_list_and_stops_destroying(qtbot, rooms, desk, window, sheet):
    actions = window.actions_
    qtbot.waitUntil(actions.destroy_visit.isEnabled)
    actions.hold.trigger()
    asking = sheet(ReasonSheet)
    asking.reason.setPlainText("Case 118")
    asking.submit()
    qtbot.waitUntil(lambda: desk.page.hold.text() == "Legal hold: Case 118")
    index = desk.encounters.index(0)
    assert "Legal hold" in desk.encounters.data(index, EncounterRole.DETAIL)
    assert not actions.destroy_visit.isEnabled()
    actions.hold.trigger()
    releasing = sheet(ReasonSheet)
    releasing.reason.setPlainText("closed")
    releasing.submit()
    qtbot.waitUntil(lambda: not desk.page.hold.isVisible())
    assert actions.destroy_visit.isEnabled()


def test_destroying_wants_a_reason_and_the_word(qtbot, rooms, desk, window, sheet, application):
    qtbot.waitUntil(window.actions_.destroy_visit.isEnabled)
    window.actions_.destroy_visit.trigger()
    asking = sheet(ReasonSheet)
    assert asking.stay.isDefault()
    asking.reason.setPlainText("recorded by mistake")
    assert not asking.go.isEnabled()
    asking.word.setText("Destroy")
    asking.go.click()
    qtbot.waitUntil(lambda: application.store.destroyed == [("e1", "recorded by mistake")])
    qtbot.waitUntil(lambda: desk.model.encounter_id is None)
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 0)
    assert "destroyed" in desk.message.message


def test_release_from_the_office(qtbot, page, rooms, sheet):
    rooms.records.add_hold("e1", "Case 118")
    page.refresh()
    qtbot.waitUntil(lambda: page.holds.rows.rowCount() == 1)
    assert page.coming.list.current().tag == "Kept: legal hold"
    page.release.click()
    asking = sheet(ReasonSheet)
    asking.reason.setPlainText("closed")
    asking.submit()
    qtbot.waitUntil(lambda: page.holds.rows.rowCount() == 0)


def test_administrator_sees_numbers_instead_of_names(qtbot, as_roles, application, sign_in, window):
    as_roles(Role.ADMINISTRATOR)
    application.add_draft()
    application.session.records.due = [DueErasure("e1" * 16, Kept.SIGNED, datetime.now(UTC), held=False)]
    page = window.sign_in_page
    qtbot.waitUntil(lambda: page.names.count() == 1)
    page.passphrase.setText("correct horse battery staple")
    page.submit()
    qtbot.waitUntil(lambda: window.office is not None)
    window.actions_.records.trigger()
    records = window.office.pages["records"]
    qtbot.waitUntil(lambda: records.coming.rows.rowCount() == 1)
    assert records.coming.list.current().title == "Visit e1e1e1e1"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Policy(), "Nothing is erased by itself: the policy sets no limits."),
        (
            Policy(keep_audio_days=30, keep_signed_days=1),
            "The policy erases sound 30 days after signing, signed visits 1 day after signing.",
        ),
    ],
)
def test_policy_in_words(policy, words):
    assert records_words.limits(policy.retention) == words


@pytest.mark.parametrize(("count", "words"), [(300, "0 kB"), (820_000, "820 kB"), (1_240_000_000, "1.2 GB")])
def test_sizes(count, words):
    assert records_words.size(count) == words


def test_hold_by_number_from_the_office(qtbot, page, rooms, sheet):
    page.hold.click()
    asking = sheet(HoldByNumberSheet)
    asking.number.setText("ffff")
    assert not asking.go.isEnabled()
    asking.reason.setPlainText("Case 118")
    asking.submit()
    qtbot.waitUntil(lambda: "Look it up in the audit trail." in asking.message.message)
    asking.number.setText("e1e1")
    asking.submit()
    qtbot.waitUntil(lambda: [h.reason for h in rooms.records.holds()] == ["Case 118"])
    qtbot.waitUntil(lambda: page.holds.rows.rowCount() == 1)
