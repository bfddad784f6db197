"""The pages behind the visits, one at a time, under their tabs."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.ui.theme import SPACE
from app.ui.widgets.office.page import OfficePage
from app.ui.widgets.parts import button

Make = Callable[[], OfficePage]


class Office(QWidget):
    """`asked()` when one of its pages is to be seen, `left()` by its button or Escape.

    Pages are made when they are shown first.
    """

    asked = Signal()
    left = Signal()

    def __init__(self, pages: dict[str, tuple[str, Make]], leave: str, parent: QWidget | None = None) -> None:
        """`pages`: key to title and how to make it. `leave`: what the button at the right says."""
        super().__init__(parent)
        self._make = {key: make for key, (_, make) in pages.items()}
        self.pages: dict[str, OfficePage] = {}
        self.tabs: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self.stack = QStackedWidget()
        bar = QFrame()
        bar.setProperty("role", "office")
        row = QHBoxLayout(bar)
        row.setContentsMargins(5 * SPACE, 2 * SPACE, 6 * SPACE, 2 * SPACE)
        row.setSpacing(SPACE)
        for key, (title, _make) in pages.items():
            tab = button(title, lambda key=key: self.show_page(key), "tab")  # type: ignore[misc] # bound at once
            tab.setCheckable(True)
            self._group.addButton(tab)
            self.tabs[key] = tab
            row.addWidget(tab)
        row.addStretch()
        self.leave = button(leave, self.left.emit, "quiet")
        row.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.stack, 1)

    def show_page(self, key: str) -> None:
        """Show a page and read it anew."""
        if key not in self._make:
            return
        if key not in self.pages:
            self.pages[key] = self._make[key]()
            self.stack.addWidget(self.pages[key])
        page = self.pages[key]
        self.tabs[key].setChecked(True)
        self.stack.setCurrentWidget(page)
        page.refresh()
        self.asked.emit()
        page.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def show_first(self) -> None:
        """Show the first page."""
        self.show_page(next(iter(self._make)))
