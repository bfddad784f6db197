"""Files in place of a microphone: one with a clock, one that repeats and waits for its listener."""

import itertools
import wave

import numpy as np
import pytest

from app.audio.steady_clock import steady
from app.insight.file_microphone import FileMicrophone, LoopedMicrophone


@pytest.fixture
def counting(tmp_path):
    """A tenth of a second and a bit of samples that count up, so that every place can be told."""
    path = tmp_path / "count.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.arange(2_000, dtype="<i2").tobytes())
    return path


def pieces(microphone, count):
    found = []
    while len(found) < count:
        piece = microphone.read(0.5)
        if piece is not None:
            found.append(piece)
    return found


def test_due_times_follow_the_start_and_the_speed(counting):
    microphone = FileMicrophone(counting, 2.0)
    microphone.open()
    before = steady()
    microphone.begin()
    assert before <= microphone.began <= steady()
    assert microphone.due(3.0) == pytest.approx(microphone.began + 1.5)
    microphone.close()


def test_the_loop_has_no_seam_and_no_gap(counting):
    microphone = LoopedMicrophone(counting, 50.0, lambda: 0.0)
    microphone.open()
    found = pieces(microphone, 6)
    heard = np.frombuffer(b"".join(p.pcm for p in found), "<i2")
    assert heard.tolist() == [n % 2_000 for n in range(6 * 800)]
    assert all(a.end == b.start for a, b in itertools.pairwise(found))
    assert microphone.slowed == 0
    microphone.close()


def test_it_slows_to_real_speed_while_the_listener_is_behind(counting):
    behind = 61.0
    microphone = LoopedMicrophone(counting, 50.0, lambda: behind)
    microphone.open()
    slow = pieces(microphone, 2)
    assert slow[0].end - slow[0].start == pytest.approx(0.05)
    behind = 40.0  # still more than half of its patience
    assert pieces(microphone, 1)[0].end - slow[1].end == pytest.approx(0.05)
    behind = 20.0
    fast = pieces(microphone, 1)[0]
    assert fast.end - fast.start == pytest.approx(0.001)
    assert microphone.slowed == pytest.approx(0.15)
    microphone.close()


def test_nothing_comes_before_its_time(counting):
    microphone = LoopedMicrophone(counting, 0.01, lambda: 0.0)
    microphone.open()
    assert microphone.read(0.02) is None
    microphone.close()
