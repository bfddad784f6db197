"""The audit trail as a file: the chain can be walked from it, and no cell is a formula."""

import csv
import io
import json
from datetime import UTC, datetime

from app.domain.ports import AuditEntry
from app.exchange.audit_file import audit_text

AT = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
ENTRIES = [
    AuditEntry(1, AT, "anna", "sign-in", "vault", "", "p", "h1"),
    AuditEntry(2, AT, '=cmd|"/c calc"!A1', "user.added", "a,b", "line\nbreak", "h1", "h2"),
]


def test_json_holds_every_column():
    body = json.loads(audit_text(ENTRIES, "json"))
    assert body["schema"] == "anamnesis.audit/1"
    assert body["entries"][0] == {
        "sequence": 1, "at": "2026-03-01T09:00:00.123456+00:00", "actor": "anna", "action": "sign-in",
        "subject": "vault", "detail": "", "previous": "p", "hash": "h1",
    }  # fmt: skip
    assert body["entries"][1]["actor"].startswith("=cmd")


def test_csv_is_a_table_without_formulas():
    rows = list(csv.reader(io.StringIO(audit_text(ENTRIES, "csv"))))
    assert len(rows) == 3
    assert rows[1][:4] == ["1", "2026-03-01T09:00:00.123456+00:00", "anna", "sign-in"]
    assert rows[2][2] == '\'=cmd|"/c calc"!A1'
    assert rows[2][5] == "line\nbreak"
