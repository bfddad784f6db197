"""Reads a sealed recording, whole or cut off."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import InputError, SealBrokenError
from app.domain.ports import SealedAudioInfo
from app.vault.audio_format import BLOCK, END, HEADER_SIZE, KIND, RECORD_HEAD, TAG, AudioSeal
from app.vault.field_blob import DataKey
from app.vault.machine_errors import declared

_SECTOR = 512


@dataclass(frozen=True, slots=True)
class _Layout:
    """Whole records: file offset of ciphertext, kind, plaintext length."""

    records: list[tuple[int, int, int]]
    complete: bool


class SealedAudioReader:
    """A recording opened for reading; the file is open only while a method runs.

    Raises `SealBrokenError` if a block was altered, exchanged, repeated or left out, `VersionError`, `MachineError`.
    """

    def __init__(self, path: Path, key: DataKey, encounter_id: str) -> None:
        self._path = path
        with declared("read the recording"), path.open("rb") as file:
            self._seal = AudioSeal.of_header(key, encounter_id, file.read(HEADER_SIZE))
            self._layout = self._scan(file)

    def info(self) -> SealedAudioInfo:
        """Rate, channels, duration in seconds, and whether the end mark is there."""
        shape = self._seal.shape
        frames = sum(length for _, _, length in self._layout.records) // shape.frame_bytes
        return SealedAudioInfo(shape.rate, shape.channels, frames / shape.rate, self._layout.complete)

    def read(self, start: float, end: float | None) -> bytes:
        """PCM between two times in seconds, cut to what is there. Raises `InputError` for times that cannot be."""
        shape = self._seal.shape
        if not (start >= 0 and (end is None or end >= start)):
            raise InputError("The end of a stretch of sound lies before its start.")
        total = sum(length for _, _, length in self._layout.records)
        first = min(round(min(start, 1e9) * shape.rate) * shape.frame_bytes, total)
        last = total if end is None else min(round(min(end, 1e9) * shape.rate) * shape.frame_bytes, total)
        if first >= last:
            return b""
        from_block, to_block = first // shape.block_bytes, (last - 1) // shape.block_bytes
        pcm = bytearray()
        with declared("read the recording"), self._path.open("rb") as file:
            for index in range(from_block, to_block + 1):
                pcm += self._open(file, index, self._layout.records[index])
        offset = from_block * shape.block_bytes
        return bytes(pcm[first - offset : last - offset])

    def _scan(self, file: BinaryIO) -> _Layout:
        size = file.seek(0, 2)
        records: list[tuple[int, int, int]] = []
        position = HEADER_SIZE
        while position < size:
            file.seek(position)
            head = file.read(RECORD_HEAD)
            body = position + RECORD_HEAD
            if len(head) < RECORD_HEAD or self._never_arrived(file, position, size):
                return _Layout(records, complete=False)
            kind, length = self._seal.record_head(head, len(records))
            if body + length + TAG > size:
                return _Layout(records, complete=False)
            record = (body, kind, length)
            if kind == END:
                if body + length + TAG != size:
                    raise KIND.broken()
                self._open(file, len(records), record)
                return _Layout([*records, record], complete=True)
            if body + length + TAG == size and not self._opens(file, len(records), record):
                return _Layout(records, complete=False)
            records.append(record)
            position = body + length + TAG
        return _Layout(records, complete=False)

    def _opens(self, file: BinaryIO, index: int, record: tuple[int, int, int]) -> bool:
        """Whether the last block of a cut recording opens; False if part of it never reached the disk."""
        try:
            self._open(file, index, record)
        except SealBrokenError:
            body, _, length = record
            if self._has_empty_sector(file, body, body + length + TAG):
                return False
            raise
        return True

    def _never_arrived(self, file: BinaryIO, position: int, size: int) -> bool:
        """After a power cut a file may be longer than what reached the disk: the rest reads as zeros."""
        if size - position > RECORD_HEAD + self._seal.shape.block_bytes + TAG:
            return False
        file.seek(position)
        return not any(file.read(size - position))

    @staticmethod
    def _has_empty_sector(file: BinaryIO, start: int, end: int) -> bool:
        file.seek(start)
        data = file.read(end - start)
        edges = [0, *range(_SECTOR - start % _SECTOR, len(data), _SECTOR), len(data)]
        return any(b - a >= TAG and not any(data[a:b]) for a, b in pairwise(edges))

    def _open(self, file: BinaryIO, index: int, record: tuple[int, int, int]) -> bytes:
        position, kind, length = record
        file.seek(position)
        return self._seal.open(index, BLOCK if kind == BLOCK else END, file.read(length + TAG))
