"""Every command of the workspace with its key: menus, buttons and the help page are made from these."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence


class Actions(QObject):
    """The commands. Keys that also type text work only in the transcript and the note."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.record = self._make("New &visit", "F9", "Ctrl+Return")
        self.new_visit = self._make("&New visit", "Ctrl+Shift+N")
        self.pause = self._make("&Pause recording", "Ctrl+P")
        self.bookmark = self._make("Mark as &important", "Ctrl+B")
        self.mute = self._make("&Mute an aside", "Ctrl+M")
        self.microphone = self._make("C&hange microphone…")
        self.strip = self._make("&Small window on top", "Ctrl+Shift+M")
        self.cancel_recording = self._make("&Cancel and delete…")
        self.withdraw_recording = self._make("Consent with&drawn…")
        self.to_recording = self._make("&Go to recording", "Ctrl+4")
        self.open_recording = self._make("&Open recording…", "Ctrl+O")
        self.search = self._make("&Find visit", "Ctrl+F")
        self.rename = self._make("Change patient &label…", "Ctrl+Shift+L")
        self.resume = self._make("&Continue or retry", "Ctrl+Shift+R")
        self.cancel = self._make("&Stop the work on this visit", "Ctrl+.")
        self.export = self._make("&Export…", "Ctrl+E")
        self.withdraw = self._make("&Withdraw consent…")
        self._make_office()
        self.lock = self._make("Loc&k now", "Ctrl+Alt+L")
        self.sign_out = self._make("Sign &out", "Ctrl+L")
        self.play = self._make("&Play or stop", "Space", in_view=True)
        self.edit = self._make("&Edit statement", "F2", "Return", "Enter", in_view=True)
        self.revise = self._make("Edit by &instruction…", "Ctrl+I")
        self.revise_section = self._make("Edit section by instr&uction…", "Ctrl+Shift+I")
        self.add = self._make("&Add statement", "Ctrl+N", "Ins")
        self.remove = self._make("Re&move statement", "Del", in_view=True)
        self.undo = self._make("&Undo", "Ctrl+Z")
        self.redo = self._make("&Redo", "Ctrl+Shift+Z", "Ctrl+Y")
        self.next_doubtful = self._make("&Next in doubt", "F8")
        self.previous_doubtful = self._make("Pre&vious in doubt", "Shift+F8")
        self.next_bookmark = self._make("Next &important moment", "Ctrl+J")
        self.previous_bookmark = self._make("Previous i&mportant moment", "Ctrl+Shift+J")
        self.note_it = self._make("Add &what was said", "A", in_view=True)
        self.not_needed = self._make("N&ot needed in the note", "X", in_view=True)
        self.draft_as = self._make("Draft as another &type…", "Ctrl+T")
        self.look_again = self._make("Second loo&k by the model", "Ctrl+K")
        self.mark_reviewed = self._make("Mark re&viewed", "Ctrl+R")
        self.sign = self._make("&Sign…", "Ctrl+Shift+S")
        self.addendum = self._make("Add a&ddendum…", "Ctrl+D")
        self.to_list = self._make("Go to &visits", "Ctrl+1")
        self.to_transcript = self._make("Go to &transcript", "Ctrl+2")
        self.to_note = self._make("Go to &note", "Ctrl+3")
        self.to_unnoted = self._make("Go to what is not &in the note", "Ctrl+5")
        self.play_on_click = self._make("Play when I &click a statement")
        self.play_on_click.setCheckable(True)
        self.keys = self._make("&Keys", "F1")
        self.record.setAutoRepeat(False)
        self.strip.setCheckable(True)
        for action, short in self._short_names().items():
            action.setIconText(short)

    def _make_office(self) -> None:
        """Commands about who may open what, and about what is behind the visits."""
        self.care_team = self._make("Care &team…", "Ctrl+Shift+T")
        self.emergency = self._make("E&mergency access…")
        self.hold = self._make("Legal &hold…")
        self.destroy_visit = self._make("&Destroy visit…")
        self.account = self._make("Your &account", "Ctrl+Shift+A")
        self.people = self._make("&People")
        self.audit_trail = self._make("Audit &trail")
        self.records = self._make("&Backup and retention")

    def _short_names(self) -> dict[QAction, str]:
        """What buttons say."""
        return {
            self.pause: "Pause",
            self.bookmark: "Important",
            self.mute: "Mute",
            self.cancel_recording: "Cancel and delete…",
            self.withdraw_recording: "Consent withdrawn…",
            self.note_it: "Add to note",
            self.not_needed: "Not needed",
            self.edit: "Edit",
            self.revise: "Instruct…",
            self.add: "Add",
            self.remove: "Remove",
            self.play: "Play",
            self.care_team: "Care team",
        }

    @property
    def all(self) -> list[QAction]:
        """In the order of the menus."""
        return [value for value in vars(self).values() if isinstance(value, QAction)]

    @property
    def of_office(self) -> list[QAction]:
        """Those of somebody who reads no notes."""
        return [self.account, self.people, self.records, self.audit_trail, self.lock, self.sign_out, self.keys]

    @property
    def in_view(self) -> list[QAction]:
        """Commands whose keys must not be taken from text fields and buttons."""
        return [a for a in self.all if a.shortcutContext() is Qt.ShortcutContext.WidgetWithChildrenShortcut]

    def _make(self, text: str, *keys: str, in_view: bool = False) -> QAction:
        action = QAction(text, self)
        action.setIconText(text.replace("&", ""))
        action.setShortcuts([QKeySequence(key) for key in keys])
        if in_view:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action
