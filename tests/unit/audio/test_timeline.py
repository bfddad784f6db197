"""Pause, mute and gaps on the recording's time line."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio.timeline import Command, Timeline
from app.domain.recording import MarkKind

RATE = 16_000


def sound(seconds, value=1):
    return np.full(round(seconds * RATE), value, "<i2").tobytes()


def timeline(start=0.0, began=100.0, channels=1):
    marks = []
    return Timeline(channels, start, began, marks.append), marks


def run(line, until, since=100.0, step=0.05):
    kept = bytearray()
    for index in range(round((until - since) / step)):
        at = since + index * step
        kept += line.sound(sound(step), at, at + step)
    return bytes(kept)


def test_sound_before_the_beginning_is_not_kept():
    line, _ = timeline(began=100.03)
    assert line.sound(sound(0.05), 99.9, 99.95) == b""
    assert len(line.sound(sound(0.05), 100.0, 100.05)) == round(0.02 * RATE) * 2
    assert line.position == pytest.approx(0.02)


def test_pause_takes_no_room_and_cuts_at_its_moment():
    line, marks = timeline(start=10.0)
    line.command(Command.PAUSE, 101.013)
    line.command(Command.RESUME, 103.5)
    kept = run(line, 105.0)
    assert len(kept) / 2 / RATE == pytest.approx(1.013 + 1.5, abs=1e-3)
    (mark,) = marks
    assert (mark.kind, mark.at, mark.length) == (
        MarkKind.PAUSE, pytest.approx(11.013, abs=1e-3), pytest.approx(2.487)
    )  # fmt: skip


def test_mute_is_silence_within_the_recording():
    line, marks = timeline()
    line.command(Command.MUTE, 101.0)
    line.command(Command.UNMUTE, 102.0)
    kept = np.frombuffer(run(line, 103.0), "<i2")
    assert len(kept) == 3 * RATE
    assert not kept[RATE : 2 * RATE].any()
    assert kept[:RATE].all()
    assert kept[2 * RATE :].all()
    assert [(mark.kind, mark.at, mark.length) for mark in marks] == [(MarkKind.MUTE, 1.0, 1.0)]


def test_the_end_ends_pause_and_mute():
    line, marks = timeline()
    line.command(Command.MUTE, 101.0)
    line.command(Command.PAUSE, 102.0)
    line.command(Command.END, 104.0)
    run(line, 105.0)
    assert line.ended
    assert line.position == 2.0
    assert [(mark.kind, mark.at, mark.length) for mark in marks] == [
        (MarkKind.MUTE, 1.0, 1.0),
        (MarkKind.PAUSE, 2.0, pytest.approx(2.0)),
    ]


def test_two_channels_mute_the_first():
    line, _ = timeline(channels=2)
    line.command(Command.MUTE, 100.0)
    kept = np.frombuffer(line.sound(np.ones((800, 2), "<i2").tobytes(), 100.0, 100.05), "<i2").reshape(-1, 2)
    assert not kept[:, 0].any()
    assert kept[:, 1].all()


def test_a_gap_counts_only_what_was_wanted():
    line, marks = timeline()
    run(line, 101.0)
    line.command(Command.PAUSE, 103.0)
    line.command(Command.RESUME, 106.0)
    line.gap(110.0, "gone")
    losses = [mark.length for mark in marks if mark.kind is MarkKind.LOSS]
    assert losses == [pytest.approx(2.0), pytest.approx(4.0)]
    assert all(mark.at == 1.0 for mark in marks)


def test_a_loss_told_late_lies_where_it_happened():
    line, marks = timeline()
    run(line, 105.0)
    line.lost(2.0, 1.5, 105.0, "stalled")
    assert [(mark.at, mark.length, mark.detail) for mark in marks] == [(3.0, 1.5, "stalled")]


def test_a_loss_of_the_pause_is_none():
    line, marks = timeline()
    line.command(Command.PAUSE, 101.0)
    line.command(Command.RESUME, 110.0)
    run(line, 112.0)
    line.lost(2.0, 5.0, 112.0, "stalled")
    assert [mark.kind for mark in marks] == [MarkKind.PAUSE]


def test_another_device_repeats_nothing():
    line, _ = timeline()
    run(line, 101.0)
    assert line.sound(sound(0.05), 100.9, 100.95) == b""
    assert len(line.sound(sound(0.2), 100.9, 101.1)) == round(0.1 * RATE) * 2


@given(st.lists(st.floats(0.001, 0.3), min_size=1, max_size=60), st.lists(st.floats(0, 1), max_size=8))
def test_kept_and_paused_make_up_the_whole(lengths, moments):
    line, marks = timeline()
    frames_of = [round(length * RATE) for length in lengths]
    end = list(accumulate((frames / RATE for frames in frames_of), initial=100.0))[-1]
    for index, moment in enumerate(sorted(min(end, 100.0 + share * (end - 100.0)) for share in moments)):
        line.command(Command.RESUME if index % 2 else Command.PAUSE, moment)
    at = 100.0
    kept = 0
    for frames in frames_of:
        kept += len(line.sound(sound(frames / RATE), at, at + frames / RATE)) // 2
        at += frames / RATE
    line.command(Command.END, at)
    line.gap(at, "")
    paused = sum(mark.length for mark in marks if mark.kind is MarkKind.PAUSE)
    assert kept / RATE + paused == pytest.approx(at - 100.0, abs=0.001)
    assert not [mark for mark in marks if mark.kind is MarkKind.LOSS]
