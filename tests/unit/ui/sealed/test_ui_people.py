"""People: adding with the code shown once, revoking with a reason, handing over; who reads no notes sees no visits."""

import pytest
from PySide6.QtWidgets import QLabel
from sealed_doubles import MARK, TOM

from app.domain.people import Role
from app.ui.widgets.dialogs import ConfirmDialog, KeysDialog
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.office.people_sheets import AddPersonSheet, HandOutSheet, HandOverSheet


@pytest.fixture
def page(qtbot, as_roles, application, sign_in, window):
    as_roles(Role.PHYSICIAN, Role.ADMINISTRATOR)
    sign_in()
    window.actions_.people.trigger()
    made = window.workspace.office.pages["people"]
    qtbot.waitUntil(lambda: made.rows.rowCount() == 5)
    return made


def test_adding_a_person_shows_their_code_once(qtbot, page, sheet, application, samples):
    page.add.click()
    asking = sheet(AddPersonSheet)
    qtbot.keyClicks(asking.display_name, "Dr. Eva Lind")
    assert asking.name.text() == "eva.lind"
    for field in (asking.pair.first, asking.pair.second):
        field.setText("seven blue ladders hum")
    assert not asking.go.isEnabled()  # no role yet
    asking.roles[Role.PHYSICIAN].setChecked(True)
    asking.submit()
    qtbot.waitUntil(lambda: page.findChild(HandOutSheet) is not None)
    showing = sheet(HandOutSheet)
    assert showing.code.text() == samples["code"]
    showing.reject()
    assert showing.isVisible()  # nobody loses the code by Escape
    showing.written.setChecked(True)
    showing.close_button.click()
    qtbot.waitUntil(lambda: page.rows.rowCount() == 6)
    assert application.session.users.added == [("eva.lind", frozenset({Role.PHYSICIAN}))]


def test_taken_name_is_refused_in_the_sheet(qtbot, page, sheet):
    page.add.click()
    asking = sheet(AddPersonSheet)
    asking.display_name.setText("Nadia")
    asking.name.setText("nadia.lee")
    asking.roles[Role.NURSE].setChecked(True)
    for field in (asking.pair.first, asking.pair.second):
        field.setText("seven blue ladders hum")
    asking.submit()
    qtbot.waitUntil(lambda: "This name is taken." in asking.message.message)
    asking.close()


def test_revoking_asks_for_a_reason_and_then_offers_to_hand_over(qtbot, page, sheet, application):
    page.list.choose_key(MARK.id)
    page.revoke.click()
    asking = sheet(ReasonSheet)
    assert asking.stay.isDefault()  # Enter means keeping
    asking.reason.setPlainText("left the practice")
    asking.go.click()
    leaving = application.session.leaving
    qtbot.waitUntil(lambda: leaving.gone == {MARK.id: "left the practice"})
    qtbot.waitUntil(lambda: "2 visits have nobody else" in page.message.message)
    qtbot.waitUntil(page.hand_over.isEnabled)
    assert page.list.current().tag == "Access revoked"
    assert not page.revoke.isEnabled()
    page.hand_over.click()
    handing = sheet(HandOverSheet)
    assert [line.title for line in handing.heir.rows._all] == ["Dr. Anna Weber"]  # who records and is still here
    handing.reason.setPlainText("takes over the patients")
    assert not handing.go.isEnabled()  # nobody is chosen by chance
    handing.heir.list.choose(0)
    handing.submit()
    qtbot.waitUntil(lambda: leaving.handed == [(MARK.id, "p1", "takes over the patients")])


def test_nobody_revokes_themselves(qtbot, page):
    page.list.choose_key("p1")
    assert not page.revoke.isEnabled()
    page.list.choose_key(TOM.id)
    assert page.revoke.isEnabled()


def test_recovery_key_is_shared_with_another_administrator(qtbot, page, sheet, application):
    page.list.choose_key(TOM.id)
    assert not page.entrust.isEnabled()
    page.list.choose_key("p5")
    page.entrust.click()
    sheet(ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: application.session.leaving.holders == ["p5"])
    qtbot.waitUntil(lambda: "holds the recovery key too" in page.message.message)


def test_search_narrows_the_list(qtbot, page):
    page.search.setText("nurse")
    assert [page.rows.line(n).title for n in range(page.rows.rowCount())] == ["Nadia Lee", "Tom Brandt"]
    page.search.setText("zzz")
    assert page.empty.isVisible()
    assert not page.revoke.isEnabled()


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        (Role.ADMINISTRATOR, ["people", "records", "audit", "account"]),
        (Role.AUDITOR, ["audit", "account"]),
    ],
)
def test_who_reads_no_notes_gets_no_visits_at_all(
    qtbot, as_roles, application, sign_in, window, monkeypatch, role, keys
):
    as_roles(role)
    monkeypatch.setattr(application.store, "list", lambda: pytest.fail("the visits were read"))
    page = window.sign_in_page
    qtbot.waitUntil(lambda: page.names.count() == 1)
    page.passphrase.setText("correct horse battery staple")
    page.submit()
    qtbot.waitUntil(lambda: window.office is not None)
    assert window.workspace is None
    assert list(window.office.tabs) == keys
    menus = [a.text() for a in window.menuBar().actions()]
    assert menus == ["&Office", "Vie&w", "&Help"]
    window.actions_.keys.trigger()
    keys_shown = next(d for d in window.findChildren(KeysDialog) if d.isVisible())
    assert "F9" not in " ".join(label.text() for label in keys_shown.findChildren(QLabel))
    keys_shown.accept()
    window.lock.lock()
    assert window.lock.page.isVisible()
    assert not window.office.isVisible()
    window.lock.page.passphrase.setText("correct horse battery staple")
    window.lock.page.submit()
    qtbot.waitUntil(window.office.isVisible)
    window.office.leave.click()
    qtbot.waitUntil(lambda: window.office is None)
    assert application.session.closed


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.NURSE])
def test_clinicians_have_no_page_of_people_or_audit(qtbot, as_roles, sign_in, window, role):
    as_roles(role)
    sign_in()
    assert "people" not in window.workspace.office.tabs
    assert "audit" not in window.workspace.office.tabs
    assert not window.actions_.people.isVisible()
    assert not window.actions_.audit_trail.isVisible()
