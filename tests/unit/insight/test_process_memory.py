"""Growth of memory: minutes count by their medians, from the level at the end of the first stretch."""

import time

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insight.process_memory import OWN, CpuShare, Growth, MemorySample, MemoryWatch, growth, growth_figures

MB = 1e6


def minutes(levels, per_minute=6):
    return [(60.0 * m + 10.0 * k, level * MB) for m, level in enumerate(levels) for k in range(per_minute)]


def test_growth_after_ten_minutes():
    assert growth(minutes([100] * 5 + [300] * 5 + [310, 330, 320]), 600) == Growth(300.0, 30.0)


def test_drift_leaves_out_ups_and_downs():
    swaying = minutes([300] * 10 + [290, 340] * 20)
    assert growth(swaying, 600) == Growth(300.0, 40.0, 0.0)
    rising = minutes([300] * 10 + [300 + n for n in range(40)])
    assert growth(rising, 600) == Growth(300.0, 39.0, 30.0)


def test_a_momentary_peak_is_no_growth():
    samples = minutes([300] * 12)
    samples[-2] = (samples[-2][0], 900 * MB)
    assert growth(samples, 600) == Growth(300.0, 0.0)


def test_without_a_first_or_a_later_stretch_there_is_no_figure():
    assert growth(minutes([300] * 10), 600) is None
    assert growth([(700.0, 1.0)], 600) is None


def test_figures_by_process_count_processes_that_come_and_go():
    samples = [MemorySample(at, {OWN: int(value)}) for at, value in minutes([100] * 10 + [120])]
    samples += [MemorySample(660.0, {OWN: int(100 * MB), "child 1": int(50 * MB)})]
    figures = growth_figures(samples, 600)
    assert figures["growth_mb_by_process"] == {OWN: 20.0, "child 1": None}
    assert figures["growth_mb"] == 50.0
    assert figures["highest_mb"] == 150.0


@given(st.lists(st.integers(1, 1000), min_size=11, max_size=40), st.integers(1, 500))
def test_growth_does_not_depend_on_the_base(levels, base):
    plain, raised = growth(minutes(levels), 600), growth(minutes([v + base for v in levels]), 600)
    assert raised.grown == pytest.approx(plain.grown)
    assert raised.level == pytest.approx(plain.level + base)


def test_the_watch_sees_this_process():
    import time

    with MemoryWatch(lambda: 7.0, every=0.01) as watch:
        time.sleep(0.3)
    assert watch.samples
    assert watch.samples[0].at == 7.0
    assert watch.samples[0].rss[OWN] > 5 * MB


def test_cpu_share_of_this_process_is_a_number():
    share = CpuShare(psutil.Process())
    begun = time.process_time()
    while time.process_time() - begun < 0.05:  # the system counts in hundredths of a second
        pass
    assert share.percent() > 0
