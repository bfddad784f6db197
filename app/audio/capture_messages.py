"""What the capture process tells its parent: one byte of kind, then fixed fields or JSON. No pickle."""

import json
import struct
from dataclasses import dataclass
from enum import IntEnum

from app.audio.sound_source import Loss, Piece


class Kind(IntEnum):
    """First byte of a message."""

    OPENED = 1
    FAILED = 2
    SOUND = 3
    GONE = 4


@dataclass(frozen=True, slots=True)
class CaptureRequest:
    """What to open. `source` is a PulseAudio source, else `api` and `name` are PortAudio's; `channels` are wanted."""

    source: str
    api: str
    name: str
    rate: int
    device_channels: int
    channels: int
    buffer: float = 60.0


REASONS = (
    "the microphone gave no sound for a while (the computer slept or was too busy)",
    "the sound could not be taken fast enough",
)
STALL, OVERFLOW = range(len(REASONS))

_SOUND = struct.Struct("<BddfB")
_LOSS = struct.Struct("<ddB")


def pack_sound(pcm: bytes, start: float, end: float, peak: float, losses: list[tuple[float, float, int]]) -> bytes:
    """A SOUND message; `losses` are back and length in seconds, and an index into `REASONS`."""
    head = _SOUND.pack(Kind.SOUND, start, end, peak, len(losses))
    return head + b"".join(_LOSS.pack(*loss) for loss in losses) + pcm


def unpack_sound(message: bytes) -> Piece:
    """The piece of a SOUND message."""
    _, start, end, peak, count = _SOUND.unpack_from(message)
    losses = []
    place = _SOUND.size
    for _ in range(count):
        back, length, reason = _LOSS.unpack_from(message, place)
        losses.append(Loss(back, length, REASONS[reason]))
        place += _LOSS.size
    return Piece(message[place:], start, end, peak, tuple(losses))


def pack_fields(kind: Kind, **fields: str | int | float) -> bytes:
    """An OPENED, FAILED or GONE message."""
    return bytes((kind,)) + json.dumps(fields).encode()


def unpack_fields(message: bytes) -> dict[str, str]:
    """The fields of a message that holds JSON, as text."""
    return {str(key): str(value) for key, value in json.loads(message[1:]).items()}
