"""ROUGE by hand-counted examples."""

import subprocess
import sys

import pytest
from notes_double import note_of

from app.insight.rouge import note_text, rouge


def test_counts_words_pairs_and_lines():
    scores = rouge("the left knee hurts\nno fever", "no fever\nleft knee pain")
    assert scores["rouge1"] == pytest.approx(2 * (4 / 5) * (4 / 6) / (4 / 5 + 4 / 6))
    assert scores["rouge2"] == pytest.approx(2 * (2 / 4) * (2 / 5) / (2 / 4 + 2 / 5))
    assert scores["rougeLsum"] == scores["rouge1"], "the order of lines does not count"


def test_nothing_in_common_and_nothing_at_all():
    assert set(rouge("fever", "cough").values()) == {0.0}
    assert set(rouge("fever", "").values()) == {0.0}


def test_a_note_is_scored_line_by_line():
    note = note_of(("Subjective", "Cough."), ("Plan", "Rest."), ("Plan", "Fluids."))
    assert note_text(note) == "Subjective\nCough.\nPlan\nRest.\nFluids."


def test_the_library_is_only_loaded_when_something_is_scored():
    code = "import sys, app.insight.evaluate_notes; sys.exit('nltk' in sys.modules or 'rouge_score' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], check=False).returncode == 0
