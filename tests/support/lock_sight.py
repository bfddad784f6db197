"""What eyes, screen readers and the clipboard find of a patient in the windows that are shown."""

from PySide6.QtGui import QAccessible, QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

LABEL = "Miller, Jane"
SECRETS = ("Miller", "Jane", "penicillin", "metoprolol", "tightness", "Half a sentence", "spoken live")


def words_of(widget: QWidget) -> list[str]:
    """Everything a widget says to eyes or screen readers."""
    said = [widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis()]
    said += [widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QLineEdit):
        said.append(widget.text())
    if isinstance(widget, QPlainTextEdit):
        said.append(widget.toPlainText())
    return said


def accessible_words(interface) -> list[str]:
    """The text of an accessible object and of everything below it."""
    said = [
        interface.text(kind)
        for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description, QAccessible.Text.Help)
    ]
    for n in range(interface.childCount()):
        child = interface.child(n)
        if child is not None:
            said += accessible_words(child)
    return said


def in_reach() -> str:
    """All words of all widgets of shown windows, hidden widgets too, and all that a screen reader reaches."""
    said = []
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            for widget in [top, *top.findChildren(QWidget)]:
                said += words_of(widget)
    said += accessible_words(QAccessible.queryAccessibleInterface(QApplication.instance()))
    clipboard = QGuiApplication.clipboard()
    said.append(clipboard.text())
    if clipboard.supportsSelection():
        said.append(clipboard.text(QClipboard.Mode.Selection))
    return "\n".join(said)


def leaks() -> list[str]:
    return [secret for secret in SECRETS if secret in in_reach()]


def unlock(qtbot, window, samples):
    window.lock.page.passphrase.setText(samples["passphrase"])
    window.lock.page.submit()
    qtbot.waitUntil(lambda: not window.lock.locked)
