"""What a file says about its own end, where FFmpeg does not tell."""

import struct
from pathlib import Path
from typing import BinaryIO

_UNKNOWN_SIZE = 0xFFFFFFFF  # streamed wav: the writer could not go back to fill in the length


def lacks_end(path: Path) -> bool:
    """Return True if a wav's data chunk is longer than the file, or an ogg's last page lacks the end mark.

    Other formats give False. RIFF: Microsoft "Multimedia Programming Interface" 1991; ogg: RFC 3533, section 6.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        magic = file.read(12)
        if magic[:4] == b"RIFF" and magic[8:] == b"WAVE":
            return _wav_is_short(file, size)
        if magic[:4] == b"OggS":
            return _ogg_has_no_end(file, size)
    return False


def _wav_is_short(file: BinaryIO, size: int) -> bool:
    position = 12
    while position + 8 <= size:
        file.seek(position)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            streamed = length in {0, _UNKNOWN_SIZE} or length >= 0x7FFFF000
            return not streamed and position + 8 + length > size
        position += 8 + length + length % 2
    return False


def _ogg_has_no_end(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - 131_072))  # two pages of the largest size
    tail = file.read()
    last = tail.rfind(b"OggS")
    if last < 0 or last + 27 > len(tail):
        return True
    segments = tail[last + 26]
    table = tail[last + 27 : last + 27 + segments]
    if len(table) < segments or last + 27 + segments + sum(table) > len(tail):
        return True
    return not tail[last + 5] & 0x04


def mp3_states_length(path: Path) -> bool:
    """Whether an MP3 file has a Xing, Info or VBRI header, which holds its number of frames."""
    with path.open("rb") as file:
        head = file.read(10)
        start = 0
        if head[:3] == b"ID3" and len(head) == 10:
            start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        file.seek(start)
        first_frames = file.read(4_096)
    return any(mark in first_frames for mark in (b"Xing", b"Info", b"VBRI"))
