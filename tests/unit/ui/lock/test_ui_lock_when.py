"""When the window locks, what opens it, and that no key does anything in between."""

from lock_sight import LABEL
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.viewmodels.idle import IdleWatch, uptime
from app.ui.widgets.dialogs import LabelDialog, Sheet


def test_idle_minutes_lock_and_input_postpones(qtbot, desk, window, clock):
    clock.now += 9 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    clock.now += 9 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    QTest.mouseMove(window.windowHandle(), window.rect().center())
    clock.now += 9 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    clock.now += 60
    window.lock.watch.check()
    assert window.lock.locked


def test_input_in_a_dialog_counts_too(qtbot, desk, window, clock):
    dialog = LabelDialog("Change patient label", "", LABEL, "Change", window)
    dialog.open()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is dialog.windowHandle())
    clock.now += 9 * 60
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_X)
    clock.now += 2 * 60
    window.lock.watch.check()
    assert not window.lock.locked
    dialog.reject()


def test_zero_minutes_never_lock(qtbot, clock):
    watch = IdleWatch(clock)
    watch.start(0)
    clock.now += 1e6
    with qtbot.assertNotEmitted(watch.idle):
        watch.check()


def test_clock_of_the_lock_goes_forward():
    assert uptime() <= uptime()


def test_key_locks_and_the_passphrase_opens_again(qtbot, desk, window, samples, clock):
    window.activateWindow()
    QTest.keyClick(
        window.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    assert window.lock.locked
    page = window.lock.page
    assert page.passphrase.hasFocus()
    assert not page.unlock_button.isEnabled()
    QTest.keyClicks(page.passphrase, "wrong")
    QTest.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.message.message))
    assert page.message.message == "The passphrase is wrong. Try again in 2 seconds."
    assert window.lock.locked
    assert page.passphrase.hasFocus()
    QTest.keyClicks(page.passphrase, samples["passphrase"])
    QTest.keyClick(page.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.lock.locked)
    assert not page.passphrase.text()
    clock.now += 11 * 60
    window.lock.watch.check()
    assert window.lock.locked  # it counts again


def test_commands_do_nothing_while_locked(qtbot, desk, window, application):
    window.lock.lock()
    control, plain = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    window.activateWindow()
    for key, modifier in (
        (Qt.Key.Key_O, control), (Qt.Key.Key_E, control), (Qt.Key.Key_R, control), (Qt.Key.Key_F8, plain),
        (Qt.Key.Key_L, control), (Qt.Key.Key_F9, plain), (Qt.Key.Key_Z, control),
    ):  # fmt: skip
        QTest.keyClick(window.windowHandle(), key, modifier)
    qtbot.wait(20)
    assert window.lock.locked
    assert len(application.store.notes["e1"]) == 1
    assert not application.session.closed
    assert not [d for d in QApplication.topLevelWidgets() if isinstance(d, Sheet) and d.isVisible()]
    assert not application.recording.lives
