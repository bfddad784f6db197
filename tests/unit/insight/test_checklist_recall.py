"""Recall over checklists, and how their files are read."""

from pathlib import Path

import pytest
from notes_double import item, note_of, write_rows

from app.domain.errors import InputError
from app.insight.checklist_recall import CRITICAL, Recall, recall
from app.insight.checklists import Checklist, Item, read_checklists


def test_items_know_what_stands_above_them(tmp_path: Path):
    items = [item("cough"), item("dry", depth=1), item("at night", depth=2), item("worse", depth=1), item("fever")]
    write_rows(tmp_path / "primock57_checklists.jsonl", {"id": "v", "clinician": 2, "variant": 1, "items": items})
    (checklist,) = read_checklists(tmp_path)
    assert (checklist.visit, checklist.clinician) == ("v", 2)
    assert [i.above for i in checklist.items] == [(), ("cough",), ("cough", "dry"), ("cough",), ()]


def test_no_file_is_no_checklist_and_a_broken_one_is_told(tmp_path: Path):
    assert read_checklists(tmp_path) == []
    (tmp_path / "primock57_checklists.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_checklists(tmp_path)


def test_counts_only_one_importance_and_names_what_is_missed():
    checklist = Checklist("v", 1, 1, (Item("cough", "HPC", CRITICAL), Item("dry", "HPC", CRITICAL, ("cough",))))
    other = Checklist("v", 2, 1, (Item("fever", "HPC", CRITICAL), Item("cat", "SH", "non-critical")))
    found = recall([checklist, other], note_of(("Subjective", "Cough for a day.")), CRITICAL)
    assert found == Recall(3, ("cough > dry", "fever"))
    assert found.share == pytest.approx(1 / 3)
    assert (found + Recall(1)).share == pytest.approx(1 / 2)
    assert Recall().share is None


def test_statements_beside_the_note_count_where_they_are_given():
    checklist = Checklist("v", 1, 1, (Item("fever", "HPC", CRITICAL),))
    note = note_of(("Subjective", "Cough."))
    assert recall([checklist], note, CRITICAL).share == 0.0
    assert recall([checklist], note, CRITICAL, ["Fever since Monday."]).share == 1.0
