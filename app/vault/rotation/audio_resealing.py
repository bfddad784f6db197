"""Seals a segment of a recording anew under the present data key: a new file beside it, read back, then renamed."""

import hashlib
import os
from pathlib import Path

from app.domain.errors import SealBrokenError
from app.domain.work import CancelToken
from app.vault.audio_format import BLOCK, END, LONGEST_HEADER, AudioSeal
from app.vault.audio_segment import AudioSegment
from app.vault.field_blob import DataKey
from app.vault.machine_errors import declared
from app.vault.safe_files import drop_staged, open_private, write_all

_SUFFIX = ".resealed"


def under_present_key(path: Path, key: DataKey, encounter_id: str) -> bool:
    """Whether a segment is sealed under the present key already. Raises `SealBrokenError`, `MachineError`."""
    with declared("read the recording"), path.open("rb") as file:
        return AudioSeal.of_header(key, encounter_id, file.read(LONGEST_HEADER)).key_id == key.id


def stage_resealed(path: Path, key: DataKey, encounter_id: str, cancel: CancelToken) -> Path:
    """Write the segment's sound under the present key durably beside it; return where.

    What a crash tore off its end stays behind. The new file is read back before it counts.
    Raises `WorkCancelledError`, `SealBrokenError`, `DiskFullError`, `MachineError`: then nothing is left beside it.
    """
    segment = AudioSegment(path, key, encounter_id)
    staged = path.with_name(path.name + _SUFFIX)
    try:
        sound = _write(segment, segment.seal.renewed(key, encounter_id), path, staged, cancel)
        written = AudioSegment(staged, key, encounter_id)
        same_shape = (written.blocks, written.end) == (segment.blocks, segment.end)
        _expect(whole=same_shape and _sound(written, staged, cancel) == sound)
    except BaseException:
        drop_staged(staged)
        raise
    return staged


def _expect(*, whole: bool) -> None:
    if not whole:
        raise SealBrokenError("A recording that was sealed anew does not read back.", "Check the disk.")


def _write(segment: AudioSegment, seal: AudioSeal, path: Path, staged: Path, cancel: CancelToken) -> bytes:
    """Return the digest of the sound that was written."""
    digest = hashlib.sha256()
    with declared("seal the recording anew"), path.open("rb") as file:
        handle = open_private(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            write_all(handle, seal.header)
            for index in range(segment.blocks):
                cancel.check()
                pcm = segment.record(file, index)
                digest.update(pcm)
                write_all(handle, seal.record(index, BLOCK, pcm))
            if segment.end is not None:
                write_all(handle, seal.record(segment.blocks, END, segment.end))
            os.fsync(handle)
        finally:
            os.close(handle)
    return digest.digest()


def _sound(segment: AudioSegment, path: Path, cancel: CancelToken) -> bytes:
    digest = hashlib.sha256()
    with declared("read the recording"), path.open("rb") as file:
        for index in range(segment.blocks):
            cancel.check()
            digest.update(segment.record(file, index))
    return digest.digest()
