"""Ctrl-C at any moment: one line, exit 1, no process and no file left, a kept visit can be finished."""

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


@pytest.mark.parametrize("seconds", [0.4, 0.9, 1.6, 3.0, 6.0])
def test_transcription_stops_with_one_line(tmp_path, seconds):
    status, out, err, alive = interrupted(["transcribe", SAMPLE], seconds, TMPDIR=str(tmp_path))
    assert (status, out, err, alive) == (1, "", "anamnesis: Cancelled.\n", [])
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0])
def test_demo_in_a_throw_away_vault_leaves_nothing(tmp_path, seconds):
    status, out, err, alive = interrupted(["demo"], seconds, TMPDIR=str(tmp_path))
    assert (status, out, err, alive) == (1, "", "anamnesis: Cancelled.\n", [])
    assert list(tmp_path.rglob("*")) == []
