"""The sheets of drafts that were read by hand: well formed, and the table beside them counts what they hold."""

from collections import Counter
from pathlib import Path

import pytest

from app.domain.note import Support

READINGS = Path(__file__).parents[2] / "readings"
VERDICTS = ("right", "trivial", "misplaced", "misleading", "wrong")
COLUMNS = ["visit", "statement", "mark", "verdict", "kind", "why"]


def rows(sheet: Path) -> list[dict[str, str]]:
    head, *lines = sheet.read_text(encoding="utf-8").splitlines()
    assert head.split("\t") == COLUMNS
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


@pytest.mark.parametrize("sheet", sorted(READINGS.glob("*.tsv")), ids=lambda sheet: sheet.stem)
def test_the_table_counts_what_the_sheet_holds(sheet: Path):
    read = rows(sheet)
    assert {r["mark"] for r in read} <= {s.value for s in Support}
    assert all((r["why"] and r["kind"]) or r["verdict"] in {"right", "trivial"} for r in read)
    verdicts = Counter(r["verdict"] for r in read)
    assert set(verdicts) <= set(VERDICTS)
    unmarked = sum(r["verdict"] == "wrong" and r["mark"] == Support.SUPPORTED.value for r in read)
    figures = [len({r["visit"] for r in read}), len(read), *(verdicts[v] for v in VERDICTS), unmarked]
    told = next(li for li in (READINGS / "README.md").read_text().splitlines() if li.startswith(f"| {sheet.stem} |"))
    assert [int(cell) for cell in told.strip("| ").split("|")[1:]] == figures


def test_there_is_a_reading():
    assert sorted(READINGS.glob("*.tsv"))


def test_the_table_counts_the_checklists_that_were_read():
    for sheet in sorted((READINGS / "checklists").glob("*.tsv")):
        head, *lines = sheet.read_text(encoding="utf-8").splitlines()
        assert head == "item\tvisit\tverdict\twhy"
        verdicts = Counter(line.split("\t")[2] for line in lines)
        told = f"| {sheet.stem} | {len(lines)} | " + " | ".join(str(verdicts[v]) for v in "NLXT") + " |"
        assert told in (READINGS / "README.md").read_text()
