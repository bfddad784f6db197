"""The list of visits: who, when, and where the note stands."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.domain.encounter import Encounter, EncounterState
from app.ui import marks, wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.encounters import EncounterFilter, EncounterRole
from app.ui.widgets.rows import ANY_WIDTH, EDGE, Index, RowDelegate, RowList, line_height
from app.ui.widgets.state_sign import SHAPES

_Select = QItemSelectionModel.SelectionFlag


class _Delegate(RowDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 - Qt's name
        body, small = line_height(self.theme.font()), line_height(self.theme.font(0.9))
        return QSize(ANY_WIDTH, round(body + 2 * small + 5 * SPACE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = self.theme.tokens
        box = QRectF(option.rect).adjusted(2, 2, -2, -2)
        self.fill_state(painter, box, option)
        encounter = index.data(EncounterRole.ENCOUNTER)
        title_font, small = self.theme.font(bold=True), self.theme.font(0.9)
        x, width = box.left() + EDGE, box.width() - 2 * EDGE
        y = box.top() + 2 * SPACE - 1
        self.write_line(painter, QRectF(x, y, width, 40), encounter.title, title_font, t.text)
        y += line_height(title_font) + 2
        self.write_line(painter, QRectF(x, y, width, 40), index.data(EncounterRole.DETAIL), small, t.muted)
        y += line_height(small) + 2
        fraction = index.data(EncounterRole.FRACTION)
        snippet = index.data(EncounterRole.SNIPPET)
        if snippet:
            self.write_line(painter, QRectF(x, y, width, 40), f"“{snippet}”", small, t.text)
            self.outline_current(painter, option, index)
            return
        shape, ink = _look(self.theme, encounter, fraction is not None)
        if index.data(EncounterRole.RECORDING):
            shape = SHAPES.get(index.data(EncounterRole.STATE))
            ink = t.live if shape is marks.Shape.RECORDING else t.partial.ink
        indent = 0.0
        if shape is not None:
            marks.paint(painter, shape, QRectF(x, y + 1, 13, 13), ink, t.surface)
            indent = 18
        state = index.data(EncounterRole.STATE)
        self.write_line(painter, QRectF(x + indent, y, width - indent, 40), state, small, ink)
        if fraction is not None:
            track = QRectF(x, box.bottom() - 5, width, 3)
            self.fill(painter, track, t.border, 1.5)
            self.fill(painter, QRectF(track.x(), track.y(), track.width() * max(fraction, 0.02), 3), t.accent, 1.5)
        self.outline_current(painter, option, index)


def _look(theme: Theme, encounter: Encounter, working: bool) -> tuple[marks.Shape | None, str]:
    t = theme.tokens
    if working:
        return None, t.accent
    if wording.failure(encounter) is not None:
        return marks.Shape.CONTRADICTED, t.contradicted.ink
    if encounter.state in {EncounterState.SIGNED, EncounterState.AMENDED}:
        return marks.Shape.SUPPORTED, t.supported.ink
    if encounter.state is EncounterState.OPEN:
        return marks.Shape.PARTIAL, t.partial.ink
    return marks.Shape.TYPED, t.muted


class EncounterView(RowList):
    """`chosen(encounter id)` when a person makes another visit the current one."""

    chosen = Signal(str)

    def __init__(self, rows: EncounterFilter, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Visits, newest first", rows, parent)
        self._rows = rows
        self.setItemDelegate(_Delegate(theme, self))
        self.setUniformItemSizes(True)
        self._marking = False
        self.selectionModel().selectionChanged.connect(self._on_selection)

    def current_id(self) -> str | None:
        """The chosen visit."""
        encounter = self.currentIndex().data(EncounterRole.ENCOUNTER)
        return encounter.id if isinstance(encounter, Encounter) else None

    def choose(self, encounter_id: str) -> None:
        """Make a visit the current one, if it is in the list."""
        row = self._rows.row_of(encounter_id)
        if row >= 0:
            index = self._rows.index(row, 0)
            self.selectionModel().setCurrentIndex(index, _Select.ClearAndSelect)
            self.scrollTo(index)

    def mark(self, encounter_id: str) -> None:
        """As `choose`, but nothing opens: the visit is on the screen already."""
        self._marking = True
        self.choose(encounter_id)
        self._marking = False

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt, but nobody's visit opens just because the keyboard came here."""
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.selectionModel().setCurrentIndex(self.model().index(0, 0), _Select.NoUpdate)
        super().focusInEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt. The first key opens the visit on which the keyboard stands."""
        current = self.currentIndex()
        keys = {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if event.key() in keys and current.isValid() and not self.selectionModel().isSelected(current):
            self.selectionModel().select(current, _Select.ClearAndSelect)
            return
        super().keyPressEvent(event)

    def _on_selection(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        for index in () if self._marking else selected.indexes():
            encounter = index.data(EncounterRole.ENCOUNTER)
            if isinstance(encounter, Encounter):
                self.chosen.emit(encounter.id)
