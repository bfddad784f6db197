"""`scripts/test` runs the suite in parts: whatever its marks are, each test is in exactly one."""

import itertools

import pytest
from program import REPOSITORY

TESTS = REPOSITORY / "tests"
MARKS = ("pulse", "real_time", "models", "waits")


@pytest.mark.parametrize("held", list(itertools.product((False, True), repeat=len(MARKS))))
def test_every_test_is_in_one_part(script, held):
    parts = script("_test")
    marks = dict(zip(MARKS, held, strict=True))
    for folder in parts.REST:
        chosen = [part[1] for part in (*parts.FOREMOST, *parts.BESIDE) if part[0] == "-m" and folder in part]
        assert sum(eval(marked, {}, marks) for marked in chosen) == 1  # noqa: S307 - expressions of our own


def test_every_folder_is_in_a_part(script):
    """What one part leaves out, another one names."""
    words = {word for part in script("_test").BESIDE for word in part}
    assert {"tests/unit", "tests/golden", "--ignore=tests/unit/ui", "tests/unit/ui"} <= words
    tested = {path.parent.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    assert tested == {"unit", "golden", "integration", "fault"}
