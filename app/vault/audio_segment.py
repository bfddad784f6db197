"""Reads one segment of a sealed recording, whole or cut off.

Blocks have one size, so where a block lies is arithmetic: only the end of the file is looked at on opening, and a
block is opened when it is read.
"""

import os
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import SealBrokenError
from app.vault.audio_format import BLOCK, END, KIND, LONGEST_HEADER, RECORD_HEAD, TAG, AudioSeal
from app.vault.field_blob import DataKey
from app.vault.machine_errors import declared
from app.vault.safe_files import open_private

_SECTOR = 512


class AudioSegment:
    """One file opened for reading; it is open only while a method runs.

    Raises `SealBrokenError` if it was altered, `VersionError`, `MachineError`.
    """

    def __init__(self, path: Path, key: DataKey, encounter_id: str, sealed: int | None = None) -> None:
        """`sealed` is how many bytes are valid so far while the file is being written."""
        self._path = path
        self._key = key
        self._encounter_id = encounter_id
        self.blocks = 0
        self.end: bytes | None = None
        with declared("read the recording"), path.open("rb") as file:
            self.seal = AudioSeal.of_header(key, encounter_id, file.read(LONGEST_HEADER))
            if sealed is None:
                self._find_end(file, file.seek(0, 2))
            else:
                self.blocks = (sealed - len(self.seal.header)) // self.seal.shape.record_bytes

    @property
    def complete(self) -> bool:
        """Whether the end mark is there."""
        return self.end is not None

    @property
    def frames(self) -> int:
        """Frames in whole blocks and the end mark."""
        return self.blocks * self.seal.shape.block + len(self.end or b"") // self.seal.shape.frame_bytes

    def read_into(self, out: BytesIO, first: int, last: int) -> None:
        """Append the PCM of the frames from `first` to `last`, which must lie within. Raises `SealBrokenError`."""
        if first >= last:
            return
        shape = self.seal.shape
        from_block, to_block = first // shape.block, (last - 1) // shape.block
        with declared("read the recording"), self._path.open("rb") as file:
            seal = self._present_seal(file)
            file.seek(_position(seal, from_block))
            for index in range(from_block, to_block + 1):
                whole = index < self.blocks
                pcm = seal.open(index, BLOCK, file.read(shape.record_bytes)) if whole else self.end or b""
                begin, end = max(first - index * shape.block, 0), min(last - index * shape.block, shape.block)
                out.write(memoryview(pcm)[begin * shape.frame_bytes : end * shape.frame_bytes])

    def record(self, file: BinaryIO, index: int) -> bytes:
        """The PCM of a whole block, from the opened file. Raises `SealBrokenError`."""
        file.seek(_position(self.seal, index))
        return self.seal.open(index, BLOCK, file.read(self.seal.shape.record_bytes))

    def _present_seal(self, file: BinaryIO) -> AudioSeal:
        """The seal of the file as it lies there now: it may have been sealed anew since it was first looked at."""
        start = file.read(LONGEST_HEADER)
        if start.startswith(self.seal.header):
            return self.seal
        found = AudioSeal.of_header(self._key, self._encounter_id, start)
        if (found.name, found.shape) != (self.seal.name, self.seal.shape):
            raise KIND.broken()
        return found

    def sync(self) -> None:
        """Bring to the disk what a killed program had written but not synced: from now on it is counted on."""
        with declared("go on with the recording"):
            handle = open_private(self._path, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _find_end(self, file: BinaryIO, size: int) -> None:
        """Every block was synced before the next one was begun: only the last record can be torn."""
        self.blocks, rest = divmod(size - len(self.seal.header), self.seal.shape.record_bytes)
        last = self._read(file, self.blocks - 1, size) if self.blocks else b""
        if rest:
            if last:
                self.seal.open(self.blocks - 1, BLOCK, last)
            self.end = self._end(self._read(file, self.blocks, size))
        elif last and not self._arrived(last):
            self.blocks -= 1

    def _read(self, file: BinaryIO, index: int, size: int) -> bytes:
        position = _position(self.seal, index)
        file.seek(position)
        return file.read(min(size - position, self.seal.shape.record_bytes))

    def _arrived(self, last: bytes) -> bool:
        """Whether the last whole block opens; False if a part of it never reached the disk."""
        try:
            self.seal.open(self.blocks - 1, BLOCK, last)
        except SealBrokenError:
            if self._has_empty_sector(self.blocks - 1, last):
                return False
            raise
        return True

    def _end(self, tail: bytes) -> bytes | None:
        """The sound in the end mark, or None if the file was cut before or within it, or within a block."""
        if len(tail) < RECORD_HEAD:
            return None
        try:
            kind, length = self.seal.record_head(tail[:RECORD_HEAD], self.blocks)
            if kind == BLOCK or len(tail) < RECORD_HEAD + length + TAG:
                return None
            return self.seal.open(self.blocks, END, tail)
        except SealBrokenError:
            if self._has_empty_sector(self.blocks, tail):
                return None
            raise

    def _has_empty_sector(self, index: int, record: bytes) -> bool:
        """After a power cut a file may be longer than what reached the disk: sectors of it read as zeros."""
        edges = [0, *range(_SECTOR - _position(self.seal, index) % _SECTOR, len(record), _SECTOR), len(record)]
        return any(not any(record[a:b]) for a, b in pairwise(edges))


def _position(seal: AudioSeal, index: int) -> int:
    return len(seal.header) + index * seal.shape.record_bytes


def joined(segments: list[AudioSegment]) -> list[AudioSegment]:
    """The segments, after making sure that each follows the one before it. Raises `SealBrokenError`."""
    first = segments[0].seal
    if first.origin.number:
        raise KIND.broken()
    for before, after in pairwise(segments):
        same = (first.shape.rate, first.shape.channels) == (after.seal.shape.rate, after.seal.shape.channels)
        if before.complete or not same or after.seal.origin != before.seal.followed_by(before.blocks):
            raise KIND.broken()
    return segments
