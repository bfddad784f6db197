"""The ring gives back what was put, in order, and counts what it could not keep."""

from hypothesis import given
from hypothesis import strategies as st

from app.audio.capture_ring import CaptureRing


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=80))
def test_everything_comes_out_or_is_counted(steps):
    ring = CaptureRing(rate=10, channels=2, seconds=10)  # 100 frames of 4 bytes
    given_sound, taken, dropped, number, newest = bytearray(), bytearray(), 0, 0, None
    for frames, take in steps:
        sound = b"".join((number + index).to_bytes(4, "little") for index in range(frames))
        number += frames
        fits = ring.waiting + len(sound) <= 400
        ring.put(memoryview(sound), float(number), overflowed=not fits)
        if fits:
            given_sound += sound
        else:
            dropped += frames
        if take:
            arrived = list(ring.arrivals())
            if arrived:
                newest = arrived[-1]
                taken += ring.take(newest.frames)
    ring_rest = list(ring.arrivals())
    if ring_rest:
        newest = ring_rest[-1]
        taken += ring.take(newest.frames)
    assert taken == given_sound
    ring.put(memoryview(b"last"), 0.0, overflowed=False)
    (last,) = ring.arrivals()
    assert (last.dropped, last.frames) == (dropped, len(given_sound) // 4 + 1)
