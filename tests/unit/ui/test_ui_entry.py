import pytest
from PySide6.QtCore import Qt

from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.entry import sign_in_name


@pytest.fixture
def first_run(application):
    application.names = []
    return application


@pytest.mark.parametrize(
    ("display", "name"), [("Dr. Anna Weber", "anna.weber"), ("Prof. Dr. Jörg O'Neil", "jörg.o.neil"), ("", "")]
)
def test_sign_in_name_is_suggested(display, name):
    assert sign_in_name(display) == name


def test_first_run_with_the_keyboard_alone(qtbot, first_run, window, samples):
    qtbot.waitUntil(lambda: window.create_page is not None and window.create_page.isVisible())
    page = window.create_page
    page.setFocus()
    for field, words in (
        (page.display_name, "Dr. Anna Weber"),
        (page.name, None),
        (page.passphrases.first, "seven blue ladders hum"),
        (page.passphrases.second, "seven blue ladders hum"),
    ):
        assert window.focusWidget() is field
        if words:
            qtbot.keyClicks(field, words)
        qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert page.name.text() == "anna.weber"
    assert window.focusWidget() is page.create_button
    qtbot.keyClick(page.create_button, Qt.Key.Key_Space)
    qtbot.waitUntil(window.code_page.isVisible)
    assert window.code_page.code.text() == samples["code"]
    qtbot.keyClicks(window.code_page.typed, "wrong")
    qtbot.keyClick(window.code_page.typed, Qt.Key.Key_Return)
    assert "not the code" in window.code_page.message.message
    window.code_page.typed.clear()
    qtbot.keyClicks(window.code_page.typed, samples["code"].lower().replace("-", " "))
    qtbot.keyClick(window.code_page.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert not window.code_page.code.text()  # it is shown once
    assert window.workspace.welcome.title.text() == "No visits yet"


def test_closing_before_the_code_was_typed_back_asks_first(qtbot, first_run, window):
    qtbot.waitUntil(lambda: window.create_page is not None)
    window._show_code(first_run.session, "ABCD")
    window.close()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(ConfirmDialog)))
    assert window.isVisible()
    dialog = window.findChild(ConfirmDialog)
    assert "recovery code" in dialog.windowTitle()
    dialog.go.click()
    qtbot.waitUntil(lambda: first_run.session.closed and not window.isVisible())


def test_passphrases_must_be_long_and_agree(qtbot, first_run, window):
    qtbot.waitUntil(lambda: window.create_page is not None)
    page = window.create_page
    page.display_name.setText("Dr. Anna Weber")
    page.name.setText("anna")
    page.passphrases.first.setText("short")
    page.passphrases.second.setText("short")
    assert not page.create_button.isEnabled()
    assert page.passphrases.hint.text().startswith("Too short")
    page.passphrases.first.setText("seven blue ladders hum")
    assert not page.create_button.isEnabled()
    assert not page.passphrases.agree.isHidden()
    page.passphrases.second.setText("seven blue ladders hum")
    assert page.create_button.isEnabled()


def test_wrong_passphrase_says_how_long_to_wait(qtbot, window):
    page = window.sign_in_page
    qtbot.waitUntil(lambda: page.names.count() == 1)
    qtbot.keyClicks(page.passphrase, "wrong")
    qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.message.message))
    assert page.message.message == "The passphrase is wrong. Try again in 2 seconds."
    assert page.passphrase.isEnabled()
    assert window.workspace is None


def test_recovery_code_opens_the_vault_and_shows_a_new_code(qtbot, window, samples):
    qtbot.waitUntil(lambda: window.sign_in_page.names.count() == 1)
    window.sign_in_page.recovery.click()
    page = window.recovery_page
    assert page.isVisible()
    page.code.setText("nonsense")
    page.passphrases.first.setText("seven blue ladders hum")
    page.passphrases.second.setText("seven blue ladders hum")
    page.submit_button.click()
    qtbot.waitUntil(lambda: "wrong" in page.message.message)
    page.code.setText(samples["code"])
    page.submit_button.click()
    qtbot.waitUntil(window.code_page.isVisible)
    assert window.code_page.code.text() == "NEW1-NEW2-NEW3-NEW4"
    assert not page.code.text()


def test_sign_out_closes_the_session_and_shows_nothing_of_it(qtbot, window, application, sign_in):
    application.add_draft("Miller, Jane")
    sign_in()
    window.workspace.list.choose("e1")
    qtbot.waitUntil(lambda: window.workspace.model.loaded is not None)
    window.actions_.sign_out.trigger()
    qtbot.waitUntil(lambda: application.session.closed)
    qtbot.waitUntil(window.sign_in_page.isVisible)
    assert application.ended == 1  # before the session was closed
    assert window.workspace is None
    assert not window.menuBar().isVisible()


def test_window_title_never_names_a_patient(qtbot, window, application, sign_in):
    application.add_draft("Miller, Jane")
    sign_in()
    window.workspace.list.choose("e1")
    qtbot.waitUntil(lambda: window.workspace.page.title.text() == "Miller, Jane")
    assert window.windowTitle() == "Anamnesis"
