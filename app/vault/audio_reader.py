"""Reads a sealed recording, whole or cut off, of one segment or several."""

from io import BytesIO

from app.domain.errors import InputError
from app.domain.ports import SealedAudioInfo
from app.vault.audio_segment import AudioSegment, joined


class SealedAudioReader:
    """The segments of a recording as one stretch of sound. What a crash tore off a segment is not there.

    Raises `SealBrokenError` if a block or segment was altered, exchanged, repeated or left out, `MachineError`.
    """

    def __init__(self, segments: list[AudioSegment]) -> None:
        """`segments` in order, at least one."""
        self.segments = joined(segments)
        self.rate = segments[0].seal.shape.rate
        self.channels = segments[0].seal.shape.channels
        self.frames = sum(s.frames for s in segments)
        self.complete = segments[-1].complete

    def info(self) -> SealedAudioInfo:
        """Rate, channels, duration in seconds, and whether the end mark is there."""
        return SealedAudioInfo(self.rate, self.channels, self.frames / self.rate, self.complete)

    def read(self, start: float, end: float | None) -> bytes:
        """PCM between two times in seconds, cut to what is there. Raises `InputError` for times that cannot be."""
        if not (start >= 0 and (end is None or end >= start)):
            raise InputError("The end of a stretch of sound lies before its start.")
        first = min(round(min(start, 1e9) * self.rate), self.frames)
        last = self.frames if end is None else min(round(min(end, 1e9) * self.rate), self.frames)
        out, before = BytesIO(), 0  # its value is handed out without a copy: three hours are 345 MB
        for segment in self.segments:
            segment.read_into(out, max(first - before, 0), min(last - before, segment.frames))
            before += segment.frames
        return out.getvalue()
