"""The left side of the desk: new visit, search, the list of visits, who is signed in."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.encounter import Encounter
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.encounters import EncounterFilter, EncounterList
from app.ui.viewmodels.searching import VisitSearch
from app.ui.widgets.actions import Actions
from app.ui.widgets.encounter_list import EncounterView
from app.ui.widgets.parts import button, for_action, line, text


class VisitsPane(QFrame):
    """`list` shows those of `encounters` that fit the words in `search`."""

    def __init__(
        self,
        encounters: EncounterList,
        searching: VisitSearch,
        signed_in: str,
        actions: Actions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._encounters = encounters
        self._fitting = EncounterFilter(encounters, self)
        self._searching = searching
        searching.setParent(self)
        self.search: QLineEdit = line("Find visit by patient or text", placeholder="Patient or text  (Ctrl+F)")
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
        self._foot = QVBoxLayout()
        column.addLayout(self._foot)
        row = QHBoxLayout()
        row.addWidget(text(signed_in, "muted"), 1)
        row.addWidget(button("Sign out", actions.sign_out.trigger, "link", "Ctrl+L"))
        column.addLayout(row)
        actions.search.triggered.connect(self._to_search)
        actions.to_list.triggered.connect(self._to_list)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._to_first)
        self.search.installEventFilter(self)
        searching.found.connect(self._on_found)
        self._show_counts()

    def add_sign(self, sign: QWidget) -> None:
        """Put a quiet sign above who is signed in."""
        self._foot.addWidget(sign)

    def show_visits(self, encounters: Sequence[Encounter], folded: Sequence[str], shown: str | None) -> None:
        """List these, and mark the one that is on the screen; nothing opens. `folded`: see `EncounterList.replace`."""
        self._encounters.replace(encounters, folded)
        if shown is not None:
            self.list.mark(shown)
        self._show_counts()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See Qt: Escape in the field takes the search back, Down goes to what was found."""
        if watched is self.search and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() == Qt.Key.Key_Down:
                self._to_first()
                return True
        return super().eventFilter(watched, event)

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
        self._fitting.show_found({})  # what was found for other words
        self._fitting.search(words)
        self._searching.look(words)
        self._show_counts()

    def _on_found(self, snippets: dict[str, str]) -> None:
        self._fitting.show_found(snippets)
        self._show_counts()

    def _show_counts(self) -> None:
        visits, shown = self._encounters.rowCount(), self._fitting.rowCount()
        self.list.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        nothing = "Searching the notes…" if self._searching.busy else "No visit fits the search."
        self.empty.setText(nothing if visits else "")
        self.search.setEnabled(visits > 0)
