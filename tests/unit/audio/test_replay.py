"""A replayed file gives its own samples, from the first one on, at the asked speed."""

import itertools
import wave

import numpy as np
import pytest

from app.audio.replay import ReplaySource
from app.audio.steady_clock import steady
from app.domain.errors import InputError


@pytest.fixture
def file(tmp_path):
    samples = np.random.default_rng(3).integers(-9_000, 9_000, 16_000 * 2 + 123).astype("<i2")
    path = tmp_path / "visit.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(samples.tobytes())
    return path, samples


def test_silence_until_it_begins_then_the_whole_file_then_silence(file):
    path, samples = file
    source = ReplaySource(path, speed=8.0)
    source.open()
    before = source.read(0.5)
    assert before is not None
    assert not np.frombuffer(before.pcm, "<i2").any()
    assert source.played == 0.0
    source.begin()
    began, heard, stamps = steady(), [], []
    while not source.ended.is_set():
        piece = source.read(0.5)
        if piece:
            heard.append(np.frombuffer(piece.pcm, "<i2"))
            stamps.append((piece.start, piece.end))
    whole = np.concatenate(heard)
    assert (whole[: len(samples)] == samples).all()
    assert not whole[len(samples) :].any()
    assert source.played == source.duration == pytest.approx(len(samples) / 16_000)
    assert steady() - began == pytest.approx(len(whole) / 16_000 / 8, abs=0.15)
    assert stamps[0][0] == pytest.approx(began, abs=0.02)
    assert all(abs(later[0] - earlier[1]) < 1e-6 for earlier, later in itertools.pairwise(stamps))
    after = source.read(0.5)
    assert after is not None
    assert not np.frombuffer(after.pcm, "<i2").any()
    source.close()


def test_nothing_comes_before_its_time(file):
    source = ReplaySource(file[0], speed=0.1)
    source.open()
    source.begin()
    assert source.read(0.01) is None


def test_speed_must_be_possible(file):
    with pytest.raises(InputError):
        ReplaySource(file[0], 0.0)


def test_no_file(tmp_path):
    with pytest.raises(InputError):
        ReplaySource(tmp_path / "none.wav").open()
