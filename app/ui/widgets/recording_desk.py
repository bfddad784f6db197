"""What happens when a recording command is given: between the actions, the recording and its three faces."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.domain.errors import AnamnesisError
from app.domain.live import AlarmKind, Stopped
from app.domain.people import Permission, User
from app.domain.recording import Consent, ConsentMethod
from app.ui import wording
from app.ui.contracts import Recordings
from app.ui.preferences import Preferences
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.microphones import Microphones
from app.ui.viewmodels.note_types import NoteTypes
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.actions import Actions
from app.ui.widgets.alarm_bars import AlarmBars
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.live_page import LivePage
from app.ui.widgets.microphone_picker import MicrophoneSheet
from app.ui.widgets.new_visit import NewVisitPage
from app.ui.widgets.recording_bar import RecordingBar
from app.ui.widgets.strip import RecordingStrip

BOUNCE = 1.0  # seconds after the start in which the same key does not stop, because it was pressed twice


class RecordingDesk(QObject):
    """Signals: `page_wanted(page)`; `left()` the form was left; `list_changed()`; `handwritten(id)`;

    `ended(id, title)`; `destroyed(id)`; `cut(Stopped)`; `failed(headline, error)`.
    """

    page_wanted = Signal(object)
    left = Signal()
    list_changed = Signal()
    handwritten = Signal(str)
    ended = Signal(str, str)
    destroyed = Signal(str)
    cut = Signal(object)
    failed = Signal(str, object)

    def __init__(
        self,
        recordings: Recordings,
        user: User,
        tasks: Tasks,
        actions: Actions,
        theme: Theme,
        preferences: Preferences,
        note_types: NoteTypes,
        host: QWidget,
    ) -> None:
        super().__init__(host)
        self._recordings = recordings
        self._tasks = tasks
        self._actions = actions
        self._theme = theme
        self._host = host
        self._may = user.may(Permission.RECORD)
        self._began = 0.0
        self._consent: Consent | None = None
        self._page: QWidget | None = None
        self._main: QWidget | None = None
        self._locked = False
        self.microphones = Microphones(recordings, tasks, preferences, user.id, self)
        self.recording = Recording(recordings, self.microphones, tasks, self)
        self._note_types = note_types
        self.new_visit = NewVisitPage(recordings, self.microphones, self.recording, actions, theme, note_types)
        self.alarms = AlarmBars(theme, self._switch_back, actions.microphone.trigger, self.recording.dismiss)
        self.live = LivePage(self.recording, actions, theme, self.alarms)
        self.bar = RecordingBar(self.recording, actions, theme)
        self.strip = RecordingStrip(self.recording, actions, theme, preferences)
        host.destroyed.connect(self.strip.deleteLater)  # it has no parent, so that it outlives a minimised window
        for action in (actions.record, actions.new_visit):
            action.setVisible(self._may)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        a, recording = self._actions, self.recording
        for action, act in (
            (a.record, self._record),
            (a.new_visit, self._open_form),
            (a.pause, recording.toggle_pause),
            (a.bookmark, recording.bookmark),
            (a.mute, recording.toggle_mute),
            (a.microphone, self._change_microphone),
            (a.to_recording, self._to_recording),
            (a.cancel_recording, self._cancel),
            (a.withdraw_recording, self._withdraw),
            (a.strip, self._show_strip),
        ):
            action.triggered.connect(lambda _checked=False, act=act: act())
        recording.changed.connect(self.refresh)
        recording.measured.connect(self._on_measured)
        recording.alarmed.connect(self._on_alarmed)
        recording.progressed.connect(self.live.show_progress)
        recording.prepared.connect(self.live.show_prepared)
        recording.started.connect(self._on_started)
        recording.ended.connect(self.ended)
        recording.destroyed.connect(self.destroyed)
        recording.cut.connect(self._on_cut)
        recording.failed.connect(self._on_failed)
        self.new_visit.start_wanted.connect(self._start)
        self.new_visit.declined.connect(self._decline)
        self.new_visit.left.connect(self.left)
        self.strip.back_wanted.connect(self._to_window)

    def show_page(self, page: QWidget) -> None:
        """The workspace shows this page now."""
        if self._page is self.new_visit and page is not self.new_visit:
            self.recording.end_test()
        self._page = page
        self.refresh()

    def set_locked(self, on: bool) -> None:
        """While the screen is locked the recording goes on and can only be stopped; a test of the microphone ends."""
        self._locked = on
        if self._page is self.new_visit:
            if on:
                self.recording.end_test()
            else:
                self.recording.test()
        self.strip.set_locked(on)
        self.refresh()

    def watch(self, window: QWidget) -> None:
        """Follow the window that can be minimised."""
        if window is not self._main:
            self._main = window
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See Qt: the strip comes when the window is minimised and goes when it is back."""
        if event.type() is QEvent.Type.WindowStateChange and isinstance(watched, QWidget):
            if watched.isMinimized() and self.recording.active:
                self._set_strip(True)
            elif not watched.isMinimized():
                self._set_strip(False)
        return super().eventFilter(watched, event)

    def refresh(self) -> None:
        """Show the present state everywhere and enable what can be done."""
        a, recording = self._actions, self.recording
        running = recording.phase is Phase.RUNNING
        for action in (a.pause, a.bookmark, a.mute, a.microphone, a.cancel_recording, a.withdraw_recording):
            action.setEnabled(running and not self._locked)
        a.strip.setEnabled(recording.active and not self._locked)
        a.to_recording.setEnabled(self._recorded and not self._locked)
        idle = recording.phase in {Phase.IDLE, Phase.TESTING} and not self._locked
        a.new_visit.setEnabled(self._may and idle and self._page is not self.new_visit)
        _word(a.pause, "Continue" if recording.paused else "Pause", "&Pause or continue recording")
        _word(a.mute, "Hear again" if recording.muted else "Mute", "&Mute an aside, or hear again")
        self._refresh_record()
        self.live.show_state()
        self.bar.show_state()
        self.bar.setVisible(self._recorded and self._page is not self.live)
        self.strip.show_state()
        if not recording.active:
            self._set_strip(False)

    @property
    def _recorded(self) -> bool:
        return self.recording.phase not in {Phase.IDLE, Phase.TESTING}

    def _refresh_record(self) -> None:
        action, phase = self._actions.record, self.recording.phase
        idle = phase in {Phase.IDLE, Phase.TESTING}
        on_form = idle and self._page is self.new_visit
        text = "Start &recording" if on_form else "&New visit" if idle else "Stop &recording"
        _word(action, text.replace("&", ""), text)
        action.setEnabled(self._may and (phase is Phase.RUNNING or (idle and not self._locked)))
        keys = ["F9", "Ctrl+Return"] if on_form or not idle else ["F9"]
        action.setShortcuts([QKeySequence(key) for key in keys])

    def _record(self) -> None:
        phase = self.recording.phase
        if phase is Phase.RUNNING:
            if time.monotonic() - self._began >= BOUNCE:
                self.recording.stop()
        elif phase in {Phase.IDLE, Phase.TESTING}:
            if self._page is self.new_visit:
                self.new_visit.go()
            else:
                self._open_form()

    def _open_form(self) -> None:
        if self._page is not self.new_visit:
            self.page_wanted.emit(self.new_visit)
            self.new_visit.begin()

    def _start(self, title: str, consent: Consent | None) -> None:
        self._consent = consent
        chosen = self._note_types.chosen
        self.recording.template = chosen.choice if chosen is not None else None
        self.recording.style = self._note_types.styles.wish
        self.recording.start(title, consent)

    def _decline(self, title: str, consent: Consent) -> None:
        self.recording.end_test()
        self._tasks.run(
            lambda: self._recordings.decline(title, consent),
            self.handwritten.emit,
            lambda error: self._on_failed("The refusal could not be stored", error),
            Lane.RECORDING,
        )

    def _on_started(self, encounter_id: str) -> None:
        self._note_types.keep_for(encounter_id)
        self._began = time.monotonic()
        self.watch(self._host.window())
        self.page_wanted.emit(self.live)
        self.live.view.to_now()
        self.list_changed.emit()

    def _on_failed(self, headline: str, error: AnamnesisError) -> None:
        if self._page is self.new_visit:
            self.new_visit.retry()
            self.recording.test()
        elif self.recording.stop_error is not None:
            self.page_wanted.emit(self.live)
        self.failed.emit(headline, error)

    def _on_measured(self) -> None:
        if self._page is self.live:
            self.live.show_level()
        elif self.bar.isVisible():
            self.bar.show_level()
        if self.strip.isVisible():
            self.strip.show_level()

    def _on_alarmed(self) -> None:
        self.alarms.show_alarms(self.recording.alarms if self._recorded else [])
        self.bar.show_state()
        self.strip.show_state()

    def _on_cut(self, stopped: Stopped) -> None:
        self.cut.emit(stopped)

    def _to_recording(self) -> None:
        if self._recorded:
            self.page_wanted.emit(self.live)

    def _switch_back(self) -> None:
        self.recording.dismiss(AlarmKind.DEVICE_BACK)
        self.recording.use_chosen_microphone()

    def _change_microphone(self) -> None:
        sheet = MicrophoneSheet(self.microphones, self._theme, self._host)
        sheet.chosen.connect(self.recording.use_chosen_microphone)
        sheet.open()

    def _cancel(self) -> None:
        self._confirm(
            "Delete this recording?",
            f"{wording.clock(self.recording.elapsed)} of sound and the transcript so far are destroyed. "
            "This cannot be undone.",
            "Delete",
            self.recording.cancel,
        )

    def _withdraw(self) -> None:
        consent = self._consent
        guardian = consent is not None and consent.method is ConsentMethod.GUARDIAN
        who = consent.who if consent is not None and guardian else "patient"
        self._confirm(
            "Consent withdrawn?",
            "The recording stops, and sound and transcript are destroyed; their keys are deleted. That consent was "
            "withdrawn is kept in the audit trail. This cannot be undone.",
            "Stop and destroy",
            lambda: self.recording.withdraw(who),
        )

    def _confirm(self, title: str, question: str, go: str, act: Callable[[], None]) -> None:
        dialog = ConfirmDialog(title, question, "Keep recording", go, self._host, destroys=True)
        dialog.accepted.connect(act)
        dialog.open()

    def _show_strip(self) -> None:
        self._set_strip(self._actions.strip.isChecked())

    def _set_strip(self, on: bool) -> None:
        on = on and self.recording.active
        self._actions.strip.setChecked(on)
        if on and not self.strip.isVisible():
            self.strip.appear()
        elif not on and self.strip.isVisible():
            self.strip.hide()

    def _to_window(self) -> None:
        self._set_strip(False)
        window = self._host.window() if self._main is None else self._main
        window.showNormal() if window.isMinimized() else window.show()
        window.raise_()
        window.activateWindow()
        if not self._locked:
            self._to_recording()


def _word(action: QAction, short: str, text: str) -> None:
    if action.text() != text:
        action.setText(text)
    if action.iconText() != short:
        action.setIconText(short)
