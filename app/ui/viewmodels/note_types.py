"""The note types that a person may choose, with the style; the one chosen last, and that of each visit by now."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError, InputError
from app.drafting.templates.template_files import TemplateFile
from app.ui.contracts import NoteTypeFiles, StyleLearning
from app.ui.preferences import Preferences
from app.ui.tasks import Tasks
from app.ui.viewmodels.styles import Styles

STANDARD = "soap"


class NoteTypes(QObject):
    """Signals: `changed` other note types can be chosen, or another one is chosen."""

    changed = Signal()

    def __init__(
        self,
        folders: NoteTypeFiles,
        tasks: Tasks,
        preferences: Preferences,
        user_id: str,
        learning: StyleLearning,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.styles = Styles(learning, tasks, preferences, user_id, self)
        self._folders = folders
        self._tasks = tasks
        self._preferences = preferences
        self._user = user_id
        self._of_visit: dict[str, str] = {}
        self.usable: tuple[TemplateFile, ...] = ()
        self.faults: tuple[str, ...] = ()
        """What is wrong with files that cannot be used, one line each."""

    def look(self) -> None:
        """Read the files again."""
        self._tasks.run(lambda: tuple(self._folders.files()), self._show, self._fail)

    @property
    def chosen(self) -> TemplateFile | None:
        """What the next visit is drafted as; None before the first look."""
        wanted = self._preferences.note_type(self._user) or STANDARD
        return self.find(wanted) or self.find(STANDARD)

    def find(self, note_type: str) -> TemplateFile | None:
        """The usable note type of a name."""
        return next((file for file in self.usable if file.id == note_type), None)

    def choose(self, note_type: str) -> None:
        """Take this note type from now on, also after the next start."""
        if self.find(note_type) is not None and note_type != self._preferences.note_type(self._user):
            self._preferences.remember_note_type(self._user, note_type)
            self.changed.emit()
            self._look_for_style()

    def keep_for(self, encounter_id: str) -> None:
        """This visit is drafted as what is chosen now, whatever is chosen for the next one."""
        self.styles.keep_for(encounter_id)
        if self.chosen is not None:
            self._of_visit[encounter_id] = self.chosen.choice

    def of(self, encounter_id: str) -> str | None:
        """What a visit is drafted as; None: as the program's standard."""
        chosen = self.chosen
        return self._of_visit.get(encounter_id) or (chosen.choice if chosen is not None else None)

    def _show(self, files: tuple[TemplateFile, ...]) -> None:
        usable = [file for file in files if file.template is not None]
        self.usable = tuple(sorted(usable, key=lambda file: file.id != STANDARD))
        self.faults = tuple(file.fault for file in files if file.fault)
        self.changed.emit()
        self._look_for_style()

    def _look_for_style(self) -> None:
        chosen = self.chosen
        if chosen is not None and chosen.template is not None:
            self.styles.look(chosen.template.type)

    def _fail(self, error: AnamnesisError) -> None:
        self.faults = (f"{error.message} {error.remedy}".strip(),)
        self.changed.emit()


def unusable(faults: Sequence[str]) -> InputError | None:
    """What to say about files that cannot be used; None if all can."""
    if not faults:
        return None
    count = len(faults)
    what = "A note type cannot be used." if count == 1 else f"{count} note types cannot be used."
    return InputError(what, faults[0] if count == 1 else f"The first one: {faults[0]}")
