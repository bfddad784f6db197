"""The audit trail as a file for an auditor: JSON, or CSV that a spreadsheet opens. It holds no content of visits."""

import csv
import io
import json
from collections.abc import Sequence

from app.domain.ports import AuditEntry

FORMS = ("json", "csv")
_COLUMNS = ("sequence", "at", "actor", "action", "subject", "detail", "previous", "hash")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def audit_text(entries: Sequence[AuditEntry], form: str) -> str:
    """The entries, oldest first; `at` is UTC (ISO 8601). `previous` and `hash` let the chain be walked elsewhere."""
    rows = [[_cell(entry, column) for column in _COLUMNS] for entry in entries]
    if form == "json":
        body = {"schema": "anamnesis.audit/1", "entries": [dict(zip(_COLUMNS, row, strict=True)) for row in rows]}
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(entry: AuditEntry, column: str) -> object:
    return entry.at.isoformat() if column == "at" else getattr(entry, column)


def _harmless(cell: object) -> object:
    """A name that begins like a formula must not become one in a spreadsheet (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
