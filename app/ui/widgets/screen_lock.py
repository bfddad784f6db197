"""Locks the window: everything of a patient goes, the work behind goes on, and the passphrase brings it back."""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QToolTip, QWidget

from app.domain.live import Stopped
from app.domain.ports import Session
from app.ui.clipboard import ClipboardGuard
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.idle import IdleWatch, uptime
from app.ui.widgets.dialogs import Sheet
from app.ui.widgets.lock_page import LockPage
from app.ui.widgets.workspace import Workspace


class ScreenLock(QObject):
    """`locked_changed` after each change.

    While locked the person's area is no part of the window: hidden, without a parent, out of reach of the keyboard and
    of screen readers. It is not emptied, because what a person was typing and had chosen lives in it.
    """

    locked_changed = Signal()

    def __init__(
        self,
        window: QMainWindow,
        pages: QStackedWidget,
        theme: Theme,
        clipboard: ClipboardGuard,
        now: Callable[[], float] = uptime,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._clipboard = clipboard
        self._pages = pages
        self._session: Session | None = None
        self._area: QWidget | None = None
        self._workspace: Workspace | None = None
        self._tasks: Tasks | None = None
        self._minutes = 0.0
        self._hidden: list[tuple[QDialog, QWidget | None]] = []
        self._focus: QObject | None = None
        self._cut = False
        self.locked = False
        self.page = LockPage(theme)
        self.page.unlock_wanted.connect(self._try)
        self.page.stop_wanted.connect(self._stop)
        pages.addWidget(self.page)
        self.watch = IdleWatch(now, self)
        self.watch.idle.connect(self.lock)

    @property
    def recording(self) -> bool:
        """Whether a recording behind the lock is not safely ended."""
        recording = self._workspace.recording if self._workspace is not None else None
        return recording is not None and (recording.active or recording.stop_error is not None)

    def begin(self, session: Session, area: QWidget, tasks: Tasks, minutes: float) -> None:
        """Guard a session's page, a workspace or another; after `minutes` without input it locks, never if 0."""
        self._session, self._area, self._tasks = session, area, tasks
        self._workspace = area if isinstance(area, Workspace) else None
        self._minutes = minutes
        if self._workspace is not None:
            self._follow(self._workspace)
        self.watch.start(minutes)

    def _follow(self, workspace: Workspace) -> None:
        workspace.recording.changed.connect(self._show_recording)
        workspace.recording.measured.connect(self._show_recording)
        workspace.recording.alarmed.connect(self._show_recording)
        workspace.recording.ended.connect(self._on_ended)
        workspace.recording.cut.connect(self._on_cut)

    def end(self) -> None:
        """The session is over; nothing is guarded any more."""
        self.watch.stop()
        if self.locked and self._area is not None:
            self.locked = False
            self.page.end()
            self._area.setParent(self._window)
            Sheet.release()
            for dialog, _owner in self._hidden:
                if shiboken6.isValid(dialog):
                    dialog.close()
            self._hidden.clear()
            self.locked_changed.emit()
        self._session = self._area = self._workspace = self._tasks = None

    def lock(self) -> None:
        """Blank everything now."""
        session, area, workspace = self._session, self._area, self._workspace
        if self.locked or session is None or area is None:
            return
        self.locked = True
        self._cut = False
        self.watch.stop()
        self._focus = QApplication.focusWidget()
        if workspace is not None:
            workspace.playback.stop()
            workspace.page.note.hold_editing(True)
        _close_popups()
        Sheet.withhold()
        self._hide_dialogs(area)
        self._clipboard.clear()
        if workspace is not None:
            workspace.set_locked(True)
        self._pages.removeWidget(area)
        area.hide()
        area.setParent(None)
        self._window.menuBar().hide()
        self.page.begin(session.user.display_name)
        self._show_recording()
        self._pages.setCurrentWidget(self.page)
        self.page.setFocus()
        self.locked_changed.emit()

    def _try(self, passphrase: str) -> None:
        session, tasks = self._session, self._tasks
        if session is not None and tasks is not None:
            tasks.run(lambda: session.reauthenticate(passphrase), lambda _none: self._unlock(), self.page.on_failed)

    def _unlock(self) -> None:
        area, workspace = self._area, self._workspace
        if not self.locked or area is None:
            return
        self.locked = False
        self.page.end()
        self._pages.addWidget(area)
        self._pages.setCurrentWidget(area)
        self._window.menuBar().show()
        if workspace is not None:
            workspace.set_locked(False)
        self._give_focus_back(area)
        if workspace is not None:
            workspace.page.note.hold_editing(False)
        for dialog, owner in self._hidden:
            if shiboken6.isValid(dialog):
                dialog.setParent(owner, dialog.windowFlags())
                dialog.show()
        self._hidden.clear()
        Sheet.release()
        self.watch.start(self._minutes)
        self.locked_changed.emit()

    def _give_focus_back(self, area: QWidget) -> None:
        focus, self._focus = self._focus, None
        if isinstance(focus, QObject) and shiboken6.isValid(focus) and focus.isWidgetType():
            focus.setFocus()  # type: ignore[attr-defined] # a widget, as the line above has found
        elif self._workspace is not None:
            self._workspace.list.setFocus()
        else:
            area.setFocus()

    def _hide_dialogs(self, area: QWidget) -> None:
        for widget in QApplication.topLevelWidgets():
            if not isinstance(widget, QDialog) or not widget.isVisible():
                continue
            if not isinstance(widget, Sheet):
                widget.reject()  # the system's, such as one that asks for a file: it lives only while it is open
            elif not widget.shown_when_locked:
                self._hidden.append((widget, widget.parentWidget()))
                widget.hide()
                widget.destroy()  # else screen readers find its native window; showing it makes another
                widget.setParent(area, widget.windowFlags())

    def _stop(self) -> None:
        if self._workspace is not None and self.recording:
            self._workspace.recording.stop()

    def _on_ended(self, _encounter_id: str, _title: str) -> None:
        if self.locked and not self._cut:
            self.page.show_stored()

    def _on_cut(self, stopped: Stopped) -> None:
        self._cut = True
        if self.locked:
            self.page.show_cut(stopped)

    def _show_recording(self) -> None:
        if not self.locked or self._workspace is None:
            return
        recording = self._workspace.recording
        if recording.stop_error is not None:
            self.page.show_stop_failed(recording.elapsed, recording.stop_error)
            return
        self.page.show_recording(recording.elapsed if recording.active else None, paused=recording.paused)
        self.page.show_alarm(recording.alarms[0] if recording.active and recording.alarms else None)


def _close_popups() -> None:
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
