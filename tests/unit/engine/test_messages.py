import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import EngineError
from app.engine.messages import (
    Audio,
    Cancel,
    Draft,
    EndOfSound,
    Failed,
    Finished,
    Gap,
    Listen,
    PartDone,
    Passage,
    ProgressMade,
    Revise,
    Transcribe,
    decode,
    encode,
)

MESSAGES = [
    Audio(1, b"\x00\x01" * 10),
    Audio(2, b""),
    Transcribe(3, "whisper-base", ["metformin"], speakers=False, language="en", channels=2, gaps=[12.25, 70.0]),
    Listen(
        9,
        "whisper-base",
        ["metformin"],
        speakers=False,
        language="en",
        channels=2,
        earlier=[{"window": {"start": 0.0, "end": 28.9, "words": []}, "state": None}],
        sound_from=28.9,
        gaps=[28.9, 61.5],
    ),
    Gap(12, 61.5),
    EndOfSound(10),
    PartDone(11, {"kind": "heard", "until": 1.5}),
    Draft(4, "model", "soap", {"schema": "anamnesis.transcript/1"}),
    Draft(13, "model", "soap", {"schema": "anamnesis.transcript/1"}, [{"start": 0.0, "words": "00"}]),
    Passage(14, "model", "soap", [{"id": "u1", "text": "Zoë"}], [{"id": "u0"}], answer=False),
    Revise(15, "model", "plan", ["s1"], "shorter", {"schema": "anamnesis.note/1"}, {"utterances": []}),
    Cancel(5),
    ProgressMade(6, 0.25, "reading"),
    Finished(7, {"text": "naïve – Zoë"}),
    Failed(8, "input", "message", "remedy"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: f"{m.kind}-{m.job}")
def test_message_survives_the_frame(message):
    assert decode(encode(message)) == message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: f"{m.kind}-{m.job}")
def test_frame_cut_anywhere_is_a_declared_error_or_shorter_audio(message):
    frame = encode(message)
    for length in range(len(frame)):
        try:
            cut = decode(frame[:length])
        except EngineError:
            continue
        assert isinstance(cut, Audio)
        assert len(cut.payload) < len(message.payload)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: f"{m.kind}-{m.job}")
def test_frame_with_any_byte_flipped_is_a_message_or_a_declared_error(message):
    frame = encode(message)
    for place in range(len(frame)):
        for flip in (0x01, 0x80, 0xFF):
            flipped = bytearray(frame)
            flipped[place] ^= flip
            try:
                decode(bytes(flipped))
            except EngineError:
                continue


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_declared_errors_only(frame):
    with pytest.raises(EngineError):
        decode(frame)


def test_content_stays_out_of_representations():
    assert "secret" not in repr(Finished(1, {"text": "secret"}))
    assert "secret" not in repr(PartDone(1, {"text": "secret"}))
    assert "secret" not in repr(Listen(1, "m", ["secret"], earlier=[{"window": "secret"}]))
    assert "secret" not in repr(Draft(1, "m", "soap", {"text": "secret"}, [{"answers": "secret"}]))
    assert "secret" not in repr(Passage(1, "m", "soap", [{"text": "secret"}], [{"text": "secret"}]))
