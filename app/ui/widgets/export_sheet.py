"""Exporting a note: that the file is not encrypted, what it holds, and the passphrase once more."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.parts import Check, MessageBar, line, text

Reauthenticate = Callable[[str], None]
"""Raises `SignInError`; runs on the vault's thread."""


class ExportSheet(ActSheet):
    """`chosen(with evidence)` once the passphrase was right; where to save is asked afterwards."""

    def __init__(
        self, reauthenticate: Reauthenticate, signed: bool, tasks: Tasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Export as Markdown", "Save note…", "Checking…", tasks, theme, parent)
        self._reauthenticate = reauthenticate
        warning = MessageBar(theme, self)
        warning.say(
            "warning",
            "The file will not be encrypted.",
            "Anyone who can open it can read it. Save it only where patient records may lie; the export is logged.",
        )
        self.column.addWidget(warning)
        if not signed:
            self.column.addWidget(text("This note is not signed yet; the file will say so.", "muted"))
        self.evidence = Check("With quotations of what was said")
        self.column.addSpacing(SPACE)
        self.column.addWidget(self.evidence)
        self.passphrase = line("Your passphrase, to export", secret=True)
        self.field("Your passphrase, to export", self.passphrase)
        self.passphrase.textChanged.connect(self.refresh)
        self.finish(self.passphrase)
        self.passphrase.setFocus()

    @property
    def complete(self) -> bool:
        """The passphrase is asked for each time."""
        return bool(self.passphrase.text())

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        passphrase, evidence = self.passphrase.text(), self.evidence.isChecked()

        def act() -> bool:
            self._reauthenticate(passphrase)
            return evidence

        return act

    def on_refused(self) -> None:
        """See `ActSheet`."""
        self.passphrase.selectAll()
        self.passphrase.setFocus()
