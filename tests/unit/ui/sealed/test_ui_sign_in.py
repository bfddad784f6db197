"""Signing in with a second factor and with this computer's key store."""

from PySide6.QtCore import Qt

from app.domain.errors import KeyStoreLockedError
from app.domain.unlocking import UnlockingStatus
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet
from app.ui.widgets.office.account_sheets import SecondFactorSheet


def ready(qtbot, window):
    page = window.sign_in_page
    qtbot.waitUntil(lambda: page.names.count() == 1 and page.isVisible())
    return page


def test_code_is_asked_for_after_the_passphrase(qtbot, application, window, samples):
    application.second_factor = True
    page = ready(qtbot, window)
    assert not page.factor.isVisible()
    page.passphrase.setText(samples["passphrase"])
    page.submit()
    qtbot.waitUntil(page.factor.isVisible)
    assert not page.passphrase.isVisible()
    qtbot.waitUntil(lambda: window.focusWidget() is page.factor.code)
    qtbot.keyClicks(page.factor.code, "111 111")
    qtbot.keyClick(page.factor.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "wrong or too old" in page.message.message)
    page.factor.code.setText("123456")
    page.submit()
    qtbot.waitUntil(lambda: window.workspace is not None)


def test_back_leads_to_name_and_passphrase(qtbot, application, window, samples):
    application.second_factor = True
    page = ready(qtbot, window)
    page.passphrase.setText(samples["passphrase"])
    page.submit()
    qtbot.waitUntil(page.back.isVisible)
    page.back.click()
    assert page.passphrase.isVisible()
    assert not page.factor.isVisible()


def test_wrong_passphrase_never_shows_the_code_field(qtbot, application, window):
    application.second_factor = True
    page = ready(qtbot, window)
    page.passphrase.setText("wrong")
    page.submit()
    qtbot.waitUntil(lambda: "The passphrase is wrong." in page.message.message)
    assert not page.factor.isVisible()
    assert page.passphrase.selectedText() == "wrong"


def test_key_store_unlocks_where_the_person_is_remembered(qtbot, application, window):
    page = ready(qtbot, window)
    assert not page.from_key_store.isVisible()
    application.remembered = ["anna.weber"]
    page.load_names()
    qtbot.waitUntil(page.from_key_store.isVisible)
    application.key_store_error = KeyStoreLockedError("The key store is locked.", "Use your passphrase.")
    page.from_key_store.click()
    qtbot.waitUntil(lambda: "Use your passphrase." in page.message.message)
    assert page.passphrase.isVisible()
    application.key_store_error = None
    page.from_key_store.click()
    qtbot.waitUntil(lambda: window.workspace is not None)


def test_lost_phone_and_recovery_code(qtbot, application, window, samples):
    application.second_factor = True
    page = ready(qtbot, window)
    page.recovery.click()
    recovering = window.recovery_page
    recovering.code.setText(samples["code"])
    for field in (recovering.passphrases.first, recovering.passphrases.second):
        field.setText("seven blue ladders hum")
    assert not recovering.factor.isVisible()
    recovering.submit()
    qtbot.waitUntil(recovering.factor.isVisible)
    assert not recovering.submit_button.isEnabled()
    recovering.lost.setChecked(True)
    recovering.submit()
    qtbot.waitUntil(window.code_page.isVisible)
    assert not application.second_factor


def test_required_second_factor_is_set_up_before_anything_else(qtbot, rooms, application, window, samples, sheet):
    rooms.unlocking.state = UnlockingStatus("", second_factor=False, second_factor_required=True)
    page = ready(qtbot, window)
    page.passphrase.setText(samples["passphrase"])
    page.submit()
    qtbot.waitUntil(window.factor_page.isVisible)
    assert window.workspace is None
    window.factor_page.begin.click()
    asking = sheet(PassphraseSheet)
    asking.passphrase.setText(samples["passphrase"])
    asking.submit()
    qtbot.waitUntil(lambda: window.factor_page.findChild(SecondFactorSheet) is not None)
    setting = sheet(SecondFactorSheet)
    setting.code.setText("123456")
    setting.submit()
    qtbot.waitUntil(lambda: window.workspace is not None)


def test_who_does_not_set_it_up_can_only_sign_out(qtbot, rooms, application, window, samples):
    rooms.unlocking.state = UnlockingStatus("", second_factor=False, second_factor_required=True)
    page = ready(qtbot, window)
    page.passphrase.setText(samples["passphrase"])
    page.submit()
    qtbot.waitUntil(window.factor_page.isVisible)
    window.factor_page.leave.click()
    qtbot.waitUntil(page.isVisible)
    assert application.session.closed
