"""Two microphones side by side: aligned by the clock, and neither waits for the other for long."""

import time

import numpy as np
import pytest
from recorder_doubles import MadeUpMicrophone

from app.audio.pair import PairSource
from app.audio.sound_source import DeviceGoneError
from app.audio.steady_clock import steady
from app.domain.errors import MachineError


def pair(first=None, second=None):
    one, two = first or MadeUpMicrophone(), second or MadeUpMicrophone("made-up:two", "Two")
    source = PairSource(one, two)
    return source, one, two


def heard(source, reads=10):
    pieces = [piece for piece in (source.read(0.02) for _ in range(reads)) if piece]
    return np.concatenate([np.frombuffer(piece.pcm, "<i2").reshape(-1, 2) for piece in pieces]), pieces


def read_often(source):
    for _ in range(200):
        source.read(0.02)


def test_channels_are_aligned_by_their_time():
    source, one, two = pair()
    source.open()
    now = steady()
    one.say(1.0, 100, ends=now)
    two.say(0.6, 200, ends=now)
    two.say(0.5, 300, ends=now + 0.5)
    one.say(0.5, 150, ends=now + 0.5)
    frames, pieces = heard(source)
    assert len(frames) == pytest.approx(1.1 * 16_000, abs=2)
    assert set(frames[:9_000, 0]) == {100}
    assert set(frames[:9_000, 1]) == {200}
    assert list(frames[-1]) == [150, 300]
    assert pieces[-1].end == pytest.approx(now + 0.5, abs=0.001)
    assert all(piece.end - piece.start == pytest.approx(len(piece.pcm) / 64_000, abs=0.01) for piece in pieces)


def test_stamps_that_jitter_leave_no_holes():
    source, one, two = pair()
    source.open()
    now = steady()
    draw = np.random.default_rng(1)
    for index in range(40):
        for microphone, value in ((one, 100), (two, 200)):
            microphone.say(0.05, value, ends=now + (index + 1) * 0.05 + float(draw.uniform(0, 0.02)))
    frames, _ = heard(source, 60)
    assert len(frames) > 1.9 * 16_000
    assert (frames == [100, 200]).all()


def test_the_slower_one_is_filled_with_silence_and_nothing_of_the_other_is_left_out():
    source, one, two = pair()
    source.open()
    now = steady()
    for microphone in (one, two):
        microphone.say(0.5, 100, ends=now)
    for index in range(20):
        one.say(0.1, 100, ends=now + 0.1 * (index + 1))
    frames, _ = heard(source, 40)
    assert len(frames) >= 2.0 * 16_000
    assert (frames[:, 0] == 100).all()
    assert not frames[8_000:, 1].any()


def test_a_loss_of_one_shifts_only_that_one():
    source, one, two = pair()
    source.open()
    now = steady()
    for microphone in (one, two):
        microphone.say(0.5, 100, ends=now)
    one.say(0.5, 100, ends=now + 0.5)
    two.say(0.2, 300, ends=now + 0.5)  # 0.3 s are missing before it
    frames, _ = heard(source)
    assert len(frames) == pytest.approx(16_000, abs=2)
    assert (frames[:, 0] == 100).all()
    assert set(frames[-3_100:, 1]) == {300}
    assert not frames[8_010:12_790, 1].any()


def test_one_goes_on_alone_and_the_other_comes_back(monkeypatch):
    monkeypatch.setattr("app.audio.pair._REOPEN", 0.05)
    source, one, two = pair()
    source.open()
    one.say(0.2)
    two.say(0.2)
    heard(source, 3)
    two.unplug()
    one.say(0.2, 100, ends=steady() + 0.2)
    frames, _ = heard(source, 5)
    assert source.missing == "Two"
    assert not frames[-1_000:, 1].any()
    two.works = True
    deadline = time.monotonic() + 10
    while source.missing:
        source.read(0.02)
        assert time.monotonic() < deadline
    one.unplug()
    two.unplug()
    one.works = two.works = False
    with pytest.raises(DeviceGoneError):
        read_often(source)


def test_absent_ones_are_given_up():
    source, one, _two = pair()
    source.open()
    assert not source.absent(frozenset({one.device}))
    assert source.missing == "Two"
    assert source.absent(frozenset())
    source.close()


def test_one_microphone_is_no_pair():
    source, one, two = pair(second=MadeUpMicrophone())
    with pytest.raises(MachineError, match="one and the same"):
        source.open()
    assert one.closed
    assert two.closed


def test_if_one_cannot_be_opened_the_other_is_released():
    source, one, _ = pair(second=MadeUpMicrophone("made-up:two", works=False))
    with pytest.raises(MachineError):
        source.open()
    assert one.closed
