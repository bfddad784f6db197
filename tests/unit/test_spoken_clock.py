"""The clock of the fault tests tells the right time."""

import numpy as np
import pytest
from spoken_clock import RATE, last_time_told, time_told, write_clock


def test_the_time_is_read_to_a_hundredth_of_a_second(tmp_path):
    pcm = write_clock(tmp_path / "clock.wav").read_bytes()[44:]
    for seconds in (0.5, 7.3, 31.41, 59.0):
        assert time_told(pcm, seconds) == pytest.approx(seconds, abs=0.01)
        assert time_told(pcm[: int(seconds * RATE) * 2]) == pytest.approx(seconds, abs=0.01)
    assert last_time_told(pcm + bytes(RATE)) == pytest.approx(60.0, abs=0.06)


def test_silence_tells_no_time():
    assert time_told(bytes(2 * RATE)) is None
    assert last_time_told(np.zeros(RATE, "<i2").tobytes()) is None
