"""Pieces survive the pipe."""

from hypothesis import given
from hypothesis import strategies as st

from app.audio.capture_messages import REASONS, Kind, pack_fields, pack_sound, unpack_fields, unpack_sound
from app.audio.sound_source import Loss

times = st.floats(0, 1e9)


@given(
    st.binary(max_size=64),
    times,
    times,
    st.lists(st.tuples(times, times, st.integers(0, len(REASONS) - 1)), max_size=5),
)
def test_sound(pcm, start, end, losses):
    message = pack_sound(pcm, start, end, 0.5, losses)
    assert message[0] == Kind.SOUND
    piece = unpack_sound(message)
    assert (piece.pcm, piece.start, piece.end, piece.peak) == (pcm, start, end, 0.5)
    assert piece.losses == tuple(Loss(back, length, REASONS[reason]) for back, length, reason in losses)
    assert piece.lost == sum(length for _, length, _ in losses)


def test_fields():
    message = pack_fields(Kind.FAILED, code="busy", detail="Gerät belegt")
    assert message[0] == Kind.FAILED
    assert unpack_fields(message) == {"code": "busy", "detail": "Gerät belegt"}
