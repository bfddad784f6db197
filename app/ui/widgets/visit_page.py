"""One visit: what was said on the left, the note on the right, what may be done below."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.domain.encounter import EncounterState, Stage, VersionKind
from app.domain.errors import AnamnesisError
from app.domain.note import Note
from app.drafting.style.reading_grade import grade_lines
from app.ui import wording
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.note import NoteRows
from app.ui.viewmodels.transcript import TranscriptRows
from app.ui.viewmodels.visit import Loaded
from app.ui.viewmodels.work import Job
from app.ui.widgets.actions import Actions
from app.ui.widgets.note_view import NoteView
from app.ui.widgets.pane import Pane
from app.ui.widgets.parts import MessageBar, for_action, text
from app.ui.widgets.progress import ProgressStrip
from app.ui.widgets.prose_view import NoteForms
from app.ui.widgets.recovery_panel import RecoveryPanel
from app.ui.widgets.transcript_view import TranscriptView
from app.ui.widgets.unnoted_view import UnnotedPanel

_ANY_HEIGHT = 16_777_215  # QWIDGETSIZE_MAX
_WIDE = 900


def _pane(title: str, view: QWidget, empty: QLabel, *right: QWidget) -> Pane:
    """A pane in which either the view stands or what is said in its place."""
    pane = Pane(title, *right)
    empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
    pane.column.addWidget(empty, 1)
    pane.column.addWidget(view, 1)
    return pane


class VisitPage(QWidget):
    """Only shows; what is pressed is handled by `Commands`."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._fresh = True
        self.transcript_rows = TranscriptRows(self)
        self.note_rows = NoteRows(self)
        self.transcript = TranscriptView(self.transcript_rows, theme)
        self.note = NoteView(self.note_rows, theme)
        self.note_forms = NoteForms(self.note, theme, actions)
        self.unnoted = UnnotedPanel(actions, theme)
        for view in (self.transcript, self.note):
            view.addAction(actions.play)
        for action in (actions.edit, actions.remove):
            self.note.addAction(action)
        self.title = text("", "display")
        self.detail = text("", "muted")
        self.team = for_action(actions.care_team, "flush")
        self.hold = text("", "small")
        self.hold.hide()
        self.sound_place = text("", "small")
        self.sound_place.hide()
        self.emergency = MessageBar(theme)
        self.elsewhere = MessageBar(theme)
        self.status = MessageBar(theme)
        self.notice = MessageBar(theme)
        self.interrupted = RecoveryPanel(theme, one_visit=True)
        self.progress = ProgressStrip(actions.cancel.trigger)
        self.transcript_side = text("", "small")
        self.note_side = text("", "small")
        self.transcript_empty = text("", "muted")
        self.note_empty = text("", "muted")
        self.next_doubtful = for_action(actions.next_doubtful, "link")
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * SPACE, 4 * SPACE, 6 * SPACE, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.title)
        column.addLayout(self._below_title())
        column.addWidget(self.hold)
        column.addWidget(self.sound_place)
        column.addSpacing(SPACE)
        for widget in (self.emergency, self.elsewhere, self.progress, self.interrupted, self.status, self.notice):
            column.addWidget(widget)
        column.addWidget(self._panes(), 1)
        column.addWidget(self._bar())

    def _below_title(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE)
        row.addWidget(self.detail, 1)
        row.addWidget(self.team)
        return row

    def show_team(self, words: str) -> None:
        """Say who may open the visit; nothing while that is not known."""
        self._actions.care_team.setIconText(words or "Care team")
        self.team.setVisible(bool(words))

    def show_hold(self, words: str) -> None:
        """Say that nothing of the visit may be erased; nothing if it may."""
        self.hold.setText(words)
        self.hold.setVisible(bool(words))

    def show_sound_place(self, machine: str) -> None:
        """Say on which other computer the sound lies, so that nobody wonders why it does not play; '' for this one."""
        self.sound_place.setText(f"The sound of this visit is on the computer {machine}." if machine else "")
        self.sound_place.setVisible(bool(machine))

    def _panes(self) -> QSplitter:
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        panes.setHandleWidth(3 * SPACE)
        left = QSplitter(Qt.Orientation.Vertical)
        left.setChildrenCollapsible(False)
        left.setHandleWidth(3 * SPACE)
        left.addWidget(_pane("Transcript", self.transcript, self.transcript_empty, self.transcript_side))
        left.addWidget(self.unnoted)
        left.setStretchFactor(0, 1)
        left.setSizes([380, 300])
        self._left = left
        self.unnoted.filled.connect(self._fit_left)
        right = _pane(
            "Note", self.note_forms, self.note_empty, self.note_side, self.note_forms.link, self.next_doubtful
        )
        self.transcript_pane = left
        self.note_pane = right
        left.setMinimumWidth(280)
        right.setMinimumWidth(420)
        panes.addWidget(left)
        panes.addWidget(right)
        panes.setStretchFactor(0, 2)
        panes.setStretchFactor(1, 3)
        panes.setSizes([400, 600])
        return panes

    def _fit_left(self, filled: bool) -> None:
        """Without entries the transcript takes the height; with the first ones it shares it again."""
        if filled and self.unnoted.maximumHeight() == _ANY_HEIGHT:
            return
        least = self.unnoted.sizeHint().height()
        self.unnoted.setMaximumHeight(_ANY_HEIGHT if filled else least)
        whole = sum(self._left.sizes())
        below = min(whole, round(0.44 * whole) if filled else least)
        self._left.setSizes([whole - below, below])

    def _bar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, SPACE, 0, 3 * SPACE)
        row.setSpacing(2 * SPACE)
        self.play_button = for_action(self._actions.play)
        for widget in (
            self.play_button,
            for_action(self._actions.edit),
            self._instruct(),
            for_action(self._actions.add),
            for_action(self._actions.remove),
            for_action(self._actions.undo),
        ):
            row.addWidget(widget)
        row.addStretch()
        for action in (self._actions.export, self._actions.mark_reviewed):
            row.addWidget(for_action(action))
        row.addWidget(for_action(self._actions.sign, "primary"))
        row.addWidget(for_action(self._actions.addendum, "primary"))
        return bar

    def _instruct(self) -> QWidget:
        """A box that is left out where the window is narrow: the key and the menu are there all the same."""
        self._instructing = QWidget()
        inner = QHBoxLayout(self._instructing)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(for_action(self._actions.revise))
        self._instructing.hide()
        return self._instructing

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().resizeEvent(event)
        self._instructing.setVisible(event.size().width() >= _WIDE)

    def clear(self) -> None:
        """Show nothing, at once: the visit before must not be seen under another's name."""
        for label in (self.title, self.detail, self.transcript_side, self.note_side):
            label.clear()
        self.transcript_empty.setText("Opening…")
        self.note_empty.setText("Opening…")
        self.status.clear()
        self.notice.clear()
        self.progress.show_job(None)
        self.interrupted.show_recordings((), may_continue=False)
        self.transcript_rows.show(None)
        self.note_rows.show(None, editable=False)
        self._fresh = True
        self.transcript_pane.show()
        self._show_views()

    def show_visit(
        self,
        loaded: Loaded,
        note: Note | None,
        when: str,
        job: Job | None,
        error: AnamnesisError | None,
        *,
        editable: bool,
    ) -> None:
        """Show what was loaded. The chosen statement and the place in the text stay."""
        encounter = loaded.encounter
        self.title.setText(encounter.title)
        state = "" if job else wording.state_of(encounter)
        kind = note.title if note is not None else ""
        parts = (when, wording.length(encounter.duration), state, kind, wording.consent_words(loaded.consent))
        self.detail.setText(" · ".join(part for part in parts if part))
        self.progress.show_job(job, encounter.stages)
        self._show_status(loaded, job, error)
        self.transcript_rows.show(loaded.transcript)
        self.transcript_pane.setVisible(not loaded.by_hand)
        self._show_note(loaded, note, editable)
        self._show_empty(loaded, job)
        self._show_views()
        if self._fresh and loaded.transcript is not None:
            self._fresh = False
            self.transcript.scrollToTop()
            self.note.scrollToTop()

    def _show_note(self, loaded: Loaded, note: Note | None, editable: bool) -> None:
        chosen = self.note.current_statement()
        at = self.note.verticalScrollBar().value()
        if note != self.note_rows.note or editable != self.note_rows.editable:
            self.note_rows.show(note, editable=editable, by_hand=loaded.by_hand)
            if chosen is not None:
                self.note.choose(chosen.id)
            self.note.verticalScrollBar().setValue(at)
        counted = wording.by_hand_summary(note) if note and loaded.by_hand else wording.summary(note) if note else ""
        being_written = "Being written…" if note is not None and not editable else ""
        self.note_side.setText(counted if loaded.version else being_written)
        notices = [*(loaded.transcript.notices if loaded.transcript else ()), *(note.notices if note else ())]
        notices += grade_lines(note) if note else []
        if notices:
            self.notice.say("info", notices[0], " ".join(notices[1:]))
        else:
            self.notice.clear()

    def _show_status(self, loaded: Loaded, job: Job | None, error: AnamnesisError | None) -> None:
        encounter = loaded.encounter
        failed = wording.failure(encounter)
        stage = wording.unfinished(encounter)
        if job is not None:
            self.status.clear()
        elif failed is not None:
            what, remedy = wording.stopped(*failed)
            if error is not None:
                what, remedy = f"{what} {error.message}", error.remedy
            self.status.say("error", what, remedy, action=("Retry", self._actions.resume.trigger))
        elif stage is Stage.RECORD:
            self.status.clear()  # it is being recorded, or offered as interrupted
        elif stage is not None:
            self.status.say(
                "warning",
                "This visit is not finished.",
                f"Next step: {wording.DOING[stage].lower()}. The recording is safe.",
                action=("Continue", self._actions.resume.trigger),
            )
        elif encounter.state in {EncounterState.SIGNED, EncounterState.AMENDED}:
            self._show_signature(loaded)
        elif loaded.by_hand and loaded.version is None:
            self.status.say(
                "info",
                "The patient declined the recording.",
                "Write the note by hand: choose a section, then Add (Ctrl+N).",
            )
        else:
            self.status.clear()

    def _show_signature(self, loaded: Loaded) -> None:
        lines = [
            f"{'Addendum' if v.kind is VersionKind.ADDENDUM else 'Signed'} by {s.signer_name}, {s.role}, "
            f"{s.signed_at.astimezone():%d %b %Y %H:%M}."
            for v, _ in loaded.signatures
            if (s := v.signature) is not None
        ]
        broken = next((check.reason for _, check in loaded.signatures if not check.valid), None)
        if broken is not None or not lines:
            reason = broken or "No signature was found."
            said = " ".join([reason, *lines])
            self.status.say("error", "The signature is NOT valid. Do not rely on this note.", said)
        else:
            valid = "The signature is valid." if len(lines) == 1 else "All signatures are valid."
            self.status.say("good", lines[0], " ".join([*lines[1:], valid]))

    def _show_empty(self, loaded: Loaded, job: Job | None) -> None:
        waiting = "It appears here when it is ready." if job else ""
        nothing = loaded.transcript is not None and not loaded.transcript.utterances
        self.transcript_empty.setText(
            "Nobody speaks in this recording." if nothing else f"No transcript yet. {waiting}".strip()
        )
        self.note_empty.setText(
            "There is nothing to write down." if nothing and not job else f"No note yet. {waiting}".strip()
        )

    def _show_views(self) -> None:
        said, noted = self.transcript_rows.rowCount() > 0, self.note_rows.rowCount() > 0
        self.transcript.setVisible(said)
        self.transcript_empty.setVisible(not said)
        self.note_forms.setVisible(noted)
        self.note_empty.setVisible(not noted)


class WelcomePage(QWidget):
    """Shown when no visit is open: what to do next."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * SPACE, 3 * SPACE, 6 * SPACE, 3 * SPACE)
        column.addStretch(2)
        self.title = text("", "display")
        self.lead = text("", "muted")
        for label in (self.title, self.lead):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(4 * SPACE)
        self.new_button = for_action(actions.new_visit, "primary")
        self.open_button = for_action(actions.open_recording)
        for widget in (self.new_button, self.open_button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.show_count(0)

    def offer(self, panel: QWidget) -> None:
        """Put something above all else that is only for somebody who has no patient's page before them."""
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(0, panel)

    def show_count(self, visits: int) -> None:
        """Say what fits an empty or a filled list."""
        self.title.setText("No visits yet" if visits == 0 else "Choose a visit")
        self.lead.setText(
            "Press F9 and turn to the patient. Anamnesis writes down what is said and drafts the note."
            if visits == 0
            else "Or begin a new one, or open a recording; it can also be dropped here."
        )
