"""Backup and retention: back up now, what goes soon, what is held, what was erased."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from app.domain.errors import AnamnesisError
from app.domain.people import Permission, User
from app.domain.records import NOTICE_DAYS, Backup, Hold
from app.ui import records_words, wording
from app.ui.tasks import Tasks, UnexpectedError
from app.ui.theme import SPACE, Theme
from app.ui.viewmodels.lines import Line, LineRows
from app.ui.viewmodels.office.records import RecordsModel
from app.ui.widgets.commands import FilePicker
from app.ui.widgets.forms.line_list import LineList
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.office.hold_sheet import HoldByNumberSheet
from app.ui.widgets.office.page import OfficePage, SettingRow, settings
from app.ui.widgets.parts import button, text


class _Part(QFrame):
    """One of the lists, under its heading."""

    def __init__(self, title: str, empty: str, theme: Theme) -> None:
        super().__init__()
        self.rows = LineRows(self)
        self.caption = text(title, "heading")
        self.list = LineList(title, self.rows, theme)
        self.empty = text(empty, "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame = QFrame()
        frame.setProperty("role", "pane")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        inner.addWidget(self.list)
        inner.addWidget(self.empty)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2 * SPACE)
        self.column.addWidget(self.caption)
        self.column.addWidget(frame, 1)

    def show_lines(self, lines: list[Line]) -> None:
        """Show these; what was chosen stays."""
        chosen = self.list.current()
        self.rows.replace(lines)
        if lines:
            self.list.choose_key(chosen.key if chosen is not None else "")
        self.list.setVisible(bool(lines))
        self.empty.setVisible(not lines)


class RecordsPage(OfficePage):
    """A physician sees visits of their own, an administrator all of them by number, without names."""

    def __init__(
        self, model: RecordsModel, me: User, backup_days: int, picker: FilePicker, tasks: Tasks, theme: Theme
    ) -> None:
        super().__init__("Backup and retention", records_words.limits(model.limits), theme)
        model.setParent(self)
        self._model = model
        self._backup_days = backup_days
        self._picker = picker
        self._tasks = tasks
        self.back_up = button("Back up now…", self._back_up, "primary")
        self.cancel = button("Cancel", self._cancel)
        self.backup_row = SettingRow("Backup", self.cancel, self.back_up)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Backup")
        self.phrase: QLabel = text("", "small")
        self.coming = _Part(f"Goes within {NOTICE_DAYS} days", "Nothing is erased soon.", theme)
        self.holds = _Part("Legal holds", "No visit is held.", theme)
        self.gone = _Part("Erased", "Nothing was erased.", theme)
        self.release = button("Release…", self._release)
        self.hold = button("Hold a visit…", self._hold)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.hold)
        row.addWidget(self.release)
        row.addStretch()
        self.holds.column.addLayout(row)
        for widget in (self.hold, self.release):
            widget.setVisible(me.may(Permission.HOLD))
        self._lay_out()
        self.setFocusProxy(self.back_up)
        self.holds.list.chosen.connect(lambda hold: self.release.setEnabled(isinstance(hold, Hold)))
        model.changed.connect(self._show)
        model.progressed.connect(self._on_progress)
        model.ended.connect(self._on_ended)
        model.failed.connect(self._on_failed)
        self._show()

    def refresh(self) -> None:
        """See `OfficePage`."""
        self._model.look()

    def _lay_out(self) -> None:
        self.column.addWidget(settings(self.backup_row))
        self.column.addWidget(self.bar)
        self.column.addWidget(self.phrase)
        self.column.addSpacing(SPACE)
        row = QHBoxLayout()
        row.setSpacing(4 * SPACE)
        for part in (self.coming, self.holds, self.gone):
            row.addWidget(part, 1)
        self.column.addLayout(row, 1)

    def _show(self) -> None:
        shown, now = self._model.shown, self._model.now()
        busy = self._model.backing_up
        for widget in (self.bar, self.phrase, self.cancel):
            widget.setVisible(busy)
        self.cancel.setEnabled(True)
        self.back_up.setVisible(shown.may_back_up and not busy)
        self._say_backup(now)
        self.coming.show_lines([self._line(d.encounter_id, *records_words.due(d, now), d) for d in shown.upcoming])
        self.holds.show_lines([self._line(h.encounter_id, records_words.hold(h, now), "", "", h) for h in shown.holds])
        gone = [(e, *records_words.erased(e, now)) for e in shown.erased]
        self.gone.show_lines([self._line(e.encounter_id, f"{when} · {what}", "", "", e) for e, what, when in gone])
        self.release.setEnabled(bool(shown.holds))

    def _say_backup(self, now: datetime) -> None:
        shown = self._model.shown
        said = records_words.last_backup(shown.last, now)
        if shown.may_back_up and records_words.overdue(shown.last, self._backup_days, now):
            said = f"{said} A backup is due every {wording.plural(self._backup_days, 'day')}."
        hint = (
            "The file is encrypted. To restore it on another computer you need your passphrase or your recovery code."
            if shown.may_back_up
            else "An administrator makes the backups."
        )
        self.backup_row.say(said, hint)

    def _line(self, visit: str, detail: str, tag: str, tone: str, value: object) -> Line:
        number = records_words.visit(visit)
        return Line(f"{visit} {detail}", self._model.title(visit) or number, detail, tag, tone, value)

    def _back_up(self) -> None:
        folder = self._picker.folder(self, "Where to put the backup")
        if folder is not None:
            self.message.clear()
            self.bar.setValue(0)
            self.phrase.setText("Starting…")
            self._model.back_up(folder)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._model.cancel()

    def _on_progress(self, fraction: float, phrase: str) -> None:
        self.bar.setValue(round(1000 * fraction))
        self.phrase.setText(phrase)

    def _on_ended(self, backup: Backup | None) -> None:
        hide = ("Hide", self.message.clear)
        if backup is None:
            self.message.say("info", "The backup was stopped. No file was left.", action=hide)
        else:
            sound = wording.plural(backup.recordings, "recording")
            said = f"{records_words.size(backup.size)}, {sound}. It was read back and is whole."
            self.message.say("good", f"Backed up to {backup.path}.", said, hide)

    def _hold(self) -> None:
        sheet = HoldByNumberSheet(self._model.records, self._tasks, self.theme, self)
        sheet.settled.connect(lambda _hold: self._model.look())
        sheet.open()

    def _release(self) -> None:
        chosen = self.holds.list.current()
        if chosen is None or not isinstance(chosen.value, Hold):
            return
        hold = chosen.value
        sheet = ReasonSheet(
            "Release the legal hold?",
            (f"{chosen.title} is erased again when the policy says so.",),
            "Release",
            "Releasing…",
            lambda reason: self._model.records.release_hold(hold.encounter_id, reason),
            self._tasks,
            self.theme,
            self,
        )
        sheet.settled.connect(lambda _none: self._model.look())
        sheet.open()

    def _on_failed(self, error: AnamnesisError) -> None:
        if not isinstance(error, UnexpectedError):
            self.message.error(error)
