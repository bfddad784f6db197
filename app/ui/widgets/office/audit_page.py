"""The audit trail: newest first, narrowed, verified, exported. It holds no content, so it may leave in the open."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from app.domain.errors import AnamnesisError
from app.domain.ports import AuditCheck
from app.ui import audit_words, wording
from app.ui.tasks import UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.office.audit import Audit, Narrowing
from app.ui.widgets.office.audit_table import AuditView
from app.ui.widgets.office.page import OfficePage
from app.ui.widgets.parts import Check, Choice, Day, button, text


class AuditPage(OfficePage):
    """For administrators and auditors."""

    def __init__(self, audit: Audit, theme: Theme, export: "Callable[[AuditPage], None]") -> None:
        super().__init__("Audit trail", "Who did what, and when. Entries cannot be changed or taken out.", theme)
        audit.setParent(self)
        self._audit = audit
        self.person = Choice("Person")
        self.group = Choice("Kind of act")
        self.group.addItem("Every act", "")
        for group in audit_words.GROUPS:
            self.group.addItem(group, group)
        self.dated = Check("Between")
        today = QDate.currentDate()
        self.first, self.last = Day("First day", today.addDays(-7)), Day("Last day", today)
        self.table = AuditView(audit.table, theme)
        self.empty = text("", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count = text("", "small")
        self.older = button("Read all", lambda: audit.look(everything=True), "link")
        self.verify = button("Verify the trail", self._verify, "primary")
        self.export = button("Export…", lambda: export(self))
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName("Verifying")
        self.bar.hide()
        self._verifying = False
        self._lay_out()
        self.setFocusProxy(self.table)
        self.person.currentIndexChanged.connect(self._narrow)
        self.group.currentIndexChanged.connect(self._narrow)
        self.dated.toggled.connect(self._narrow)
        for day in (self.first, self.last):
            day.dateChanged.connect(self._narrow)
        audit.changed.connect(self._show)
        audit.verified.connect(self._on_verified)
        audit.failed.connect(self._on_failed)
        self._narrow()

    def refresh(self) -> None:
        """See `OfficePage`."""
        self._audit.look()

    def say_exported(self, entries: int, file: Path) -> None:
        """Say that the file is written."""
        counted = wording.plural(entries, "entry is", "entries are")
        self.message.say("good", f"{counted} saved as {file.name}.", action=("Hide", self.message.clear))
        self._audit.look()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE)
        for widget in (self.person, self.group, self.dated, self.first, self.last):
            top.addWidget(widget)
        top.addStretch()
        top.addWidget(self.export)
        top.addWidget(self.verify)
        self.column.addLayout(top)
        self.column.addWidget(self.bar)
        frame = QFrame()
        frame.setProperty("role", "pane")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        inner.addWidget(self.empty)
        self.column.addWidget(frame, 1)
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addWidget(self.older)
        row.addStretch()
        self.column.addLayout(row)

    def _verify(self) -> None:
        self.message.clear()
        self._verifying = True
        self._audit.verify()

    def _narrow(self, *_values: object) -> None:
        dated = self.dated.isChecked()
        for day in (self.first, self.last):
            day.setEnabled(dated)
        self._audit.table.narrow(
            Narrowing(
                self.person.currentData() or "",
                self.group.currentData() or "",
                _date(self.first) if dated else None,
                _date(self.last) if dated else None,
            )
        )
        self._show_counts()

    def _show(self) -> None:
        self.bar.setVisible(self._verifying and self._audit.busy)
        self.verify.setEnabled(not self._audit.busy)
        self.verify.setText("Verifying…" if self._verifying and self._audit.busy else "Verify the trail")
        chosen, people = self.person.currentData(), self._audit.table.people()
        if [self.person.itemData(n) for n in range(1, self.person.count())] != people or not self.person.count():
            self.person.blockSignals(True)
            self.person.clear()
            self.person.addItem("Everybody", "")
            for name in people:
                self.person.addItem(name, name)
            self.person.setCurrentIndex(max(0, self.person.findData(chosen)))
            self.person.blockSignals(False)
        self._show_counts()

    def _show_counts(self) -> None:
        shown, read = self._audit.table.rowCount(), self._audit.table.total
        counted = wording.plural(shown, "entry", "entries")
        if shown != read:
            counted = f"{shown} of {wording.plural(read, 'entry', 'entries')}"
        self.count.setText(f"{counted}; older ones were not read." if self._audit.more else f"{counted}.")
        self.older.setVisible(self._audit.more)
        self.older.setEnabled(not self._audit.busy)
        self.table.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        self.empty.setText("Reading…" if self._audit.busy and not read else "No entry fits.")

    def _on_verified(self, check: AuditCheck) -> None:
        self._verifying = False
        self._show()
        bad = check.first_bad
        if bad is None:
            self.message.say(
                "good",
                f"The trail is whole: {wording.plural(check.entries, 'entry', 'entries')}.",
                "None was edited, removed, inserted or moved, and every page of the database is as it was written.",
                ("Hide", self.message.clear),
            )
        else:
            self.message.say(
                "error",
                f"From entry {bad} on the trail cannot be relied on: {check.reason}.",
                "Keep a copy of the data folder as it is, and tell your security office.",
                ("Show it", lambda: self._to(bad)),
            )
        self._audit.look()

    def _to(self, sequence: int) -> None:
        self.person.setCurrentIndex(0)
        self.group.setCurrentIndex(0)
        self.dated.setChecked(False)
        row = self._audit.table.row_of(sequence)
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self._audit.table.index(row, 0))
        self.table.setFocus()

    def _on_failed(self, error: AnamnesisError) -> None:
        self._verifying = False
        self._show()
        if not isinstance(error, UnexpectedError):
            self.message.error(error)


def _date(field: Day) -> date:
    chosen = field.date()
    return date(chosen.year(), chosen.month(), chosen.day())
