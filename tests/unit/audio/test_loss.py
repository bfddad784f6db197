"""Loss is found by the clock: jitter and drift are none, a lasting jump is one of that length."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio.loss import THRESHOLD, ArrivalClock, Gap, LossDetector

RATE = 48_000
BLOCK = 960  # 20 ms


def arrivals(seconds, delays, lost_at=None, lost=0.0, drift=0.0):
    """(frames, time) of each block; a block is late by its delay, never before the one before it."""
    detector = LossDetector(RATE)
    gaps: list[Gap] = []
    before = 0.0
    for index in range(1, round(seconds / 0.02) + 1):
        heard = index * 0.02 * (1 + drift) + (lost if lost_at is not None and index * 0.02 > lost_at else 0.0)
        at = max(before, heard + delays[index % len(delays)])
        before = at
        gap = detector.arrived(index * BLOCK, at)
        if gap is not None:
            gaps.append(gap)
    last = detector.finish()
    return gaps + ([last] if last is not None else [])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 0.6), min_size=1, max_size=20))
def test_jitter_is_no_loss(delays):
    assert not arrivals(20, [*delays, *[0.0] * 30])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 0.4), min_size=1, max_size=10),
    st.floats(0.2, 60.0),
    st.floats(3.5, 10.0),
    st.floats(-5e-4, 5e-4),
)
def test_a_lasting_jump_is_told_once_with_its_length(delays, lost, lost_at, drift):
    (gap,) = arrivals(20, [*delays, *[0.0] * 30], lost_at, lost, drift)
    assert gap.length == pytest.approx(lost, abs=0.03)
    assert gap.frame / RATE == pytest.approx(lost_at, abs=0.65)


@pytest.mark.parametrize("drift", [-0.0009, -1e-4, 1e-4, 0.0009])
def test_a_clock_of_its_own_is_no_loss(drift):
    assert not arrivals(3 * 3600 / 10, [0.0, 0.003], drift=drift)


def test_many_small_losses_add_up():
    detector = LossDetector(RATE)
    told = 0.0
    for index in range(1, 3_000):
        lost = index // 500 * 0.1
        gap = detector.arrived(index * BLOCK, index * 0.02 + lost)
        told += gap.length if gap else 0.0
    assert 0.5 - THRESHOLD <= told <= 0.5


def test_a_burst_after_a_stall_is_no_loss():
    detector = LossDetector(RATE)
    clock = 0.0
    for index in range(1, 1_000):
        clock = max(clock, index * 0.02)
        if index == 400:
            clock += 30.0  # we slept, the sound system kept everything
        behind = clock - index * 0.02 > 0.02
        clock += 0.001 if behind else 0.0
        assert detector.arrived(index * BLOCK, clock) is None or index > 400
    # all of it is delivered in a burst of 1 ms per block: 30 s need 600 blocks and more than a window
    assert clock == pytest.approx(38.6, abs=0.1)


def test_times_are_smoothed_and_follow_a_jump():
    clock = ArrivalClock(RATE)
    for index in range(1, 100):
        clock.arrived(index * BLOCK, index * 0.02 + (0.01 if index % 3 else 0.0))
    assert clock.time_of(99 * BLOCK) == pytest.approx(1.98)
    for index in range(100, 140):
        clock.arrived(index * BLOCK, index * 0.02 + 20)
    assert clock.time_of(139 * BLOCK) == pytest.approx(22.78)
