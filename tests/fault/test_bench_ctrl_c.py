"""Ctrl-C during a measurement: one line, exit 1, no process and no file left."""

import os

import pytest
from ctrl_c import interrupted
from program import REPOSITORY

pytestmark = [
    pytest.mark.models,
    pytest.mark.waits,
    pytest.mark.skipif(os.name == "nt", reason="needs POSIX process groups"),
]

SAMPLE = REPOSITORY / "resources" / "sample" / "visit.ogg"


@pytest.mark.parametrize(
    ("part", "seconds"),
    [("visit", 2.0), ("visit", 8.0), ("kills", 1.5), ("kills", 4.0), ("long", 8.0), ("window", 7.0), ("quiet", 4.0)],
)
def test_nothing_stays(tmp_path, part, seconds):
    words = ["bench", part, *([] if part == "quiet" else [SAMPLE]), "--json"]
    outcome = interrupted(words, seconds, TMPDIR=str(tmp_path))
    assert outcome == (1, "", "anamnesis: Cancelled.\n", [])
    assert list(tmp_path.rglob("*")) == []
