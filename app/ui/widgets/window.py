"""The window: from setting up or signing in to the workspace, and safely out again."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from app.domain.errors import AnamnesisError
from app.domain.people import Permission
from app.domain.ports import Session
from app.domain.unlocking import UnlockingStatus
from app.ui.clipboard import ClipboardGuard
from app.ui.contracts import Application, AudioPlayer, ExportNote, Recordings, Review, VisitRunner
from app.ui.preferences import Preferences
from app.ui.rooms import rooms_of
from app.ui.tasks import Tasks, TaskScope
from app.ui.theme import Theme
from app.ui.viewmodels.idle import uptime
from app.ui.viewmodels.playback import Playback
from app.ui.widgets import menus
from app.ui.widgets.actions import Actions
from app.ui.widgets.commands import FilePicker
from app.ui.widgets.dialogs import ConfirmDialog, KeysDialog, MessageDialog
from app.ui.widgets.entry import CreateVaultPage, RecoveryCodePage
from app.ui.widgets.office.assembling import office_for
from app.ui.widgets.office.factor_set_up import FactorDuePage
from app.ui.widgets.office.office import Office
from app.ui.widgets.recovering import RecoveryPage
from app.ui.widgets.screen_lock import ScreenLock
from app.ui.widgets.sign_in import SignInPage
from app.ui.widgets.workspace import Workspace


class MainWindow(QMainWindow):
    """`usable` is emitted once, when the first page can be typed into."""

    usable = Signal()

    def __init__(
        self,
        application: Application,
        tasks: Tasks,
        theme: Theme,
        preferences: Preferences,
        picker: FilePicker,
        make_player: Callable[[], AudioPlayer],
        export: ExportNote,
        now: Callable[[], float] = uptime,
    ) -> None:
        super().__init__()
        self._application = application
        self._tasks = tasks
        self._theme = theme
        self._preferences = preferences
        self._picker = picker
        self._make_player = make_player
        self._export = export
        self._session: Session | None = None
        self._leaving = False
        self._closing = False
        self._scope = TaskScope(tasks)
        self.workspace: Workspace | None = None
        self.office: Office | None = None
        """The whole page of a person who reads no notes."""
        self.actions_: Actions | None = None
        self.setWindowTitle("Anamnesis")
        self.resize(1360, 860)
        if not preferences.geometry.isEmpty():
            self.restoreGeometry(preferences.geometry)
        self._quit = QAction("&Quit", self)
        self._quit.setShortcut(QKeySequence("Ctrl+Q"))
        self._quit.triggered.connect(self.close)
        self.addAction(self._quit)
        self._theme_menu = menus.ThemeMenu(theme, self._remember_theme)
        self._theme_menu.setParent(self, self._theme_menu.windowFlags())
        self.pages = QStackedWidget()
        self.pages.addWidget(QWidget())
        self.setCentralWidget(self.pages)
        self.menuBar().hide()
        self.create_page: CreateVaultPage | None = None
        self.sign_in_page = SignInPage(application, tasks, theme)
        self.code_page = RecoveryCodePage(theme)
        self.recovery_page = RecoveryPage(application, tasks, theme)
        self.factor_page = FactorDuePage(theme)
        for page in (self.sign_in_page, self.code_page, self.recovery_page, self.factor_page):
            self.pages.addWidget(page)
        self.clipboard = ClipboardGuard(now, self)
        self.clipboard.taken.connect(self._on_copied)
        self.lock = ScreenLock(self, self.pages, theme, self.clipboard, now)
        self.sign_in_page.signed_in.connect(self._enter)
        self.sign_in_page.recovery_wanted.connect(self._recover)
        self.recovery_page.left.connect(lambda: self._show_page(self.sign_in_page))
        self.recovery_page.recovered.connect(self._show_code)
        self.code_page.kept.connect(self._on_code_kept)
        self.factor_page.set_up.connect(self._on_factor_set_up)
        self.factor_page.left.connect(lambda: self._ask_to_leave(self._signed_out))

    def come_to_front(self) -> None:
        """Show the window above others, as far as the system allows; else let it ask for attention."""
        self.setWindowState((self.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    def begin(self) -> None:
        """Look for the vault and show the first page."""
        self._tasks.run(self._application.vault_exists, self._show_first, self._tell)

    def _show_first(self, exists: bool) -> None:
        if exists:
            self._show_page(self.sign_in_page)
            self.sign_in_page.load_names(self.usable.emit)
            return
        self.create_page = CreateVaultPage(self._application, self._tasks, self._theme)
        self.create_page.created.connect(self._show_code)
        self.pages.addWidget(self.create_page)
        self._show_page(self.create_page)
        self.usable.emit()

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        page.setFocus()

    def _recover(self, name: str) -> None:
        self.recovery_page.start(name)
        self._show_page(self.recovery_page)

    def _show_code(self, session: Session, code: str) -> None:
        self._session = session
        self.code_page.show_code(code)
        self._show_page(self.code_page)

    def _on_code_kept(self) -> None:
        if self._session is not None:
            self._enter(self._session)

    def _enter(self, session: Session) -> None:
        self._session = session
        unlocking = rooms_of(session).unlocking
        if unlocking is None:
            self._open_rooms(session)
            return

        def look(status: UnlockingStatus) -> None:
            if status.second_factor_due:
                self.factor_page.ask_with(unlocking, self._tasks)
                self._show_page(self.factor_page)
            else:
                self._open_rooms(session)

        self._tasks.run(unlocking.status, look, self._tell)

    def _on_factor_set_up(self) -> None:
        if self._session is not None:
            self._open_rooms(self._session)

    def _open_rooms(self, session: Session) -> None:
        self._tasks.run(
            lambda: (
                self._application.visits(session),
                self._application.review(session),
                self._application.recordings(session),
            ),
            lambda rooms: self._open_workspace(session, *rooms),
            self._tell,
        )

    def _open_workspace(self, session: Session, runner: VisitRunner, review: Review, recordings: Recordings) -> None:
        actions = Actions(self)
        self.actions_ = actions
        self._scope = TaskScope(self._tasks)
        if session.user.may(Permission.READ):
            self.workspace = self._make_workspace(session, actions, runner, review, recordings)
            area: QWidget = self.workspace
        else:
            area = self.office = self._make_office(session, actions)
        self.lock.begin(session, area, self._scope, recordings.policy.lock_minutes)
        actions.lock.triggered.connect(self.lock.lock)
        actions.sign_out.triggered.connect(lambda: self._ask_to_leave(self._signed_out))
        known = actions.all if self.workspace is not None else actions.of_office
        actions.keys.triggered.connect(lambda: KeysDialog([*known, self._quit], self).open())
        menus.fill(self.menuBar(), actions, self._theme_menu, self._quit, visits=self.workspace is not None)
        self.menuBar().show()
        self.pages.addWidget(area)
        self.pages.setCurrentWidget(area)
        if self.workspace is not None:
            self.workspace.list.setFocus()
        elif self.office is not None:
            self.office.show_first()

    def _make_workspace(
        self, session: Session, actions: Actions, runner: VisitRunner, review: Review, recordings: Recordings
    ) -> Workspace:
        made = Workspace(
            runner,
            review,
            recordings,
            session,
            self._scope,
            Playback(session, self._scope, self._make_player),
            actions,
            self._theme,
            self._preferences,
            self._picker,
            self._export,
            self._application.note_types,
            self._application.style_learning(session),
            self._application.policy,
        )
        made.model.failed.connect(self._stay)
        made.recording.failed.connect(self._stay)
        return made

    def _make_office(self, session: Session, actions: Actions) -> Office:
        """For who reads no notes: nothing of visits is even asked for."""
        policy, scope = self._application.policy, self._scope
        rooms = rooms_of(session)
        office = office_for(session, rooms, actions, scope, self._theme, self._picker, policy, "Sign out")
        office.left.connect(actions.sign_out.trigger)
        return office

    def _tell(self, error: AnamnesisError) -> None:
        MessageDialog("Anamnesis", error, self).open()

    def _remember_theme(self, choice: object) -> None:
        self._preferences.theme = choice  # type: ignore[assignment]

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt: typed text is saved and work is stopped before the window goes."""
        self._preferences.geometry = self.saveGeometry()
        if self._closing or self._session is None:
            event.accept()
            return
        event.ignore()
        if self.lock.locked and self.lock.recording:
            self.lock.page.say_why_open()
        else:
            self._ask_to_leave(self._close_now)

    def _ask_to_leave(self, then: Callable[[], None]) -> None:
        if self._leaving:
            return
        if self.pages.currentWidget() is self.code_page:
            dialog = ConfirmDialog(
                "Close without keeping the recovery code?",
                "It is shown only now. If you forget the passphrase and have no code, nobody can open the records.",
                "Stay",
                "Close",
                self,
            )
        elif self.workspace is not None and self.workspace.recording.stop_error is not None:
            dialog = ConfirmDialog(
                "The end of the recording is not stored",
                "Everything before is safe. If you leave now, the last seconds may be missing.",
                "Stay",
                "Leave anyway",
                self,
                destroys=True,
            )
            dialog.accepted.connect(self.workspace.recording.give_up)
        elif self.workspace is not None and self.workspace.recording.active:
            dialog = ConfirmDialog(
                "A visit is being recorded",
                "If you leave, the recording is stopped and saved. Its note can be drafted the next time you sign in.",
                "Keep recording",
                "Stop and save, then leave",
                self,
            )
        elif self.workspace is not None and self.workspace.work.busy:
            dialog = ConfirmDialog(
                "Work is still going on",
                "A visit is still being worked on. If you stop now, the recording is kept and the work can be "
                "continued the next time you sign in.",
                "Keep working",
                "Stop and leave",
                self,
            )
            dialog.shown_when_locked = True  # it names nobody
        else:
            self._leave(then)
            return
        dialog.accepted.connect(lambda: self._leave(then))
        dialog.open()

    def _leave(self, then: Callable[[], None]) -> None:
        self._leaving = True
        if self.workspace is not None:
            self.workspace.commit_typing()
            self.workspace.playback.stop()
            self.workspace.work.cancel_all()
            self.workspace.revision_desk.close()
            self.workspace.sealed.close()
            self.workspace.recording.leave()
        self._leave_when_idle(then)

    def _leave_when_idle(self, then: Callable[[], None]) -> None:
        if not self._leaving:
            return
        session, workspace = self._session, self.workspace
        if workspace is not None and (workspace.work.busy or workspace.model.saving or workspace.recording.busy):
            QTimer.singleShot(30, self, lambda: self._leave_when_idle(then))
        elif session is not None:
            self._scope.close()
            self._tasks.run(lambda: self._end(session), lambda _none: then(), lambda error: self._left(error, then))

    def _end(self, session: Session) -> None:
        try:
            self._application.end_recordings()
        finally:
            session.close()

    def _left(self, error: AnamnesisError, then: Callable[[], None]) -> None:
        then()
        self._tell(error)

    def _stay(self, _error: object, _about: object) -> None:
        self._leaving = False

    def _signed_out(self) -> None:
        self._leaving = False
        self.clipboard.clear()
        self.lock.end()
        self._session = None
        self.menuBar().hide()
        self.menuBar().clear()
        area = self.workspace or self.office
        if area is not None and self.actions_ is not None:
            self.pages.removeWidget(area)
            area.deleteLater()
            self.actions_.deleteLater()
            self.workspace = self.office = None
            self.actions_ = None
        self._show_page(self.sign_in_page)
        self.sign_in_page.load_names()

    def _on_copied(self) -> None:
        """The trail holds that text left the program, and of which visit; never which text."""
        session, area = self._session, self.workspace
        if session is not None:
            subject = (area.model.encounter_id if area is not None else None) or "window"
            self._tasks.run(lambda: session.audit.record("text.copied", subject), lambda _none: None, self._tell)

    def _close_now(self) -> None:
        self._closing = True
        self.clipboard.stop()
        self._session = None
        self.lock.end()
        self.close()
