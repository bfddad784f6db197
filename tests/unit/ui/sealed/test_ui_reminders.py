"""A backup that is due and erasures that come are told once, after signing in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.records import DueErasure, Kept, LastBackup
from app.policy import Policy


@pytest.fixture
def said(qtbot, rooms, application, sign_in, window):
    """Sign in and return what the bar says, once everything was read."""

    def go() -> str:
        application.add_draft()
        row = application.store.rows["e1"]
        application.store.rows["e1"] = replace(row, created_at=datetime.now(UTC) - timedelta(days=8))
        sign_in()
        qtbot.waitUntil(lambda: window.workspace.encounters.rowCount() == 1)
        qtbot.wait(60)
        return window.workspace.message.message

    return go


def test_first_backup_is_asked_for_when_there_is_something_old_to_lose(said, window, rooms):
    rooms.records.last = None
    assert "No backup was made" in said()
    window.workspace.message.button.click()
    assert window.workspace.stack.currentWidget() is window.workspace.office
    assert window.workspace.message.message == ""


def test_fresh_backup_is_no_reminder(said, rooms):
    rooms.records.last = LastBackup(datetime.now(UTC) - timedelta(days=2), 1000, Path("/backups"))
    assert said() == ""


def test_old_backup_is_told(said, rooms):
    rooms.records.last = LastBackup(datetime.now(UTC) - timedelta(days=9), 1_000_000, Path("/backups"))
    assert "One is due every 7 days." in said()


def test_policy_may_ask_for_none(said, application):
    application.policy = Policy(backup_days=0)
    assert said() == ""


def test_erasures_that_come_are_counted_without_what_is_held(said, rooms, application):
    application.policy = Policy(backup_days=0, keep_audio_days=30)
    soon = datetime.now(UTC) + timedelta(days=3)
    rooms.records.due = [
        DueErasure("e1", Kept.AUDIO, soon, held=False),
        DueErasure("e1", Kept.TRANSCRIPT, soon, held=False),
        DueErasure("e2", Kept.AUDIO, soon, held=False),
    ]
    rooms.records.add_hold("e2", "Case 118")
    assert "something of 1 visit within 14 days" in said()
