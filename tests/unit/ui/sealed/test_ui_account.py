"""The account page: each act asks for the passphrase and says what became of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app.domain.errors import KeyStoreLockedError
from app.domain.unlocking import UnlockingStatus
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet
from app.ui.widgets.office.account_sheets import ChangePassphraseSheet, CheckCodeSheet, NewCodeSheet, SecondFactorSheet


@pytest.fixture
def page(qtbot, rooms, desk, window):
    window.actions_.account.trigger()
    made = desk.office.pages["account"]
    qtbot.waitUntil(made.factor.isEnabled)
    return made


def test_page_stands_in_place_of_the_visit_and_escape_leaves_it(qtbot, page, desk, window):
    assert desk.stack.currentWidget() is desk.office
    assert not window.actions_.sign.isEnabled()
    qtbot.keyClick(desk.office, Qt.Key.Key_Escape)
    assert desk.stack.currentWidget() is desk.page
    assert window.actions_.sign.isEnabled()


def test_passphrase_is_changed(qtbot, page, sheet, rooms, samples):
    page.change.click()
    asking = sheet(ChangePassphraseSheet)
    qtbot.keyClicks(asking.old, "not the one")
    qtbot.keyClicks(asking.pair.first, "seven blue ladders hum")
    assert not asking.go.isEnabled()
    qtbot.keyClicks(asking.pair.second, "seven blue ladders hum")
    qtbot.keyClick(asking.pair.second, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The passphrase is wrong." in asking.message.message)
    asking.old.setText(samples["passphrase"])
    asking.submit()
    qtbot.waitUntil(lambda: rooms.users.passphrase == "seven blue ladders hum")
    qtbot.waitUntil(lambda: "Your passphrase is changed." in page.message.message)


def test_same_or_weak_passphrase_is_not_taken(qtbot, page, sheet, samples):
    page.change.click()
    asking = sheet(ChangePassphraseSheet)
    asking.old.setText(samples["passphrase"])
    for field in (asking.pair.first, asking.pair.second):
        field.setText(samples["passphrase"])
    assert not asking.go.isEnabled()
    assert "present passphrase" in asking.pair.hint.text()
    for field in (asking.pair.first, asking.pair.second):
        field.setText("short")
    assert not asking.go.isEnabled()
    asking.close()


def test_new_recovery_code_counts_once_it_was_typed_back(qtbot, page, sheet, rooms, samples):
    page.new_code.click()
    asking = sheet(PassphraseSheet)
    asking.passphrase.setText(samples["passphrase"])
    asking.submit()
    qtbot.waitUntil(lambda: page.findChild(NewCodeSheet) is not None)
    showing = sheet(NewCodeSheet)
    assert showing.code.text() == rooms.unlocking.NEW
    showing.typed.setText("wrong")
    showing.submit()
    qtbot.waitUntil(lambda: "not the new recovery code" in showing.message.message)
    assert rooms.unlocking.code == samples["code"]
    showing.typed.setText("newa newb newc newd")
    showing.submit()
    qtbot.waitUntil(lambda: rooms.unlocking.code == rooms.unlocking.NEW)
    qtbot.waitUntil(lambda: "in force" in page.message.message)


def test_code_on_paper_can_be_checked(qtbot, page, sheet, samples):
    page.check_code.click()
    asking = sheet(CheckCodeSheet)
    asking.typed.setText("old one")
    asking.submit()
    qtbot.waitUntil(lambda: "not the recovery code in force" in asking.message.message)
    asking.typed.setText(samples["code"])
    asking.submit()
    qtbot.waitUntil(lambda: "is right" in page.message.message)


def test_second_factor_on_and_off(qtbot, page, sheet, rooms, samples):
    assert page.factor_row.state.text().startswith("Off.")
    page.factor.click()
    asking = sheet(PassphraseSheet)
    asking.passphrase.setText(samples["passphrase"])
    asking.submit()
    qtbot.waitUntil(lambda: page.findChild(SecondFactorSheet) is not None)
    setting = sheet(SecondFactorSheet)
    setting.code.setText("12345")
    assert not setting.go.isEnabled()
    setting.code.setText("111 111")
    setting.submit()
    qtbot.waitUntil(lambda: "wrong or too old" in setting.message.message)
    setting.code.setText("123 456")
    setting.submit()
    qtbot.waitUntil(lambda: page.factor_row.state.text().startswith("On."))
    assert page.factor.text() == "Turn off…"
    page.factor.click()
    qtbot.waitUntil(lambda: len([s for s in page.findChildren(PassphraseSheet) if s.isVisible()]) == 1)
    ending = sheet(PassphraseSheet)
    ending.passphrase.setText(samples["passphrase"])
    assert not ending.go.isEnabled()
    ending.code.setText("123456")
    ending.submit()
    qtbot.waitUntil(lambda: not rooms.unlocking.state.second_factor)
    qtbot.waitUntil(lambda: page.factor_row.state.text().startswith("Off."))


def test_qr_code_is_painted_as_it_is_given(qtbot, page, sheet, rooms, samples, theme):
    offer = rooms.unlocking.begin_second_factor(samples["passphrase"])
    setting = SecondFactorSheet(rooms.unlocking, offer, page._tasks, theme, page)
    setting.show()
    image = setting.qr.grab().toImage()
    step, quiet = setting.qr._step, 4
    scale = image.width() / setting.qr.width()
    for y, row in enumerate(offer.modules):
        for x, dark in enumerate(row):
            middle = ((x + quiet + 0.5) * step * scale, (y + quiet + 0.5) * step * scale)
            assert image.pixelColor(int(middle[0]), int(middle[1])) == QColor("black" if dark else "white")
    setting.close()


def test_required_second_factor_cannot_be_turned_off(qtbot, rooms, desk, window):
    rooms.unlocking.state = UnlockingStatus("", second_factor=True, second_factor_required=True)
    window.actions_.account.trigger()
    page = desk.office.pages["account"]
    qtbot.waitUntil(lambda: "Your organisation asks for it." in page.factor_row.detail.text())
    assert not page.factor.isEnabled()


def test_this_computer_remembers_and_forgets(qtbot, page, sheet, rooms, samples):
    rooms.unlocking.broken = KeyStoreLockedError("The key store is locked.", "Unlock it and try again.")
    page.remember.click()
    asking = sheet(PassphraseSheet)
    asking.passphrase.setText(samples["passphrase"])
    asking.submit()
    qtbot.waitUntil(lambda: "Unlock it and try again." in asking.message.message)
    rooms.unlocking.broken = None
    asking.submit()
    qtbot.waitUntil(lambda: "GNOME Keyring" in page.remember_row.state.text())
    page.remember.click()
    qtbot.waitUntil(lambda: "Not remembered" in page.remember_row.state.text())
    assert "no longer remembers" in page.message.message


def test_sheet_stays_while_the_vault_works(qtbot, page, sheet, samples):
    page.change.click()
    asking = sheet(ChangePassphraseSheet)
    asking._set_busy(True)
    asking.reject()
    assert asking.isVisible()
    asking._set_busy(False)
    asking.reject()
    assert not asking.isVisible()
