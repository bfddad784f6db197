"""Writes a segment of a sealed recording: every quarter of a second is sealed and synced before `write` returns."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.errors import AnamnesisError, ConflictError, InputError
from app.vault.audio_format import (
    BLOCK,
    END,
    MAXIMUM_CHANNELS,
    MAXIMUM_RATE,
    AudioSeal,
    AudioShape,
    Origin,
)
from app.vault.audio_reader import SealedAudioReader
from app.vault.field_blob import DataKey
from app.vault.machine_errors import declared
from app.vault.safe_files import open_private, replace_file, sync_data, write_all


class SealedAudioWriter:
    """`AudioWriter` on a file. After a failed write (a full disk) the sound is kept, and the next call tries again."""

    def __init__(self, path: Path, seal: AudioSeal, finished: Callable[[float], None], before: int = 0) -> None:
        """`path` holds the header already; `before` are the frames of earlier segments.

        `finished` is called once with the duration of the whole recording in seconds.
        """
        self.path = path
        self._seal = seal
        self._finished = finished
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._index = 0
        self._sealed = len(seal.header)
        self._frames = before
        self._closing = False
        self._ended = False
        self._told = False
        with declared("open the recording"):
            self._handle: int | None = open_private(path, os.O_WRONLY)

    @property
    def open(self) -> bool:
        """Whether the file is still this writer's."""
        return self._handle is not None

    @property
    def sealed(self) -> int:
        """Bytes of the file, from its start, that are sealed and on disk."""
        return self._sealed

    def write(self, pcm: bytes) -> None:
        """Append whole frames. Raises `DiskFullError`, `MachineError`, `InputError` (half a frame), `ConflictError`."""
        shape = self._seal.shape
        if len(pcm) % shape.frame_bytes:
            raise InputError("The sound ends in the middle of a frame.")
        with self._lock:
            # The end mark's nonce is spent at the first try: what it seals must not grow after that.
            if self._closing or self._handle is None:
                raise ConflictError("This recording has ended.", "Start another encounter.")
            self._waiting += pcm
            self._seal_whole_blocks()

    def close(self) -> None:
        """Seal the rest and the end mark; nothing more is taken. If that fails, closing again tries again."""
        with self._lock:
            if self._handle is not None and not self._ended:
                self._closing = True
                self._seal_whole_blocks()
                self._put(END, bytes(self._waiting))
                self._waiting.clear()
                self._ended = True
                self._release()
            if self._ended and not self._told:
                self._finished(self._frames / self._seal.shape.rate)
                self._told = True

    def abandon(self) -> None:
        """Give the file back without an end mark; what was sealed stays and opens."""
        with self._lock:
            self._release()

    def _seal_whole_blocks(self) -> None:
        size = self._seal.shape.block_bytes
        while len(self._waiting) >= size:
            self._put(BLOCK, bytes(self._waiting[:size]))
            del self._waiting[:size]

    def _put(self, kind: int, pcm: bytes) -> None:
        handle = self._handle
        if handle is None:
            raise ConflictError("This recording was given up.", "Start another encounter.")
        record = self._seal.record(self._index, kind, pcm)
        with declared("write the recording"):
            try:
                os.lseek(handle, self._sealed, os.SEEK_SET)
                write_all(handle, record)
                sync_data(handle)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, self._sealed)
                raise
        self._sealed += len(record)
        self._index += 1
        self._frames += len(pcm) // self._seal.shape.frame_bytes

    def _release(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            with declared("close the recording"):
                os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        # The block's own error is the one to hear; what was sealed stays and opens.
        try:
            self.close()
        except AnamnesisError:
            self.abandon()


def start_recording(
    path: Path, key: DataKey, encounter_id: str, rate: int, channels: int, finished: Callable[[float], None]
) -> SealedAudioWriter:
    """Make the first segment with its header, durably, and return its writer.

    Raises `ConflictError` if there is a recording, `InputError` for a rate or channel count that cannot be.
    """
    if not (1 <= rate <= MAXIMUM_RATE and 1 <= channels <= MAXIMUM_CHANNELS):
        raise InputError(f"Sound of {rate} Hz and {channels} channels cannot be recorded.", "Choose another device.")
    seal = AudioSeal.new(key, encounter_id, AudioShape.of_quarters(rate, channels), Origin())
    _begin(path, seal)
    return SealedAudioWriter(path, seal, finished)


def resume_recording(
    path: Path, key: DataKey, encounter_id: str, earlier: SealedAudioReader, finished: Callable[[float], None]
) -> SealedAudioWriter:
    """Make the segment after those of `earlier`, with a key of its own, and return its writer.

    What was torn off the end of the segment before stays as it lies. Raises `ConflictError` if it is complete.
    """
    if earlier.complete:
        raise ConflictError("This recording is complete.", "Start another encounter.")
    last = earlier.segments[-1]
    last.sync()
    shape = AudioShape.of_quarters(earlier.rate, earlier.channels)
    seal = AudioSeal.new(key, encounter_id, shape, last.seal.followed_by(last.blocks))
    _begin(path, seal)
    return SealedAudioWriter(path, seal, finished, earlier.frames)


def _begin(path: Path, seal: AudioSeal) -> None:
    if path.exists():
        raise ConflictError("This encounter has a recording.", "Start another encounter.")
    replace_file(path, seal.header, "start the recording")
