"""How the note is written: three short lists, what is learned in words, and the switch for learning."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.domain.style import StyleWish
from app.exchange.style_words import FORMS, LENGTHS, WORDINGS
from app.ui.theme import SPACE
from app.ui.viewmodels.styles import USUAL, Styles
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.parts import Choice, button, text

_LISTS = {"length": LENGTHS, "form": FORMS, "wording": WORDINGS}
_NAMES = {"length": "Length of the note", "form": "Form of the note", "wording": "Words of the note"}
_TIPS = {
    "length": "Brief leaves out denials unrelated to the complaint, “there is none” and repeats, and says what; never "
    "medicines, allergies, red flags, findings or plans. Full cuts no quotation.",
    "form": "One statement a line, or the statements of a section as running text.",
    "wording": "Abbreviations come from a table of those with one meaning; none of the “do not use” lists.",
}


class StylePicker(QWidget):
    """`stacked` puts the caption above the lists instead of beside them."""

    def __init__(self, styles: Styles, *, stacked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._styles = styles
        self.boxes = {kind: Choice(_NAMES[kind]) for kind in _LISTS}
        self.caption = text("Style", "heading")
        self.caption.setWordWrap(False)
        self.caption.setBuddy(self.boxes["length"])
        if not stacked:
            self.caption.setMinimumHeight(self.boxes["length"].sizeHint().height())
        self.hint = text("", "small")
        self.learning = button("Learning", self._open_menu, "link", "What is learned from your signed notes")
        lists = QHBoxLayout()
        lists.setSpacing(2 * SPACE)
        for kind, box in self.boxes.items():
            box.setToolTip(_TIPS[kind])
            box.setMinimumContentsLength(7)
            box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.currentIndexChanged.connect(lambda _index, kind=kind: self._choose(kind))
            lists.addWidget(box, 1)
        below = QHBoxLayout()
        below.setSpacing(2 * SPACE)
        below.addWidget(self.hint, 1)
        (below if stacked else lists).addWidget(self.learning, 0, Qt.AlignmentFlag.AlignTop)
        body = QVBoxLayout()
        body.setSpacing(SPACE)
        body.addLayout(lists)
        body.addLayout(below)
        outer = QVBoxLayout(self) if stacked else QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE if stacked else 3 * SPACE)
        outer.addWidget(self.caption, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(body, 1)
        styles.changed.connect(self.show_styles)
        self.show_styles()

    @property
    def wish(self) -> StyleWish:
        """What is chosen."""
        return self._styles.wish

    def show_styles(self) -> None:
        """Show what can be chosen, what is, and what that means."""
        styles = self._styles
        for kind, box in self.boxes.items():
            box.blockSignals(True)
            box.clear()
            box.addItem(USUAL[kind], "")
            for value, words in _LISTS[kind].items():
                box.addItem(words, value.value)
            wanted = getattr(styles.wish, kind)
            box.setCurrentIndex(0 if wanted is None else 1 + list(_LISTS[kind]).index(wanted))
            box.blockSignals(False)
        self.hint.setText(styles.explained)
        self.learning.setVisible(styles.allowed)

    def _choose(self, kind: str) -> None:
        self._styles.choose(kind, str(self.boxes[kind].currentData()))

    def menu(self) -> QMenu:
        """The switch and forgetting."""
        menu = QMenu(self)
        switch = menu.addAction("Learn from my signed notes")
        switch.setCheckable(True)
        switch.setChecked(self._styles.on)
        switch.toggled.connect(lambda on: self._styles.switch(on=on))
        forget = menu.addAction("Forget what was learned…")
        forget.setEnabled(self._styles.learned is not None)
        forget.triggered.connect(lambda _checked=False: self._ask_to_forget())
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.learning.mapToGlobal(self.learning.rect().bottomLeft()))

    def _ask_to_forget(self) -> None:
        dialog = ConfirmDialog(
            "Forget what was learned?",
            "Drafts are written in the standard style until you have signed new notes. Your signed notes stay as they "
            "are; nothing was copied from them.",
            "Keep it",
            "Forget it",
            self.window(),
        )
        dialog.accepted.connect(self._styles.forget)
        dialog.open()
