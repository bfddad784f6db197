"""Choosing a note type: before the visit, and for drafting a visit again as another one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.drafting.templates.template_files import Origin, TemplateFile
from app.ui.theme import SPACE
from app.ui.viewmodels.note_types import NoteTypes, unusable
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.parts import Choice, button, text
from app.ui.widgets.style_picker import StylePicker

SHOWN = 4
"""Sections named beside the list; more would make the form jump."""


def title_of(file: TemplateFile) -> str:
    """How a note type is called in lists; one that is not the program's own says whose it is."""
    title = file.template.title if file.template is not None else file.id
    whose = {Origin.ORGANISATION: " (organisation)", Origin.OWN: " (yours)"}
    return title + whose.get(file.origin, "")


def _sections_of(file: TemplateFile | None, most: int = 60) -> str:
    """The titles of a note type's sections, at most so many."""
    titles = [] if file is None or file.template is None else [title for _, title in file.template.printed]
    return "; ".join(titles[:most]) + (" …" if len(titles) > most else "")


class NoteTypePicker(QWidget):
    """A list of note types with what is wrong with those that are missing in it."""

    def __init__(self, note_types: NoteTypes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note_types = note_types
        self.box = Choice("Note type")
        self.box.setMinimumContentsLength(22)
        self.box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.hint = text("", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        self.caption = text("Note type", "heading")
        self.caption.setWordWrap(False)
        self.caption.setBuddy(self.box)
        row.addWidget(self.caption)
        row.addWidget(self.box, 2)
        row.addWidget(self.hint, 3)
        self.box.currentIndexChanged.connect(lambda _index: self._choose())
        note_types.changed.connect(self.show_types)
        self.show_types()

    def show_types(self) -> None:
        """Show what can be chosen and what is."""
        chosen = self._note_types.chosen
        fill(self.box, self._note_types.usable, chosen)
        self.box.setEnabled(chosen is not None)
        wrong = unusable(self._note_types.faults)
        self.hint.setText(str(wrong) if wrong is not None else _sections_of(chosen, SHOWN))
        self.hint.setToolTip(_sections_of(chosen))

    def _choose(self) -> None:
        self._note_types.choose(str(self.box.currentData()))


def fill(box: Choice, files: tuple[TemplateFile, ...], chosen: TemplateFile | None) -> None:
    """Put note types into a list without telling that something was chosen."""
    box.blockSignals(True)
    box.clear()
    for file in files:
        box.addItem(title_of(file), file.id)
    box.setCurrentIndex(max(0, box.findData(chosen.id if chosen is not None else None)))
    box.blockSignals(False)


class NoteTypeDialog(Sheet):
    """Asks as what and how to draft a visit again. `given(note type, style wish)`; that style is for once."""

    given = Signal(str, object)

    def __init__(self, note_types: NoteTypes, present: str, parent: QWidget | None = None) -> None:
        super().__init__("Draft again", parent)
        self._note_types = note_types
        self._present = present
        self.column.addWidget(
            text("The note is drafted again from the transcript. The present note stays in the history.", "muted")
        )
        self.box = Choice("Note type")
        caption = text("Note type", "heading")
        caption.setBuddy(self.box)
        self.hint = text("", "small")
        form = QVBoxLayout()
        form.setSpacing(SPACE)
        for widget in (caption, self.box, self.hint):
            form.addWidget(widget)
        self.column.addSpacing(SPACE)
        self._styles = note_types.styles.once()
        self.style_picker = StylePicker(self._styles, stacked=True)
        form.addSpacing(2 * SPACE)
        form.addWidget(self.style_picker)
        self.column.addLayout(form)
        self.go = button("Draft again", self._give, "primary")
        self.add_buttons(self.cancel_button(), self.go)
        self.box.currentIndexChanged.connect(lambda _index: self._refresh())
        note_types.changed.connect(self._show)
        self._show()
        self.box.setFocus()

    def _show(self) -> None:
        others = [f for f in self._note_types.usable if f.id != self._present]
        wanted = self.box.currentData()
        fill(self.box, self._note_types.usable, self._note_types.find(str(wanted)) or (others[0] if others else None))
        self._refresh()

    def _refresh(self) -> None:
        file = self._note_types.find(str(self.box.currentData()))
        self.hint.setText(_sections_of(file))
        self.go.setEnabled(file is not None)
        if file is not None and file.template is not None:
            self._styles.look(file.template.type)

    def _give(self) -> None:
        self.given.emit(str(self.box.currentData()), self._styles.wish)
        self.accept()
