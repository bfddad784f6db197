"""Exporting the audit trail for an auditor: where to, and the passphrase once more."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.domain.ports import Session
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme
from app.ui.widgets.commands import FilePicker
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet


def ask_to_export(
    session: Session, picker: FilePicker, tasks: Tasks, theme: Theme, told: Callable[[int, Path], None], page: QWidget
) -> None:
    """Ask for the file and the passphrase, write, then call `told(entries, file)`. `.csv` makes a table, else JSON."""
    path = picker.audit(page, f"audit-{datetime.now(UTC).astimezone():%Y-%m-%d}.csv")
    if path is None:
        return
    form = "csv" if path.suffix.casefold() == ".csv" else "json"

    def act(passphrase: str) -> int:
        from app.exchange.audit_file import audit_text
        from app.exchange.private_file import write_export

        session.reauthenticate(passphrase)
        entries = session.audit.export(form)
        write_export(path, audit_text(entries, form), overwrite=True)
        return len(entries)

    sheet = PassphraseSheet(
        "Export the audit trail",
        (
            "The file holds who did what and when: names of staff, no patient and no note. It is not encrypted.",
            "The export itself is written to the trail.",
        ),
        "Export",
        "Exporting…",
        act,
        tasks,
        theme,
        page,
        lane=Lane.RECORDS,
    )
    sheet.settled.connect(lambda count: told(count, path))
    sheet.open()
