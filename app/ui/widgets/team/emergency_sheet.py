"""Emergency access (break-glass): which visit, why, and what follows."""

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.team import ForeignEncounter
from app.ui import wording
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.viewmodels.emergency import EmergencyModel
from app.ui.viewmodels.lines import Line
from app.ui.widgets.forms.act_sheet import ActSheet
from app.ui.widgets.forms.line_list import Picker
from app.ui.widgets.parts import MessageBar

LEAST = 10
MOST = 500


class EmergencySheet(ActSheet):
    """`settled(EmergencyAccess)`. Visits of others have no name here: only who began them, and when."""

    def __init__(self, model: EmergencyModel, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Emergency access", "Open for reading", "Opening…", tasks, theme, parent, width=560)
        self._model = model
        warning = MessageBar(theme, self)
        warning.say(
            "warning",
            "Only if a patient would come to harm without it.",
            f"You can read the visit for {wording.plural(model.minutes, 'minute')}. Its care team sees your name and "
            "your reason, and the audit trail keeps it.",
        )
        self.column.addWidget(warning)
        self.visits = Picker(
            "Visit of another care team", "Colleague or date", "There is no visit of another care team.", theme, 170
        )
        self.field("Visit", self.visits, "Names are sealed. Ask whoever knows when the patient was seen, and by whom.")
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setAccessibleName("Reason")
        self.reason.setFixedHeight(72)
        self.hint = self.field("Reason", self.reason, " ")
        self.visits.chosen.connect(self.refresh)
        self.reason.textChanged.connect(self.refresh)
        self.finish()
        self.visits.setFocus()
        model.failed.connect(self._on_failed)
        model.available(self._show)

    @property
    def complete(self) -> bool:
        """A visit and a reason that says something."""
        return self.visits.current() is not None and LEAST <= len(self._given()) <= MOST

    def work(self) -> Callable[[], object]:
        """See `ActSheet`."""
        chosen, reason = self.visits.current(), self._given()
        visit = chosen.key if chosen is not None else ""
        return lambda: self._model.beginning(visit, reason)

    def refresh(self, *values: object) -> None:
        """See `ActSheet`."""
        given = len(self._given())
        if given > MOST:
            self.hint.setText(f"{given - MOST} characters too long.")
        elif given < LEAST:
            self.hint.setText(f"At least {LEAST} characters. The care team will read it.")
        else:
            self.hint.setText("The care team will read it.")
        super().refresh(*values)

    def _given(self) -> str:
        return self.reason.toPlainText().strip()

    def _show(self, visits: Sequence[ForeignEncounter]) -> None:
        if shiboken6.isValid(self):
            now = self._model.now()
            self.visits.replace(
                [Line(v.id, wording.when(v.created_at, now), f"Begun by {v.created_by}", value=v) for v in visits]
            )
            self.refresh()
