"""Sharing in one act, withdrawing with its consequence, emergency access and what the team sees of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from sealed_doubles import MARK, NADIA

from app.domain.people import Role
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.team.care_team_sheet import CareTeamSheet
from app.ui.widgets.team.emergency_sheet import EmergencySheet

REASON = "Unconscious in the ward, allergies not known."


@pytest.fixture
def team(rooms):
    return rooms.team


@pytest.fixture
def opened(qtbot, team, desk, window, sheet):
    """The sheet of the open visit's team."""
    qtbot.waitUntil(window.actions_.care_team.isEnabled)
    window.actions_.care_team.trigger()
    return sheet(CareTeamSheet)


def test_page_says_who_may_open_the_visit(qtbot, team, desk):
    qtbot.waitUntil(lambda: desk.page.team.text() == "Care team: only you")
    team.share("e1", NADIA.id)
    desk.sealed.team.team.reload()
    qtbot.waitUntil(lambda: desk.page.team.text() == "Care team: you, Nadia Lee")
    assert desk.page.team.isVisible()


def test_sharing_is_typing_a_name_and_enter(qtbot, opened, team):
    assert not opened.windowTitle().count("Miller")
    qtbot.keyClicks(opened.people.search, "nur nad")
    assert opened.people.current().title == "Nadia Lee"
    qtbot.keyClick(opened.people.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [m.user.name for m in team.members("e1")] == ["anna.weber", "nadia.lee"])
    qtbot.waitUntil(lambda: "Nadia Lee can open this visit now." in opened.message.message)
    assert [row.name.text() for row in opened.members] == ["Dr. Anna Weber (you)", "Nadia Lee"]
    assert "Nadia Lee" not in [line.title for line in opened.people.rows._all]
    assert not opened.members[0].button.isVisible()  # nobody withdraws themselves
    opened.close()


def test_arrows_of_the_search_field_choose_in_the_list(qtbot, opened):
    qtbot.keyClick(opened.people.search, Qt.Key.Key_Return)
    assert opened.people.current() is None  # Enter alone shares with nobody
    assert not opened.share_button.isEnabled()
    qtbot.keyClick(opened.people.search, Qt.Key.Key_Down)
    assert opened.people.current().title == "Dr. Mark Osei"
    qtbot.keyClick(opened.people.search, Qt.Key.Key_Down)
    assert opened.people.current().title == "Nadia Lee"
    qtbot.keyClicks(opened.people.search, "zzz")
    assert opened.people.current() is None
    assert not opened.share_button.isEnabled()
    assert opened.people.empty.text() == "Nobody fits the search."
    opened.close()


def test_withdrawal_needs_a_reason_and_says_what_follows(qtbot, team, opened, sheet):
    team.share("e1", NADIA.id)
    opened._model.reload()
    qtbot.waitUntil(lambda: len(opened.members) == 2)
    opened.members[1].button.click()
    asking = sheet(ReasonSheet)
    assert not asking.go.isEnabled()
    asking.reason.setPlainText("left the ward")
    asking.submit()
    qtbot.waitUntil(lambda: team.withdrawn == [("e1", "p2", "left the ward")])
    qtbot.waitUntil(lambda: len(opened.members) == 1)
    assert "no longer on the care team" in opened.message.message
    opened.close()


def test_refusal_of_the_vault_stands_in_the_sheet(qtbot, team, opened, monkeypatch):
    team.me = NADIA  # whose role does not share
    qtbot.keyClicks(opened.people.search, "tom")
    qtbot.keyClick(opened.people.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Your role does not allow this" in opened.message.message)
    assert opened.share_button.isEnabled()
    opened.close()


def test_emergency_access_needs_a_visit_and_a_reason(qtbot, team, desk, window, sheet, application):
    application.store.rows["f1"] = replace(application.store.rows["e1"], id="f1", title="Foreign, Patient")
    application.store.notes["f1"] = list(application.store.notes["e1"])
    window.actions_.emergency.trigger()
    asking = sheet(EmergencySheet)
    qtbot.waitUntil(lambda: asking.visits.rows.rowCount() == 2)
    asking.visits.list.choose(0)
    assert "Foreign" not in asking.visits.current().spoken
    asking.reason.setPlainText("short")
    assert not asking.go.isEnabled()
    assert "At least 10" in asking.hint.text()
    asking.reason.setPlainText(REASON)
    asking.submit()
    qtbot.waitUntil(lambda: desk.model.encounter_id == "f1" and desk.model.loaded is not None)
    assert "Emergency access: reading only, 59 min left." in desk.page.emergency.message
    a = window.actions_
    assert not any(x.isEnabled() for x in (a.edit, a.sign, a.export, a.rename, a.add, a.withdraw, a.care_team, a.hold))
    desk.page.emergency.button.click()
    qtbot.waitUntil(lambda: desk.model.encounter_id is None)
    assert team.emergency.active() == []
    assert "has ended" in desk.message.message


def test_way_back_to_a_visit_that_is_still_open_in_an_emergency(qtbot, team, desk, window, application):
    application.add_draft("Garcia, Maria")
    desk.reload_list()
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 2)
    desk.sealed.team.emergency.began(team.emergency.begin("e1", REASON))
    desk.list.choose("e2")
    qtbot.waitUntil(lambda: desk.model.encounter_id == "e2" and desk.model.loaded is not None)
    assert desk.model.may_edit
    qtbot.waitUntil(lambda: window.actions_.emergency.text() == "Back to emergency &access")
    window.actions_.emergency.trigger()
    qtbot.waitUntil(lambda: desk.model.encounter_id == "e1" and desk.model.loaded is not None)
    assert not desk.model.may_edit
    assert window.actions_.emergency.text() == "E&mergency access…"


def test_emergency_access_ends_by_the_clock(qtbot, team, desk, application):
    model = desk.sealed.team.emergency
    access = team.emergency.begin("e1", REASON)
    model.began(access)
    qtbot.waitUntil(lambda: not desk.model.may_edit)
    assert desk.page.emergency.message
    model.now = lambda: access.until + timedelta(seconds=1)
    model.check()
    qtbot.waitUntil(lambda: desk.model.encounter_id is None)
    assert not model._timer.isActive()


def test_care_team_sees_that_emergency_access_took_place(qtbot, team, desk):
    access = team.emergency.begin("e1", REASON)
    team.emergency.accesses = [replace(access, person=MARK, ended_at=access.began_at + timedelta(minutes=5))]
    desk.sealed.team.team.reload()
    qtbot.waitUntil(lambda: "Dr. Mark Osei" in desk.page.emergency.message)
    assert REASON in desk.page.emergency.message
    assert desk.model.may_edit


def test_without_policy_there_is_no_emergency_access(qtbot, rooms, application, sign_in, window):
    rooms.team.emergency.rules = replace(rooms.team.emergency.rules, allowed=False)
    sign_in()
    assert not window.actions_.emergency.isVisible()


def test_session_without_rooms_has_no_such_commands(qtbot, desk, window):
    assert not window.actions_.care_team.isVisible()
    assert not window.actions_.emergency.isVisible()
    assert not desk.page.team.isVisible()


def test_nurse_may_look_but_not_share(qtbot, as_roles, application, sign_in, window, sheet):
    as_roles(Role.NURSE)
    application.add_draft()
    sign_in()
    desk = window.workspace
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 1)
    desk.list.choose("e1")
    qtbot.waitUntil(window.actions_.care_team.isEnabled)
    window.actions_.care_team.trigger()
    opened = sheet(CareTeamSheet)
    assert not opened.share_button.isVisible()
    assert not window.actions_.emergency.isVisible()
    opened.close()
