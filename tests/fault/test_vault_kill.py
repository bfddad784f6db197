"""kill -9 of a process that records, edits, signs, re-keys and backs up: what it said was stored is stored."""

import sys

import pytest

from app.domain.work import CancelToken, no_progress
from app.insight.bench_vault_kills import bench_vault_kills

pytestmark = pytest.mark.timeout(900)

KILLS = 20


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_at_any_moment():
    """`anamnesis bench kills --vault --times 200` does the same for as long as one likes."""
    figures = bench_vault_kills(times=KILLS, seed=20261121, progress=no_progress, cancel=CancelToken())
    assert figures["lost"] == []
    assert (figures["half_done"], figures["broken_chains"]) == (0, 0)
    assert {"created", "second", "closed", "transcript", "draft", "edit", "signed", "rotated"} <= set(figures["stored"])
