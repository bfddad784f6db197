"""The new pages and sheets: every part has a name, the keyboard reaches it, and the lock takes all of it away."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lock_sight import LABEL, leaks, unlock
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from sealed_doubles import MARK

from app.domain.encounter import VersionKind
from app.domain.people import Role
from app.domain.records import DueErasure, Kept
from app.domain.syncing import AsideReason, SetAside
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.team.aside_sheet import AsideSheet
from app.ui.widgets.team.care_team_sheet import CareTeamSheet


@pytest.fixture
def everything(qtbot, as_roles, application, sign_in, window):
    """Signed in as physician, administrator and auditor, with one visit that has everything that names it."""
    as_roles(Role.PHYSICIAN, Role.ADMINISTRATOR, Role.AUDITOR)
    application.add_draft()
    session, note = application.session, application.store.notes["e1"][-1].note
    session.records.due = [DueErasure("e1", Kept.AUDIO, datetime.now(UTC), held=False)]
    session.records.add_hold("e1", "Miller against the clinic")
    access = session.team.emergency.begin("e1", "Jane was unconscious, allergies not known.")
    session.team.emergency.accesses = [replace(access, person=MARK)]
    session.syncing.aside = [
        SetAside("a1", "e1", 1, VersionKind.EDIT, "Nadia Lee", datetime.now(UTC), AsideReason.CONFLICT, note)
    ]
    session.search.texts = {"e1": "Allergic to penicillin."}
    sign_in()
    desk = window.workspace
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 1)
    desk.list.choose("e1")
    qtbot.waitUntil(lambda: bool(desk.page.elsewhere.message) and bool(desk.page.emergency.message))
    return desk


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def unnamed(root: QWidget) -> list[str]:
    focusable = [
        w
        for w in [root, *root.findChildren(QWidget)]
        if w.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and not w.objectName().startswith("qt_")
        and w.metaObject().className() not in {"QCalendarView", "QTableCornerButton"}
    ]
    return [f"{w.metaObject().className()} {w}" for w in focusable if not name_of(w).strip()]


@pytest.mark.parametrize("key", ["people", "records", "audit", "account"])
def test_every_part_of_the_office_has_a_name_and_tab_leaves_it(qtbot, everything, window, key):
    everything.office.show_page(key)
    page = everything.office.pages[key]
    qtbot.wait(60)
    assert not unnamed(page)
    everything.office.tabs[key].setFocus()
    reached = set()
    for _ in range(40):
        widget = QApplication.focusWidget()
        reached.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert everything.search in reached
    assert any(page.isAncestorOf(widget) for widget in reached)


@pytest.mark.parametrize("action", ["care_team", "emergency", "hold", "destroy_visit", "export"])
def test_every_part_of_the_sheets_has_a_name_and_no_title_names_a_patient(
    qtbot, everything, window, action, application
):
    application.session.records.release_hold("e1", "closed")
    everything.sealed.keeping.look()
    qtbot.waitUntil(getattr(window.actions_, action).isEnabled)
    getattr(window.actions_, action).trigger()
    qtbot.waitUntil(lambda: any(s.isVisible() for s in QApplication.topLevelWidgets() if isinstance(s, Sheet)))
    for sheet in [s for s in QApplication.topLevelWidgets() if isinstance(s, Sheet) and s.isVisible()]:
        assert not unnamed(sheet)
        assert "Miller" not in sheet.windowTitle()
        sheet.reject()
    assert "Miller" not in window.windowTitle()


def test_lock_takes_every_word_of_the_new_pages_away(qtbot, everything, window, samples):
    everything.search.setText("penicillin")
    qtbot.waitUntil(lambda: not everything.searching.busy)
    everything.page.elsewhere.button.click()
    comparing = next(s for s in window.findChildren(AsideSheet) if s.isVisible())
    window.actions_.care_team.trigger()
    team = next(s for s in window.findChildren(CareTeamSheet) if s.isVisible())
    everything.office.show_page("records")
    qtbot.waitUntil(lambda: everything.office.pages["records"].holds.rows.rowCount() == 1)
    assert {"Miller", "penicillin"} <= set(leaks())
    window.lock.lock()
    qtbot.wait(30)
    assert not leaks()
    application_says = window.lock.page.findChildren(QLineEdit)
    assert application_says
    unlock(qtbot, window, samples)
    assert comparing.isVisible()
    assert team.isVisible()
    assert everything.office.isVisible()
    assert LABEL in leaks() or "Miller" in leaks()
    comparing.reject()
    team.reject()


class Flashes(QObject):
    """Windows of their own that came up and are neither sheets nor the window."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_no_part_comes_up_as_a_window_of_its_own(qtbot, everything, window, qapp):
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    for key in ("people", "records", "audit", "account"):
        everything.office.show_page(key)
        qtbot.wait(30)
    for action in (window.actions_.care_team, window.actions_.emergency):
        everything._show(everything.page)
        action.trigger()
    qtbot.wait(30)
    qapp.removeEventFilter(flashes)
    others = [w for w in flashes.seen if not isinstance(w, Sheet)]
    assert others == []
    for sheet in [w for w in flashes.seen if isinstance(w, Sheet)]:
        sheet.reject()


def test_a_recording_keeps_its_bar_above_the_office(qtbot, everything, window, application):
    everything.office.show_page("people")
    assert everything.stack.currentWidget() is everything.office
    assert everything.recording_desk.bar.parent() is not everything.office
    window.actions_.new_visit.trigger()
    assert everything.stack.currentWidget() is everything.recording_desk.new_visit
