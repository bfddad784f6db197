"""The signed-in person's desk: the list of visits at the left, the open visit beside it."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.encounter import Encounter
from app.domain.errors import AnamnesisError, InputError
from app.domain.people import Permission
from app.domain.ports import Session
from app.ui import wording
from app.ui.contracts import ExportNote, NoteTypeFiles, Recordings, Review, SealedPolicy, StyleLearning, VisitRunner
from app.ui.preferences import Preferences
from app.ui.rooms import rooms_of
from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.encounters import EncounterList, searchable
from app.ui.viewmodels.note_types import NoteTypes
from app.ui.viewmodels.playback import Playback
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recovery import Recovery
from app.ui.viewmodels.searching import VisitSearch
from app.ui.viewmodels.unnoted import UnnotedList
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets.actions import Actions
from app.ui.widgets.commands import Commands, FilePicker
from app.ui.widgets.dialogs import LabelDialog
from app.ui.widgets.file_drop import FileDrop
from app.ui.widgets.parts import MessageBar
from app.ui.widgets.progress import ProgressStrip
from app.ui.widgets.recording_desk import RecordingDesk
from app.ui.widgets.recovery_offer import RecoveryOffer
from app.ui.widgets.redrafting import Redrafting
from app.ui.widgets.revision_desk import RevisionDesk
from app.ui.widgets.sealed_desk import SealedDesk
from app.ui.widgets.second_look import SecondLookDesk
from app.ui.widgets.state_sign import state_word
from app.ui.widgets.unnoted_desk import UnnotedDesk
from app.ui.widgets.visit_page import VisitPage, WelcomePage
from app.ui.widgets.visits_pane import VisitsPane


def _shown(encounter: Encounter) -> tuple[object, ...]:
    return encounter.title, encounter.state, encounter.stages


class Workspace(QWidget):
    """Lives as long as the session."""

    def __init__(
        self,
        runner: VisitRunner,
        review: Review,
        recordings: Recordings,
        session: Session,
        tasks: Tasks,
        playback: Playback,
        actions: Actions,
        theme: Theme,
        preferences: Preferences,
        picker: FilePicker,
        export: ExportNote,
        note_types: NoteTypeFiles,
        learning: StyleLearning,
        policy: SealedPolicy,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.recordings = recordings
        self._session = session
        rooms = rooms_of(session)
        self._tasks = tasks
        self._actions = actions
        self._theme = theme
        self._picker = picker
        self.note_types = NoteTypes(note_types, tasks, preferences, session.user.id, learning, self)
        types = self.note_types
        self.work = VisitWork(runner, tasks, self, template_of=types.of, style_of=types.styles.of)
        self.model = VisitModel(session, review, tasks, self)
        self.playback = playback
        playback.setParent(self)
        self.encounters = EncounterList(self.work, self)
        self.searching = VisitSearch(rooms.search, tasks)
        self._visits = VisitsPane(self.encounters, self.searching, session.user.display_name, actions, theme)
        self.search, self.list = self._visits.search, self._visits.list
        self.welcome = WelcomePage(actions)
        self.page = VisitPage(actions, theme)
        self.recording_desk = RecordingDesk(
            recordings, session.user, tasks, actions, theme, preferences, self.note_types, self
        )
        self.stack = QStackedWidget()
        self.importing = ProgressStrip(self._cancel_import)
        self.message = MessageBar(theme)
        self.sealed = SealedDesk(
            session, rooms, self.model, self.work, self.page, actions, self.message, picker, policy, tasks, theme, self
        )
        self.office = self.sealed.office
        desk = self.recording_desk
        for page in (self.welcome, self.page, desk.new_visit, desk.live, self.office):
            self.stack.addWidget(page)
        self.unnoted = found = UnnotedList(review, tasks, self.model)
        self.commands = Commands(
            self.page, actions, self.model, self.work, found, playback, session, tasks, theme, picker, export,
            self.message, self,
        )  # fmt: skip
        self.unnoted_desk = UnnotedDesk(self.page, self.unnoted, self.model, playback, actions, self)
        self.revision_desk = RevisionDesk(self.page, runner, tasks, self.model, actions, theme, self)
        self.recovery_offer = RecoveryOffer(
            Recovery(recordings, tasks, self), self.recording, self.work, self.model, self.page, theme, self
        )
        self.welcome.offer(self.recovery_offer.panel)
        self.redrafting = Redrafting(
            actions, self.note_types, self.model, self.work, self.message, self.commit_typing, self
        )
        self.second_look = SecondLookDesk(actions, self.model, self.work, self.message, self)
        self._lay_out()
        self._connect(preferences)
        self.note_types.look()
        if session.user.may(Permission.RECORD):
            FileDrop(self, self._on_dropped)
        actions.open_recording.setEnabled(session.user.may(Permission.RECORD))
        self.reload_list()
        if session.user.may(Permission.RECORD):
            self.recovery_offer.recovery.look()
        self.commands.refresh()
        self.welcome.show_count(self.encounters.rowCount())

    @property
    def recording(self) -> Recording:
        """The visit that is being recorded, if any."""
        return self.recording_desk.recording

    def set_locked(self, on: bool) -> None:
        """The screen is locked; a recording goes on."""
        self.recording_desk.set_locked(on)

    def _lay_out(self) -> None:
        main = QWidget()
        right = QVBoxLayout(main)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        bars = QVBoxLayout()
        bars.setContentsMargins(6 * SPACE, 3 * SPACE, 6 * SPACE, 0)
        bars.addWidget(self.importing)
        bars.addWidget(self.message)
        right.addWidget(self.recording_desk.bar)
        right.addLayout(bars)
        right.addWidget(self.stack, 1)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setHandleWidth(1)
        columns.setChildrenCollapsible(False)
        columns.addWidget(self._visits)
        columns.addWidget(main)
        columns.setStretchFactor(1, 1)
        columns.setSizes([290, 1100])
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(columns)

    def _connect(self, preferences: Preferences) -> None:
        a = self._actions
        for action, act in (
            (a.open_recording, self._pick),
            (a.to_transcript, self.page.transcript.setFocus),
            (a.to_note, self.page.note.setFocus),
        ):
            action.triggered.connect(lambda _checked=False, act=act: act())
        a.play_on_click.setChecked(preferences.play_on_click)
        a.play_on_click.toggled.connect(lambda on: setattr(preferences, "play_on_click", on))
        self.sealed.held.connect(self.encounters.set_held)
        self.sealed.destroyed_visit.connect(self._on_visit_destroyed)
        self.sealed.list_changed.connect(self.reload_list)
        self._visits.add_sign(self.sealed.sign)
        self.office.asked.connect(lambda: self._show(self.office))
        self.office.left.connect(self._on_form_left)
        self.list.chosen.connect(self._on_visit_chosen)
        self.model.opened.connect(self._on_opened)
        self.model.changed.connect(self._on_changed)
        self.model.withdrawn.connect(self._on_withdrawn)
        self.work.importing_changed.connect(self._on_importing)
        self.work.imported.connect(self._on_imported)
        self.work.progressed.connect(self._on_progressed)
        self.work.stage_changed.connect(self._on_stage)
        self.work.written.connect(self._on_written)
        self.work.ended.connect(self._on_stage)
        self.work.failed.connect(self._on_work_failed)
        self.recovery_offer.list_changed.connect(self.reload_list)
        self.recovery_offer.interrupted.connect(self.encounters.set_interrupted)
        self.recovery_offer.recovery.failed.connect(self.commands.tell)
        self._theme.changed.connect(self.update)
        self.searching.failed.connect(self.message.error)
        self.addAction(a.new_visit)
        desk = self.recording_desk
        desk.page_wanted.connect(self._show)
        desk.left.connect(self._on_form_left)
        desk.list_changed.connect(self.reload_list)
        desk.handwritten.connect(self.show_visit)
        desk.ended.connect(self._on_recorded)
        desk.destroyed.connect(self._on_destroyed)
        desk.cut.connect(lambda s: self.message.say("error", s.message, s.remedy, ("Hide", self.message.clear)))
        desk.failed.connect(self.commands.tell)
        self.recording.changed.connect(self._on_recording)

    def reload_list(self) -> None:
        """Read the list again. What the person looks at by then stays."""

        def read() -> tuple[list[Encounter], list[str]]:
            found = list(self._session.encounters.list())
            return found, [searchable(encounter) for encounter in found]

        def show(read: tuple[list[Encounter], list[str]]) -> None:
            self._visits.show_visits(*read, self._shown_id())
            self.welcome.show_count(self.encounters.rowCount())

        self._tasks.run(read, show, self.message.error)

    def show_visit(self, encounter_id: str) -> None:
        """Open a visit, also one that the list does not know yet."""
        self.commit_typing()
        self.model.open(encounter_id)
        self._show(self.page)
        self.reload_list()

    def open_recording(self, source: Path) -> None:
        """Ask for the label, then start."""
        label = f"Visit {datetime.now(UTC).astimezone():%d %b %H:%M}"
        lead = f"File: {source.name}"
        dialog = LabelDialog("New visit from a recording", lead, label, "Start", self)
        dialog.given.connect(lambda title: self.work.open_recording(source, title))
        dialog.open()

    def commit_typing(self) -> None:
        """Save a statement that is being typed."""
        self.page.note.commit_editing()

    def _on_dropped(self, file: Path) -> None:
        if file.is_file():
            self.open_recording(file)
        else:
            self.message.error(InputError("This is not a file.", "Drop a recording, not a folder."))

    def _pick(self) -> None:
        chosen = self._picker.recording(self)
        if chosen is not None:
            self.open_recording(chosen)

    def _on_visit_chosen(self, encounter_id: str) -> None:
        self.message.clear()
        self.commit_typing()
        if encounter_id == self.recording.encounter_id:
            self._show(self.recording_desk.live)
        elif encounter_id == self.model.encounter_id:
            self._show(self.page)
        else:
            self.model.open(encounter_id)

    def _on_opened(self) -> None:
        self.playback.stop()
        self.page.clear()
        self._show(self.page if self.model.encounter_id else self.welcome)
        self.commands.refresh()

    def _on_withdrawn(self, encounter_id: str) -> None:
        self.work.forget(encounter_id)
        self.reload_list()
        self.message.say(
            "info",
            "Consent was withdrawn. The visit is destroyed.",
            "Its recording, transcript and note are gone for good.",
            ("Hide", self.message.clear),
        )

    def _on_visit_destroyed(self, encounter_id: str) -> None:
        self.work.forget(encounter_id)
        self.reload_list()

    def _show(self, page: QWidget) -> None:
        if page is self.stack.currentWidget():
            return
        self.commit_typing()
        self.playback.stop()
        self.stack.setCurrentWidget(page)
        self.recording_desk.show_page(page)
        self.commands.set_shown(page is self.page)
        if page is self.recording_desk.live:
            self.list.mark(self.recording.encounter_id or "")
            self.recording_desk.live.view.setFocus()
        elif page in {self.recording_desk.new_visit, self.office}:
            self.list.clearSelection()

    def _shown_id(self) -> str | None:
        page = self.stack.currentWidget()
        if page is self.recording_desk.live:
            return self.recording.encounter_id
        return self.model.encounter_id if page is self.page else None

    def _on_form_left(self) -> None:
        self._show(self.page if self.model.encounter_id else self.welcome)
        self.list.setFocus()

    def _on_recording(self) -> None:
        self.playback.silenced = self.recording.active
        if self.recording.active:
            self.playback.stop()
        self.encounters.set_recorded(self.recording.encounter_id, state_word(self.recording))

    def _on_recorded(self, encounter_id: str, title: str) -> None:
        if not self.recording.leaving:
            self.work.process(encounter_id, title)
        if self.stack.currentWidget() is self.recording_desk.live:
            self.show_visit(encounter_id)
            self.list.setFocus()
        else:
            self._offer(encounter_id, f"{title}: recorded.")

    def _on_imported(self, encounter_id: str, title: str) -> None:
        with_patient = self.stack.currentWidget() in {self.recording_desk.new_visit, self.recording_desk.live}
        if with_patient or self.page.note.editing:
            self._offer(encounter_id, f"{title}: read from its file.")
        else:
            self.show_visit(encounter_id)

    def _offer(self, encounter_id: str, what: str) -> None:
        self.reload_list()

        def open_it() -> None:
            self.message.clear()
            self.show_visit(encounter_id)

        self.message.say("good", what, "The draft is being written.", ("Open it", open_it))

    def _on_destroyed(self, _encounter_id: str) -> None:
        if self.stack.currentWidget() is self.recording_desk.live:
            self._on_form_left()
        self.reload_list()
        self.message.say("info", "The recording was deleted.", action=("Hide", self.message.clear))

    def _on_changed(self) -> None:
        loaded = self.model.loaded
        if loaded is not None:
            when = wording.when(loaded.encounter.created_at, datetime.now(UTC))
            job = self.work.job(loaded.encounter.id)
            error = self.work.errors.get(loaded.encounter.id)
            note = self.model.note or (job.note if job is not None else None)
            self.page.show_visit(loaded, note, when, job, error, editable=self.model.may_edit and job is None)
            listed = self.encounters.encounter(loaded.encounter.id)
            if listed is not None and _shown(listed) != _shown(loaded.encounter):
                self.reload_list()
        self.commands.refresh()

    def _on_progressed(self, encounter_id: str) -> None:
        loaded = self.model.loaded
        if loaded is not None and loaded.encounter.id == encounter_id:
            self.page.progress.show_job(self.work.job(encounter_id), loaded.encounter.stages)

    def _on_stage(self, encounter_id: str) -> None:
        self._on_progressed(encounter_id)
        if self.model.encounter_id == encounter_id:
            self.model.reload()
        self.reload_list()
        self.commands.refresh()

    def _on_written(self, encounter_id: str) -> None:
        if self.model.encounter_id == encounter_id:
            self._on_changed()

    def _on_importing(self) -> None:
        self.importing.show_job(self.work.imports[0] if self.work.imports else None)

    def _cancel_import(self) -> None:
        if self.work.imports:
            self.work.cancel(self.work.imports[0])

    def _on_work_failed(self, encounter_id: str, error: AnamnesisError) -> None:
        if not encounter_id:
            self.commands.tell("The recording could not be opened", error)
        elif encounter_id != self.model.encounter_id:
            self.message.say(
                "error", f"Another visit stopped. {error.message}", error.remedy, ("Hide", self.message.clear)
            )
