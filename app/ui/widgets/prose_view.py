"""A note in prose: each section as running text, every sentence still a statement with its evidence and its mark."""

from html import escape

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTextBrowser, QWidget

from app.domain.note import Note, Section, Statement
from app.domain.style import Form
from app.exchange.running_text import as_sentence
from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.widgets.actions import Actions
from app.ui.widgets.note_view import NoteView
from app.ui.widgets.parts import button


class ProseView(QTextBrowser):
    """`statement_clicked(id)`: a sentence was pressed, or chosen with Tab and Enter. Doubts stand behind it."""

    statement_clicked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._note: Note | None = None
        self._by_hand = False
        self._current = ""
        self._ids: list[str] = []
        self.setAccessibleName("Note as running text")
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
        """Mark the sentence whose evidence is shown."""
        if statement_id != self._current:
            self._current = statement_id
            self._render()

    def _render(self) -> None:
        at = self.verticalScrollBar().value()
        self._ids = [s.id for s in self._note.statements()] if self._note else []
        sections = "".join(self._section(s) for s in self._note.sections) if self._note else ""
        self.setHtml(sections)
        self.verticalScrollBar().setValue(at)

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
        if statement.id == self._current:
            paper = t.selection
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
        self.prose = ProseView(theme)
        self.link = button("", self._change, "link")
        self.addWidget(note)
        self.addWidget(self.prose)
        self.link.hide()
        note.rows.modelReset.connect(self._on_note)
        note.statement_chosen.connect(self.prose.show_current)
        self.prose.statement_clicked.connect(self._on_clicked)
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

    def _on_clicked(self, statement_id: str) -> None:
        self._note.choose(statement_id)
        self._note.statement_clicked.emit(statement_id)
