"""Diarisation error rate on segments with known answers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.insight.diarisation_errors import Segment, diarisation_errors, read_rttm

REFERENCE: list[Segment] = [(0.0, 4.0, "a"), (4.0, 8.0, "b")]
SEGMENTS = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 300), st.integers(0, 2)).map(
        lambda t: (t[0] / 100, min(10.0, (t[0] + t[1]) / 100), t[2])
    ),
    max_size=8,
)


def test_names_do_not_matter() -> None:
    assert diarisation_errors(REFERENCE, [(0.0, 4.0, 7), (4.0, 8.0, 3)], 10).rate == 0


def test_missed_false_and_confused_speech() -> None:
    errors = diarisation_errors(REFERENCE, [(1.0, 5.0, 1), (5.0, 9.0, 2)], 10)
    assert errors.missed == pytest.approx(1)
    assert errors.false_alarm == pytest.approx(1)
    assert errors.confused == pytest.approx(1)
    assert errors.speech == pytest.approx(8)
    assert errors.rate == pytest.approx(3 / 8)


def test_one_voice_for_two_confuses_the_shorter() -> None:
    assert diarisation_errors([(0, 6, "a"), (6, 8, "b")], [(0, 8, 0)], 8).rate == pytest.approx(0.25)


def test_overlap_can_be_left_out() -> None:
    reference: list[Segment] = [(0, 5, "a"), (4, 8, "b")]
    found: list[Segment] = [(0, 4, 0), (4, 8, 1)]
    assert diarisation_errors(reference, found, 8).missed == pytest.approx(1)
    assert diarisation_errors(reference, found, 8, overlap=False).rate == 0


def test_nothing_found_and_nothing_said() -> None:
    assert diarisation_errors(REFERENCE, [], 10).rate == 1
    assert diarisation_errors([], [(0, 1, 0)], 10).false_alarm == pytest.approx(1)
    assert diarisation_errors([], [], 10).rate == 0


@given(SEGMENTS)
def test_a_diarisation_agrees_with_itself(segments: list[Segment]) -> None:
    assert diarisation_errors(segments, segments, 10).rate == pytest.approx(0)


@given(SEGMENTS, SEGMENTS)
def test_no_negative_part(reference: list[Segment], found: list[Segment]) -> None:
    errors = diarisation_errors(reference, found, 10)
    assert min(errors.missed, errors.false_alarm, errors.confused) >= -1e-9


def test_rttm(tmp_path: Path) -> None:
    path = tmp_path / "x.rttm"
    path.write_text("SPEAKER x 1 0.500 1.250 <NA> <NA> ann <NA> <NA>\n;; note\n")
    assert read_rttm(path) == [(0.5, 1.75, "ann")]
    path.write_text("SPEAKER x 1 half")
    with pytest.raises(InputError, match="RTTM"):
        read_rttm(path)
