"""The checklist matcher beside a reader: 100 items, judged by hand against the notes that clinicians wrote.

The items were drawn by lot (Python's `random.Random(57)` over all items but the irrelevant ones). A reader who knew
notes and dialogues judged each before the matcher was run on it: does a physician learn this from the note, with who,
when, which side and whether denied?
"""

from pathlib import Path

import pytest

from app.drafting.checking.plain_text import statements_from_text
from app.insight.checklist_matcher import NoteMatcher
from app.insight.checklists import read_checklists
from app.insight.labelled_visits import read_set

DATA = Path(__file__).parents[3] / "shared" / "data"

SHEET = {
    0: ("7 10 12 26 45", "30 42 52"),
    1: ("3 7 9 33 37", "19 27 36"),
    2: ("1 16 18 32 37 55", "4 6 7 25 33 46 58"),
    3: ("11", "0 13"),
    4: ("16 40", "13 22 43"),
    5: ("17 19 40", "3 9 20 45"),
    6: ("15 34 55", "1 3 10 11 40"),
    7: ("7 20 32 37 42", ""),
    8: ("", "12 27 33"),
    9: ("5 9 21 28 52 56 58 61", "8 53"),
    10: ("47 56 95 99", "1 3 71 79 81"),
    11: ("0 8 9 22", "13"),
    12: ("12", "2"),
    13: ("25 40", "2 12 13 21 31 39"),
    14: ("12 20 26 46", "4 38"),
}
"""By number of the checklist in its file: the items that the note holds, and those that it does not."""


@pytest.mark.shared
def test_agrees_with_a_reader():
    if not (DATA / "primock57_checklists.jsonl").is_file():
        pytest.skip("the labelled visits do not lie beside the checkout")
    notes = {visit.id: statements_from_text(visit.note) for visit in read_set(DATA, "primock")}
    checklists = read_checklists(DATA)
    false_hits, false_misses = [], []
    for number, (held, absent) in SHEET.items():
        checklist = checklists[number]
        matcher = NoteMatcher(notes[checklist.visit])
        false_misses += [(number, n) for n in map(int, held.split()) if not matcher.holds(checklist.items[n])]
        false_hits += [(number, n) for n in map(int, absent.split()) if matcher.holds(checklist.items[n])]
    assert sum(len(f"{a} {b}".split()) for a, b in SHEET.values()) == 100
    assert len(false_hits) <= 3, false_hits
    assert len(false_hits) + len(false_misses) <= 8, false_misses
