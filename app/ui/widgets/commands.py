"""What happens when a command is given: between the actions, the visit's model and the dialogs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.encounter import Stage
from app.domain.errors import AnamnesisError
from app.domain.ports import Session
from app.domain.recording import Consent
from app.domain.transcript import Utterance
from app.ui import wording
from app.ui.contracts import ExportNote
from app.ui.tasks import Tasks, UnexpectedError
from app.ui.theme import Theme
from app.ui.viewmodels.playback import Playback
from app.ui.viewmodels.unnoted import UnnotedList
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.actions import Actions
from app.ui.widgets.dialogs import ConfirmDialog, LabelDialog, MessageDialog, UnsavedTextDialog
from app.ui.widgets.export_sheet import ExportSheet
from app.ui.widgets.parts import MessageBar
from app.ui.widgets.redrafting import may_redraft
from app.ui.widgets.second_look import may_look_again
from app.ui.widgets.signing import AddendumDialog, SignDialog
from app.ui.widgets.visit_page import VisitPage

AUDIO = "Recordings (*.wav *.mp3 *.flac *.m4a *.ogg *.opus *.webm *.mp4 *.aac *.wma *.mkv *.mov);;All files (*)"


class FilePicker(Protocol):
    """Asks for files."""

    def recording(self, parent: QWidget) -> Path | None: ...

    def export(self, parent: QWidget, suggested: str) -> Path | None: ...

    def folder(self, parent: QWidget, title: str) -> Path | None: ...

    def audit(self, parent: QWidget, suggested: str) -> Path | None: ...


class DialogFilePicker:
    """Asks with the system's dialogs."""

    def recording(self, parent: QWidget) -> Path | None:
        """A recording to open."""
        chosen, _ = QFileDialog.getOpenFileName(parent, "Open a recording", str(Path.home()), AUDIO)
        return Path(chosen) if chosen else None

    def export(self, parent: QWidget, suggested: str) -> Path | None:
        """Where to save; the dialog asks before it overwrites."""
        start = str(Path.home() / suggested)
        chosen, _ = QFileDialog.getSaveFileName(parent, "Save the note", start, "Markdown (*.md)")
        return Path(chosen) if chosen else None

    def folder(self, parent: QWidget, title: str) -> Path | None:
        """A folder to put something in."""
        chosen = QFileDialog.getExistingDirectory(parent, title, str(Path.home()))
        return Path(chosen) if chosen else None

    def audit(self, parent: QWidget, suggested: str) -> Path | None:
        """Where to save the audit trail; the dialog asks before it overwrites."""
        start = str(Path.home() / suggested)
        chosen, _ = QFileDialog.getSaveFileName(parent, "Save the audit trail", start, "All files (*)")
        return Path(chosen) if chosen else None


