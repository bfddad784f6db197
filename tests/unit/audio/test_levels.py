"""Loudness and its alarms, which begin once and end once."""

import numpy as np
import pytest

from app.audio.levels import LevelMeter, LevelWatch
from app.domain.live import AlarmKind


def watched():
    alarms = []
    return LevelWatch(alarms.append), alarms


def kinds(alarms):
    return [(alarm.kind, alarm.active) for alarm in alarms]


def test_levels_of_two_channels_whatever_the_pieces():
    time = np.arange(16_000) / 16_000
    both = np.stack([np.sin(2 * np.pi * 100 * time) * 16_384, np.zeros(16_000)], axis=1).astype("<i2").tobytes()
    meter = LevelMeter(2)
    measured = [one for at in range(0, len(both), 1_236) for one in meter.measure(both[at : at + 1_236])]
    assert len(measured) == 10
    for peak, rms in measured:
        assert peak == (pytest.approx(0.5, abs=1e-3), 0.0)
        assert rms == (pytest.approx(0.3536, abs=1e-3), 0.0)


@pytest.mark.parametrize("level", [0.0, 5e-5])
def test_nothing_heard_within_five_seconds_and_once(level):
    watch, alarms = watched()
    for _ in range(20):
        watch.watch((0.01,), 0.02)
    for tenth in range(200):
        watch.watch((level,), level)
        assert bool(alarms) == (tenth >= 39)
    assert kinds(alarms) == [(AlarmKind.NOTHING_HEARD, True)]
    assert alarms[0].message
    assert alarms[0].remedy
    for _ in range(3):
        watch.watch((0.01,), 0.02)
    assert kinds(alarms)[1:] == [(AlarmKind.NOTHING_HEARD, False)]


def test_a_quiet_room_and_short_silence_are_no_alarm():
    watch, alarms = watched()
    for tenth in range(1_000):
        watch.watch((3e-4 if tenth % 35 == 0 else 0.0,), 0.001)
    assert not alarms


def test_one_click_does_not_end_the_alarm():
    watch, alarms = watched()
    for tenth in range(300):
        watch.watch((0.5 if tenth % 60 == 59 else 0.0,), 0.1)
    assert kinds(alarms) == [(AlarmKind.NOTHING_HEARD, True)]


def test_the_silent_one_of_two_is_named():
    watch, alarms = watched()
    for _ in range(50):
        watch.watch((0.01, 0.0), 0.02)
    assert "second" in alarms[0].message


def test_clipping_begins_and_ends_once():
    watch, alarms = watched()
    watch.watch((0.3,), 1.0)
    for _ in range(20):
        watch.watch((0.1,), 0.5)
    assert not alarms  # a single knock
    for tenth in range(50):
        watch.watch((0.3,), 1.0 if tenth % 4 == 0 else 0.6)
    for _ in range(40):
        watch.watch((0.1,), 0.5)
    assert kinds(alarms) == [(AlarmKind.CLIPPING, True), (AlarmKind.CLIPPING, False)]


def test_reset_ends_what_is_active():
    watch, alarms = watched()
    for _ in range(60):
        watch.watch((0.0,), 1.0)
    watch.reset()
    watch.reset()
    assert sorted(kinds(alarms)) == sorted(
        [(kind, active) for kind in (AlarmKind.CLIPPING, AlarmKind.NOTHING_HEARD) for active in (True, False)]
    )
