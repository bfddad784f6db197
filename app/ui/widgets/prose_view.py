"""A note in prose: each section as running text, every sentence still a statement with its evidence and its mark."""

from html import escape

from PySide6.QtCore import QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTextCursor,
    QTextFragment,
)
from PySide6.QtWidgets import QFrame, QStackedWidget, QTextBrowser, QTextEdit, QWidget

from app.domain.note import Note, Section, Statement
from app.domain.style import Form
from app.exchange.running_text import as_sentence
from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.widgets.actions import Actions
from app.ui.widgets.announcing import announce
from app.ui.widgets.note_view import NoteView
from app.ui.widgets.parts import button

_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}


class ProseView(QTextBrowser):
    """`statement_clicked(id)`: a sentence was pressed; `statement_moved(id)`: the keyboard went to it.

    Arrows go from sentence to sentence, Home and End to the first and the last one. Doubts stand behind a sentence.
    """

    statement_clicked = Signal(str)
    statement_moved = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._note: Note | None = None
        self._by_hand = False
        self._current = ""
        self._ids: list[str] = []
        self._ranges: dict[str, tuple[int, int]] = {}
        self.setAccessibleName("Note as running text")
        mouse = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.TextSelectableByMouse
        self.setTextInteractionFlags(mouse)  # Tab leaves the text, as it leaves a list
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.document().setDocumentMargin(3 * SPACE)
        self.anchorClicked.connect(self._on_clicked)
        theme.changed.connect(self._render)

    def show_note(self, note: Note | None, *, by_hand: bool) -> None:
        """Show a note; `by_hand`: its visit has no recording to compare with."""
        self._note, self._by_hand = note, by_hand
        self._render()

    def show_current(self, statement_id: str) -> None:
        """Mark the sentence whose evidence is shown, and bring it in sight."""
        if statement_id != self._current:
            self._current = statement_id
            self._mark_current()
            self._scroll_to_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        key, plain = Qt.Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and self._ids and (key in _STEPS or key in _ENDS):
            self.statement_moved.emit(self._ids[_ENDS[key]] if key in _ENDS else self._beside(_STEPS[key]))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt; the keyboard stands on a sentence."""
        super().focusInEvent(event)
        if self._ids and self._current not in self._ids:
            self.statement_moved.emit(self._ids[0])
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: where the keyboard is has an outline, as in a list."""
        super().paintEvent(event)
        if not self.hasFocus() or self._current not in self._ranges:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.accent), 1.5))
        painter.translate(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        painter.drawPath(self.outline())

    def outline(self) -> QPainterPath:
        """The lines that the current sentence takes, in the document's pixels; empty without one."""
        path = QPainterPath()
        start, end = self._ranges.get(self._current, (0, 0))
        block = self.document().findBlock(start)
        layout, origin = block.layout(), self.document().documentLayout().blockBoundingRect(block).topLeft()
        first, last = start - block.position(), end - block.position()
        for n in range(layout.lineCount() if end > start else 0):
            line = layout.lineAt(n)
            a, b = max(first, line.textStart()), min(last, line.textStart() + line.textLength())
            while a < b and block.text()[b - 1].isspace():
                b -= 1  # the blank where a line is broken is no part of the sentence
            if a < b:
                left, right = _x(line.cursorToX(a)), _x(line.cursorToX(b))
                path.addRect(QRectF(origin.x() + left - 2, origin.y() + line.y(), right - left + 4, line.height()))
        return path.simplified()

    def _beside(self, step: int) -> str:
        if self._current not in self._ids:
            return self._ids[0 if step > 0 else -1]
        at = self._ids.index(self._current) + step
        return self._ids[min(max(at, 0), len(self._ids) - 1)]

    def _mark_current(self) -> None:
        marked = QTextEdit.ExtraSelection()
        if self._current in self._ranges:
            marked.cursor = self._cursor(*self._ranges[self._current])
            marked.format.setBackground(QColor(self._theme.tokens.selection))
        self.setExtraSelections([marked] if self._current in self._ranges else [])
        self.viewport().update()

    def _scroll_to_current(self) -> None:
        if self._current in self._ranges:
            start, end = self._ranges[self._current]
            for place in (end, start):
                self.setTextCursor(self._cursor(place, place))
                self.ensureCursorVisible()

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _render(self) -> None:
        at = self.verticalScrollBar().value()
        self._ids = [s.id for s in self._note.statements()] if self._note else []
        sections = "".join(self._section(s) for s in self._note.sections) if self._note else ""
        self.setHtml(sections)
        self._ranges = self._places()
        self._mark_current()
        self.verticalScrollBar().setValue(at)

    def _places(self) -> dict[str, tuple[int, int]]:
        """Where each statement begins and ends in the text, by its id."""
        found: dict[str, tuple[int, int]] = {}
        block = self.document().begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                statement = self._linked(pieces.fragment())
                if statement:
                    start = pieces.fragment().position()
                    found[statement] = (found.get(statement, (start, 0))[0], start + pieces.fragment().length())
                pieces += 1
            block = block.next()
        return found

    def _linked(self, piece: QTextFragment) -> str:
        number = piece.charFormat().anchorHref().removeprefix("#")
        return self._ids[int(number)] if number.isdecimal() and int(number) < len(self._ids) else ""

    def _section(self, section: Section) -> str:
        body = " ".join(self._sentence(s) for s in section.statements)
        t = self._theme.tokens
        body = body or f'<span style="color:{t.muted}">Nothing noted.</span>'
        small, large = (self._theme.font(scale).pointSizeF() for scale in (1.0, 1.1))
        head = f"font-size:{large:.1f}pt; color:{t.text}; margin:0 0 {SPACE}px 0"
        text = f"font-size:{small:.1f}pt; color:{t.text}; line-height:125%; margin:0 0 {4 * SPACE}px 0"
        return f'<p style="{head}"><b>{escape(section.title)}</b></p><p style="{text}">{body}</p>'

    def _sentence(self, statement: Statement) -> str:
        t = self._theme.tokens
        doubtful = wording.is_doubtful(statement)
        ink, paper = t.text, ""
        if doubtful:
            ink, paper = t.mark(statement.support).ink, t.mark(statement.support).paper
        background = f"background-color:{paper};" if paper else ""
        style = f"text-decoration:none; color:{ink}; {background}"
        said = escape(as_sentence(statement.text))
        link = f'<a href="#{self._ids.index(statement.id)}" style="{style}">{said}</a>'
        written = wording.author_of(statement) if statement.author is not None else ""
        if written:
            link += f' <span style="color:{t.muted}">({escape(written)})</span>'
        return f"{link} {self._doubt(statement, ink)}" if doubtful else link

    def _doubt(self, statement: Statement, ink: str) -> str:
        mark = wording.mark_of(statement, by_hand=self._by_hand)
        reasons = "; ".join(wording.reasons_of(statement, by_hand=self._by_hand))
        said = escape(f"{mark}: {reasons}" if reasons else mark)
        return f'<span style="color:{ink}"><b>[{said}]</b></span>'

    def _on_clicked(self, url: QUrl) -> None:
        number = url.fragment()
        if number.isdecimal() and int(number) < len(self._ids):
            self.statement_clicked.emit(self._ids[int(number)])


class NoteForms(QStackedWidget):
    """Shows a note in its form: statements one below the other, or running text. `link` changes between the two."""

    def __init__(self, note: NoteView, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = note
        self._shown: Form = Form.BULLETS
        self._own: Form | None = None
        self._edited_from_text = False
        self.prose = ProseView(theme)
        self.link = button("", self._change, "link")
        self.addWidget(note)
        self.addWidget(self.prose)
        self.link.hide()
        note.rows.modelReset.connect(self._on_note)
        note.statement_chosen.connect(self.prose.show_current)
        self.prose.statement_clicked.connect(self._on_clicked)
        self.prose.statement_moved.connect(self._on_moved)
        note.editing_ended.connect(self._on_edited)
        for action in (actions.edit, actions.add):
            action.triggered.connect(lambda _checked=False: self._remember())
        for action in (actions.play, actions.edit, actions.remove):
            self.prose.addAction(action)
        statements_needed = (actions.edit, actions.add, actions.remove, actions.revise, actions.revise_section)
        for action in (*statements_needed, actions.next_doubtful, actions.previous_doubtful):
            action.triggered.connect(lambda _checked=False: self.show_as(Form.BULLETS))
        actions.to_note.triggered.connect(lambda _checked=False: self.view.setFocus())

    @property
    def view(self) -> NoteView | ProseView:
        """What is shown."""
        return self.prose if self.currentWidget() is self.prose else self._note

    def show_as(self, form: Form) -> None:
        """Show the present note in a form; editing needs statements."""
        self._own = form
        self._show()

    def _on_note(self) -> None:
        note = self._note.rows.note
        form = note.style.form if note is not None else Form.BULLETS
        if note is None or form is not self._shown:
            self._own = None
        self._shown = form
        first = self._note.rows.row(self._note.rows.index(1)) if self._note.rows.rowCount() > 1 else None
        self.prose.show_note(note if form is Form.PROSE else None, by_hand=bool(first and first.by_hand))
        self._show()

    def _show(self) -> None:
        form = self._own or self._shown
        focused = self.view.hasFocus()
        self.setCurrentWidget(self.prose if form is Form.PROSE else self._note)
        if focused:
            self.view.setFocus()
        self.link.setVisible(self._shown is Form.PROSE)
        words = "As statements" if form is Form.PROSE else "As text"
        self.link.setText(words)
        self.link.setAccessibleName(f"Show the note {words.lower()}")

    def _change(self) -> None:
        shown = self._own or self._shown
        self.show_as(Form.BULLETS if shown is Form.PROSE else Form.PROSE)

    def _remember(self) -> None:
        self._edited_from_text = self.view is self.prose

    def _on_edited(self) -> None:
        """Who began to type over a sentence of the text comes back to it."""
        if self._edited_from_text:
            self._edited_from_text = False
            self.show_as(Form.PROSE)
            self.prose.setFocus()

    def _on_moved(self, statement_id: str) -> None:
        self._note.choose(statement_id)
        index = self._note.rows.index_of(statement_id)
        announce(self.prose, str(self._note.rows.data(index, Qt.ItemDataRole.AccessibleTextRole) or ""))

    def _on_clicked(self, statement_id: str) -> None:
        self._note.choose(statement_id)
        self._note.statement_clicked.emit(statement_id)


def _x(place: object) -> float:
    """Qt gives the x alone or with the position it was asked for."""
    return float(place[0] if isinstance(place, tuple) else place)  # type: ignore[arg-type] # a number in any case
