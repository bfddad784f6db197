"""`scripts/test` runs the suite in parts: whatever its marks are, each test is in exactly one."""

import itertools

import pytest

MARKS = ("pulse", "real_time", "models", "waits")


@pytest.mark.parametrize("held", list(itertools.product((False, True), repeat=len(MARKS))))
def test_every_test_is_in_one_part(script, held):
    parts = script("_test")
    marks = dict(zip(MARKS, held, strict=True))
    chosen = [part[1] for part in (parts.REAL_TIME, parts.WORKING, parts.WAITING)]
    assert sum(eval(marked, {}, marks) for marked in chosen) == 1  # noqa: S307 - expressions of our own
