import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MachineError
from app.visit.sound_tail import KEPT, PIECE, RATE, SoundTail


class Spool:
    """What is on disk, with what was asked of it."""

    def __init__(self, channels=1):
        self.pcm = bytearray()
        self.frame = 2 * channels
        self.asked = []

    def read(self, start, end):
        self.asked.append((start, end))
        last = len(self.pcm) if end is None else round(end * RATE) * self.frame
        return bytes(self.pcm[round(start * RATE) * self.frame : last])


def _sound(frames, channels=1):
    return b"".join((n % 60_000).to_bytes(2, "little") * channels for n in range(frames))


def _read_all(tail, position=0):
    found = b""
    while piece := tail.read(position):
        found += piece
        position += tail.frames(piece)
    return found


@given(
    cuts=st.lists(st.tuples(st.integers(1, 900), st.integers(-300, 300), st.booleans()), max_size=30),
    channels=st.sampled_from([1, 2]),
    recorded=st.integers(0, 500),
)
def test_every_frame_is_read_once_whatever_was_handed_in(cuts, channels, recorded):
    spool = Spool(channels)
    whole = _sound(40_000, channels)
    frame = 2 * channels
    spool.pcm += whole[: recorded * frame]
    tail = SoundTail(spool.read, channels, recorded / RATE)
    end, read, position = recorded, b"", 0
    for frames, shift, reading in cuts:
        begin = max(0, end + shift)  # a gap is on disk but was not handed in; an overlap was handed in before
        end = max(end, begin + frames)
        spool.pcm = bytearray(whole[: end * frame])
        tail.take(whole[begin * frame : (begin + frames) * frame], begin / RATE)
        assert tail.end == end
        if reading:
            piece = tail.read(position)
            read += piece
            position += tail.frames(piece)
    assert read + _read_all(tail, position) == whole[: end * frame]


def test_memory_holds_half_a_minute_and_the_spool_the_rest():
    spool = Spool()
    tail = SoundTail(spool.read, 1)
    quarter = bytes(RATE // 4 * 2)
    for n in range(4 * 300):
        spool.pcm += quarter
        tail.take(quarter, n / 4)
    assert sum(len(piece) for piece in tail._pieces) <= KEPT * 2
    assert len(_read_all(tail)) == len(spool.pcm)
    assert max(end - start for start, end in spool.asked) <= PIECE / RATE
    assert len(spool.asked) == 9


def test_newest_sound_needs_no_spool():
    def fail(_start, _end):
        raise AssertionError

    tail = SoundTail(fail, 1)
    tail.take(b"\x01\x00" * 4000, 0.0)
    tail.take(b"\x02\x00" * 4000, 0.25)
    assert tail.read(4000) == b"\x02\x00" * 4000
    assert tail.read(8000) == b""


def test_spool_that_lost_sound_is_a_declared_error():
    tail = SoundTail(lambda _start, _end: b"\x00\x00", 1, recorded=1.0)
    with pytest.raises(MachineError):
        tail.read(0)


def test_sound_that_was_sealed_but_not_handed_in_is_found_at_the_end():
    spool = Spool()
    tail = SoundTail(spool.read, 1)
    spool.pcm += _sound(RATE * 65)
    tail.take(bytes(spool.pcm[:32_000]), 0.0)
    while tail.complete():
        pass
    assert tail.end == RATE * 65
    assert _read_all(tail) == spool.pcm
