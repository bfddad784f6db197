"""The left side of the desk: new visit, search, the list of visits, who is signed in."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.encounter import Encounter
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.encounters import EncounterFilter, EncounterList
from app.ui.widgets.actions import Actions
from app.ui.widgets.encounter_list import EncounterView
from app.ui.widgets.parts import button, for_action, line, text


class VisitsPane(QFrame):
    """`list` shows those of `encounters` that fit the words in `search`."""

    def __init__(
        self, encounters: EncounterList, signed_in: str, actions: Actions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._encounters = encounters
        self._fitting = EncounterFilter(encounters, self)
        self.search: QLineEdit = line("Find visit", placeholder="Find visit  (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.list = EncounterView(self._fitting, theme)
        self.empty = text("", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "side")
        self.setMinimumWidth(230)
        self.setMaximumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 4 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(for_action(actions.new_visit, "primary"))
        column.addWidget(for_action(actions.open_recording))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        row = QHBoxLayout()
        row.addWidget(text(signed_in, "muted"), 1)
        row.addWidget(button("Sign out", actions.sign_out.trigger, "link", "Ctrl+L"))
        column.addLayout(row)
        actions.search.triggered.connect(self._to_search)
        actions.to_list.triggered.connect(self._to_list)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._to_first)
        self._show_counts()

    def show_visits(self, encounters: Sequence[Encounter], shown: str | None) -> None:
        """List these, and mark the one that is on the screen; nothing opens."""
        self._encounters.replace(encounters)
        if shown is not None:
            self.list.mark(shown)
        self._show_counts()

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _to_list(self) -> None:
        self.list.setFocus()

    def _to_first(self) -> None:
        self._to_list()
        if self._fitting.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._fitting.index(0, 0))

    def _on_search(self, words: str) -> None:
        self._fitting.search(words)
        self._show_counts()

    def _show_counts(self) -> None:
        visits, shown = self._encounters.rowCount(), self._fitting.rowCount()
        self.list.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        self.empty.setText("No visit fits the search." if visits else "")
        self.search.setEnabled(visits > 0)