class Commands(QObject):
    """Carries out the commands on the open visit."""

    def __init__(
        self,
        page: VisitPage,
        actions: Actions,
        model: VisitModel,
        work: VisitWork,
        found: UnnotedList,
        playback: Playback,
        session: Session,
        tasks: Tasks,
        theme: Theme,
        picker: FilePicker,
        export: ExportNote,
        message: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._actions = actions
        self._model = model
        self._work = work
        self._found = found
        self._playback = playback
        self._session = session
        self._tasks = tasks
        self._user = session.user
        self._theme = theme
        self._picker = picker
        self._export_note = export
        self._message = message
        self._window = parent
        self._shown = True
        of_visit = (
            (actions.play, self.play_or_stop),
            (actions.edit, page.note.edit_current),
            (actions.add, self._add),
            (actions.remove, self._remove),
            (actions.undo, model.undo),
            (actions.redo, model.redo),
            (actions.next_doubtful, lambda: self._to_doubtful(1)),
            (actions.previous_doubtful, lambda: self._to_doubtful(-1)),
            (actions.next_bookmark, lambda: self._to_bookmark(1)),
            (actions.previous_bookmark, lambda: self._to_bookmark(-1)),
            (actions.mark_reviewed, model.mark_reviewed),
            (actions.sign, self._sign),
            (actions.addendum, self._addendum),
            (actions.export, self._choose_export),
            (actions.rename, self._rename),
            (actions.resume, self._resume),
            (actions.cancel, self._cancel),
            (actions.withdraw, self._ask_to_withdraw),
        )
        more = (actions.draft_as, actions.look_again, actions.revise, actions.revise_section)
        self._of_visit = [*(action for action, _ in of_visit), *more]
        for action, act in of_visit:
            action.triggered.connect(lambda _checked=False, act=act: act())
        page.note_rows.edited.connect(model.edit)
        page.note_rows.added.connect(model.add)
        page.note.statement_chosen.connect(self._on_chosen)
        page.note.statement_clicked.connect(self._on_clicked)
        page.transcript.utterance_clicked.connect(lambda u: self._toggle([u]))
        playback.changed.connect(self._on_playing)
        playback.failed.connect(lambda error: self.tell("The audio cannot be played", error))
        model.failed.connect(self._on_failed)

    def set_shown(self, on: bool) -> None:
        """Whether the visit's page is what the person looks at; otherwise no command may touch the visit behind."""
        self._shown = on
        self.refresh()

    def refresh(self) -> None:
        """Enable what can be done now."""
        self._enable()
        if not self._shown:
            for action in self._of_visit:
                action.setEnabled(False)

    def _enable(self) -> None:
        a, model = self._actions, self._model
        loaded = model.loaded
        job = self._work.job(model.encounter_id) if model.encounter_id else None
        note = model.note
        statement = self._page.note.current_statement()
        may_edit = model.may_edit and job is None
        a.edit.setEnabled(may_edit and statement is not None)
        a.remove.setEnabled(may_edit and statement is not None)
        a.add.setEnabled(may_edit)
        a.undo.setEnabled(model.may_undo)
        a.redo.setEnabled(model.may_redo)
        a.revise.setEnabled(may_edit and model.version is not None and statement is not None)
        a.revise_section.setEnabled(may_edit and model.version is not None)
        for action in (a.edit, a.revise, a.revise_section, a.remove, a.add, a.undo, a.redo):
            action.setVisible(note is not None and not model.may_amend)
        in_doubt = bool(note and wording.doubtful(note))
        a.next_doubtful.setEnabled(in_doubt)
        a.next_doubtful.setVisible(in_doubt)
        a.previous_doubtful.setEnabled(in_doubt)
        for action in (a.next_bookmark, a.previous_bookmark):
            action.setEnabled(self._page.transcript_rows.next_bookmark(-1).isValid())
        settled = job is None and not model.saving
        a.draft_as.setEnabled(may_redraft(model, self._work))
        a.look_again.setEnabled(may_look_again(model, self._work))
        for action in (a.draft_as, a.look_again):
            action.setVisible(note is not None and not model.may_amend)
        a.mark_reviewed.setEnabled(model.may_review and settled)
        a.sign.setEnabled(model.may_sign and settled)
        a.addendum.setEnabled(model.may_amend and settled)
        a.addendum.setVisible(model.may_amend)
        a.sign.setVisible(model.version is not None and not model.may_amend)
        a.mark_reviewed.setVisible(model.version is not None and not model.may_amend)
        a.export.setVisible(model.version is not None)
        a.export.setEnabled(model.may_export and settled)
        a.rename.setEnabled(loaded is not None and not model.read_only)
        a.withdraw.setEnabled(model.may_withdraw and not model.saving)
        stage = wording.unfinished(loaded.encounter) if loaded is not None else None
        a.resume.setEnabled(job is None and not model.read_only and stage not in {None, Stage.RECORD})
        a.cancel.setEnabled(job is not None and not job.cancelling)
        a.play.setEnabled(loaded is not None and loaded.transcript is not None)
        a.play.setIconText("Stop" if self._playback.playing else "Play")

    def tell(self, title: str, error: AnamnesisError) -> None:
        """Show a declared error in a dialog; a bug was shown already."""
        if not isinstance(error, UnexpectedError):
            MessageDialog(title, error, self._window).open()

    def play_or_stop(self) -> None:
        """Play the utterance where the keyboard is, or else the evidence of the chosen statement; or stop."""
        if self._playback.playing:
            self._playback.stop()
            return
        utterance = self._page.transcript.current_utterance()
        if self._page.transcript.hasFocus() and utterance is not None:
            self._play([utterance])
            return
        entry = self._page.unnoted.view.current_entry()
        if self._page.unnoted.view.hasFocus() and entry is not None:
            self._play(self._model.utterances(entry.evidence))
            return
        statement = self._page.note.current_statement()
        if statement is not None:
            self._play(self._model.evidence(statement.id))

    def _play(self, utterances: list[Utterance]) -> None:
        if self._model.encounter_id is not None:
            self._playback.play(self._model.encounter_id, utterances)

    def _toggle(self, utterances: list[Utterance]) -> None:
        if self._playback.silenced:
            return
        if self._playback.playing == frozenset(u.id for u in utterances):
            self._playback.stop()
        else:
            self._play(utterances)

    def _on_playing(self) -> None:
        self._page.transcript_rows.set_playing(self._playback.playing)
        self.refresh()

    def _on_chosen(self, statement_id: str) -> None:
        evidence = self._model.evidence(statement_id)
        self._page.transcript.show_evidence(frozenset(u.id for u in evidence))
        if self._playback.playing != frozenset(u.id for u in evidence):
            self._playback.stop()
        self.refresh()

    def _on_clicked(self, statement_id: str) -> None:
        if self._actions.play_on_click.isChecked():
            self._toggle(self._model.evidence(statement_id))

    def _add(self) -> None:
        if self._model.may_edit:
            self._page.note.add_statement()

    def _remove(self) -> None:
        statement = self._page.note.current_statement()
        if statement is not None and self._model.may_edit:
            self._model.remove(statement.id)

    def _to_doubtful(self, step: int) -> None:
        self._page.note.choose_doubtful(step)
        self._page.note.setFocus()

    def _to_bookmark(self, step: int) -> None:
        self._page.transcript.choose_bookmark(step)
        self._page.transcript.setFocus()

    def _sign(self) -> None:
        version = self._model.version
        if version is None:
            return
        self._playback.stop()
        dialog = SignDialog(version.note, self._user, self._theme, self._window, self._found)
        dialog.wanted.connect(
            lambda passphrase, meaning, acknowledged, left_out: self._model.sign(
                passphrase, meaning, acknowledged, dialog.accept, dialog.on_failed, left_out
            )
        )
        dialog.back_to_list.connect(self._to_left_out)
        dialog.open()

    def _to_left_out(self) -> None:
        if self._found.pressing:
            self._page.unnoted.view.choose_row(0)  # the worst stands first
            self._page.unnoted.view.setFocus()

    def _addendum(self) -> None:
        dialog = AddendumDialog(self._user, self._theme, self._window)
        dialog.wanted.connect(
            lambda text, passphrase: self._model.add_addendum(text, passphrase, dialog.accept, dialog.on_failed)
        )
        dialog.open()

    def _choose_export(self) -> None:
        version = self._model.version
        if version is None:
            return
        signed, ask = version.signature is not None, self._session.reauthenticate
        dialog = ExportSheet(ask, signed, self._tasks, self._theme, self._window)
        dialog.settled.connect(self._pick_export)
        dialog.open()

    def _pick_export(self, evidence: bool) -> None:
        path = self._picker.export(self._window, f"note-{datetime.now(UTC).astimezone():%Y-%m-%d}.md")
        if path is not None:
            self._export(path if path.suffix else path.with_suffix(".md"), evidence)

    def _export(self, path: Path, evidence: bool) -> None:
        loaded = self._model.loaded
        if loaded is None:
            return
        encounter = loaded.encounter
        self._tasks.run(
            lambda: self._export_note(self._session, encounter, path, evidence),
            lambda _none: self._message.say(
                "good", f"Saved as {path.name}.", "The file is not encrypted.", ("Hide", self._message.clear)
            ),
            lambda error: self.tell("Not exported", error),
        )

    def _rename(self) -> None:
        if self._model.loaded is None:
            return
        label = self._model.loaded.encounter.title
        dialog = LabelDialog("Change patient label", "Shown in the list of visits.", label, "Change", self._window)
        dialog.given.connect(self._model.rename)
        dialog.open()

    def _resume(self) -> None:
        if self._model.loaded is None:
            return
        encounter = self._model.loaded.encounter
        if self._model.version is None:
            self._work.process(encounter.id, encounter.title)
            return
        dialog = ConfirmDialog(
            "Draft again?",
            "This visit already has a note. A new draft would take its place; the present note stays in the history.",
            "Keep the note",
            "Draft again",
            self._window,
        )
        dialog.accepted.connect(lambda: self._work.process(encounter.id, encounter.title))
        dialog.open()

    def _ask_to_withdraw(self) -> None:
        loaded = self._model.loaded
        if loaded is None or not self._model.may_withdraw:
            return
        visit, consent = loaded.encounter.id, loaded.consent
        dialog = ConfirmDialog(
            "Withdraw consent?",
            f"{loaded.encounter.title}: the recording, the transcript and the note of this visit are destroyed for "
            "good. Nobody can bring them back. The audit trail keeps only that consent was withdrawn.",
            "Keep the visit",
            "Withdraw and destroy",
            self._window,
            destroys=True,
        )
        dialog.accepted.connect(lambda: self._withdraw(visit, consent))
        dialog.open()

    def _withdraw(self, visit: str, consent: Consent | None) -> None:
        self._playback.stop()
        job = self._work.job(visit)
        if job is None:
            self._model.withdraw(visit, consent)
            return

        def when_stopped(ended: str) -> None:
            if ended == visit:
                self._work.ended.disconnect(when_stopped)
                self._model.withdraw(visit, consent)

        self._work.ended.connect(when_stopped)
        self._work.cancel(job)

    def _cancel(self) -> None:
        job = self._work.job(self._model.encounter_id or "")
        if job is not None:
            self._work.cancel(job)

    def _on_failed(self, error: AnamnesisError, typed: str) -> None:
        if isinstance(error, UnexpectedError) and not typed:
            return
        if typed:
            UnsavedTextDialog(error, typed, self._window).open()
        else:
            self.tell("Not done", error)
