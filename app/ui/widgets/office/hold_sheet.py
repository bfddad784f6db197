"""A legal hold by number: for an administrator, who sees no visit but knows its number from a letter or the trail."""

from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.records import Records
from app.ui.tasks import Tasks
from app.ui.theme import SPACE, Theme
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.forms.reason_sheet import MOST
from app.ui.widgets.parts import line, text

LEAST = 4
"""Characters of a number; the vault refuses a beginning that fits several."""


class HoldByNumberSheet(ActSheet):
    """`settled(Hold)`."""

    def __init__(self, records: Records, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Put a legal hold on a visit", "Hold", "Holding…", tasks, theme, parent, width=520)
        self._records = records
        self.column.addWidget(
            text("While it stands nothing of the visit is erased: not by the policy, and not by hand.")
        )
        self.number = line("Number of the visit", placeholder="3f2a81c0")
        self.field("Number of the visit", self.number, "As the audit trail shows it; the beginning is enough.")
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setAccessibleName("Reason")
        self.reason.setFixedHeight(72)
        self.field("Reason", self.reason, "For example the number of the case. Name no patient here.")
        self.column.addSpacing(SPACE)
        self.number.textChanged.connect(self.refresh)
        self.reason.textChanged.connect(self.refresh)
        self.finish()
        self.number.setFocus()

    @property
    def complete(self) -> bool:
        """A number and a reason."""
        return len(self.number.text().strip()) >= LEAST and 0 < len(self.reason.toPlainText().strip()) <= MOST

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        number, reason = self.number.text().strip().casefold(), self.reason.toPlainText().strip()
        return lambda: self._records.add_hold(self._records.find(number), reason)

    def on_refused(self) -> None:
        """See `ActSheet`."""
        self.number.selectAll()
        self.number.setFocus()
