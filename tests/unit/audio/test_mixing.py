"""Channels are mixed without leaving anybody out."""

import numpy as np
import pytest

from app.audio.mixing import fit_pcm, silenced, to_mono


def pcm(*frames):
    return np.array(frames, "<i2").tobytes()


def test_mono_is_the_mean_even_at_full_scale():
    assert to_mono(pcm([32_767, 32_767], [-32_768, -32_768], [100, 0], [3, 4]), 2) == pcm(32_767, -32_768, 50, 4)
    assert to_mono(pcm(1, 2), 1) == pcm(1, 2)


def test_eight_channels_become_one():
    assert to_mono(pcm([8, 0, 0, 0, 0, 0, 0, 8]), 8) == pcm(2)


@pytest.mark.parametrize(
    ("have", "want", "given", "expected"),
    [
        (1, 1, [5, 6], [5, 6]),
        (2, 1, [4, 6], [5]),
        (1, 2, [5, 6], [5, 0, 6, 0]),
        (3, 2, [1, 2, 3, 4, 5, 6], [1, 2, 4, 5]),
        (2, 2, [1, 2], [1, 2]),
    ],
)
def test_fit(have, want, given, expected):
    assert fit_pcm(pcm(*given), have, want) == pcm(*expected)


def test_an_aside_silences_the_clinician_only():
    assert silenced(pcm(1, 2), 1) == pcm(0, 0)
    assert silenced(pcm([1, 2], [3, 4]), 2) == pcm([0, 2], [0, 4])
