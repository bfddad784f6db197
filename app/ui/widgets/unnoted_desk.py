"""What happens in the panel of what was said and is not in the note."""

from PySide6.QtCore import QObject

from app.domain.unnoted import Unnoted
from app.ui.viewmodels.playback import Playback
from app.ui.viewmodels.unnoted import UnnotedList
from app.ui.viewmodels.visit import VisitModel
from app.ui.widgets.actions import Actions
from app.ui.widgets.visit_page import VisitPage


class UnnotedDesk(QObject):
    """Between the panel, the list behind it and the open visit."""

    def __init__(
        self,
        page: VisitPage,
        found: UnnotedList,
        model: VisitModel,
        playback: Playback,
        actions: Actions,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._panel = page.unnoted
        self._found = found
        self._model = model
        self._playback = playback
        self._actions = actions
        self._added = ""
        found.setParent(self)
        found.changed.connect(self._show)
        model.changed.connect(self._on_changed)
        self._panel.view.entry_chosen.connect(self._on_chosen)
        self._panel.view.entry_wanted.connect(self._on_wanted)
        self._panel.view.dropped.connect(self._drop)
        self._panel.view.selectionModel().currentChanged.connect(lambda _now, _before: self._enable())
        self._panel.view.rest_wanted.connect(found.unfold)
        self._panel.show_hidden_wanted.connect(found.show_hidden)
        actions.note_it.triggered.connect(lambda _checked=False: self._add())
        actions.not_needed.triggered.connect(lambda _checked=False: self._drop())
        actions.to_unnoted.triggered.connect(lambda _checked=False: self._panel.view.setFocus())
        self._enable()

    def _show(self) -> None:
        transcript = self._model.loaded.transcript if self._model.loaded else None
        starts = {u.id: u.start for u in transcript.utterances} if transcript else {}
        panel = self._panel
        was_here = panel.view.hasFocus() or panel.show_hidden.hasFocus()
        self._show_added()
        panel.show_entries(self._found.entries, self._found.hidden, starts, self._found.first)
        if was_here and not self._found.entries:
            (panel.show_hidden if self._found.hidden else self._page.note).setFocus()
        elif was_here:
            panel.view.setFocus()
        self._enable()

    def _on_changed(self) -> None:
        self._enable()
        self._show_added()

    def _show_added(self) -> None:
        """Once what was added stands in the note, show it there."""
        note = self._page.note_rows.note
        new = next((s for s in note.statements() if s.text == self._added), None) if note and self._added else None
        if new is not None:
            self._added = ""
            self._page.note.choose(new.id)

    def _on_chosen(self, entry: Unnoted) -> None:
        ids = frozenset(entry.evidence)
        self._page.transcript.show_evidence(ids)
        if self._playback.playing != ids:
            self._playback.stop()
        self._enable()

    def _on_wanted(self, entry: Unnoted) -> None:
        """Jump to the words, and play them if clicks play."""
        ids = frozenset(entry.evidence)
        self._page.transcript.show_evidence(ids)
        visit = self._model.encounter_id
        if visit is None or self._playback.silenced or not self._actions.play_on_click.isChecked():
            return
        if self._playback.playing == ids:
            self._playback.stop()
        else:
            self._playback.play(visit, self._model.utterances(entry.evidence))

    def _add(self) -> None:
        entry = self._current()
        if entry is not None and self._page.note_rows.editable:
            self._added = entry.text
            self._model.add_unnoted(entry)

    def _drop(self) -> None:
        entry = self._current()
        if entry is not None:
            self._found.hide(entry)

    def _current(self) -> Unnoted | None:
        return self._panel.view.current_entry() if self._page.isVisible() else None

    def _enable(self) -> None:
        entry = self._panel.view.current_entry() if self._found.entries else None
        self._actions.note_it.setEnabled(entry is not None and self._page.note_rows.editable)
        self._actions.not_needed.setEnabled(entry is not None)
        self._actions.to_unnoted.setEnabled(bool(self._found.entries))
