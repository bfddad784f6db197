"""Sealed recordings of encounters under `audio/`, named by the encounter's random id.

The first segment is `<id>.audio`; each time a recording that was cut off is resumed, `<id>.1.audio` and so on follow.
"""

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from app.domain.errors import AnamnesisError, ConflictError, SealBrokenError
from app.domain.work import CancelToken
from app.vault.audio_reader import SealedAudioReader
from app.vault.audio_segment import AudioSegment
from app.vault.audio_writer import SealedAudioWriter, resume_recording, start_recording
from app.vault.field_blob import DataKey
from app.vault.machine_errors import declared
from app.vault.rotation.audio_resealing import stage_resealed, under_present_key
from app.vault.safe_files import drop_staged, make_private_folder, sync_folder

FOLDER = "audio"
_SUFFIX = ".audio"
_ID = re.compile(r"[0-9a-f]{32}")


class Recordings:
    """Files and open writers of one session. `known` is how many segments the database knows of, at least."""

    def __init__(self, vault_folder: Path) -> None:
        self._folder = vault_folder / FOLDER
        self._writers: dict[str, SealedAudioWriter] = {}
        self._copied = 0
        self._lock = threading.Lock()

    def start(
        self, key: DataKey, encounter_id: str, rate: int, channels: int, finished: Callable[[float], None]
    ) -> SealedAudioWriter:
        """Start the encounter's recording. Raises as `start_recording`."""
        make_private_folder(self._folder)
        with self._lock:
            writer = start_recording(self._path(encounter_id, 0), key, encounter_id, rate, channels, finished)
            self._writers[encounter_id] = writer
        return writer

    def resume(
        self, key: DataKey, encounter_id: str, known: int, finished: Callable[[float], None]
    ) -> tuple[SealedAudioWriter, int]:
        """Go on with a recording that was cut off; return the writer of a new segment and how many there are now.

        Raises `ConflictError` (there is none, it is complete, or this session is writing it), `SealBrokenError`.
        """
        with self._lock:
            if self._open_writer(encounter_id) is not None:
                raise ConflictError("This visit is being recorded.", "Stop that recording first.")
            reader = self._reader(key, encounter_id, known)
            if reader is None:
                raise ConflictError("This encounter has no recording.", "Start one.")
            number = len(reader.segments)
            writer = resume_recording(self._path(encounter_id, number), key, encounter_id, reader, finished)
            self._writers[encounter_id] = writer
        return writer, number + 1

    def reader(self, key: DataKey, encounter_id: str, known: int) -> SealedAudioReader | None:
        """A reader, also of what is being written, or None if there is no recording.

        Raises `SealBrokenError`, also if a segment is missing, `VersionError`, `MachineError`.
        """
        with self._lock:
            return self._reader(key, encounter_id, known)

    def reseal(self, key: DataKey, encounter_id: str, known: int, cancel: CancelToken) -> bool:
        """Seal every segment anew under the present key, one after another; return whether nothing is left.

        What is being recorded or backed up waits for its end, and what lies on another machine is done there.
        Raises `WorkCancelledError`, `SealBrokenError`, `DiskFullError`, `MachineError`: then each file is old or new.
        """
        with self._lock:
            paths, busy = self._segments(encounter_id), self._open_writer(encounter_id) is not None
        if busy or len(paths) < known or self._copied:
            return False
        for path in paths:
            if under_present_key(path, key, encounter_id):
                continue
            staged = stage_resealed(path, key, encounter_id, cancel)
            with self._lock, declared("seal the recording anew"):
                if not path.exists() or self._copied:  # destroyed meanwhile, or a backup needs it as it is
                    drop_staged(staged)
                    return False
                try:
                    os.replace(staged, path)
                except OSError:
                    drop_staged(staged)
                    raise
                sync_folder(self._folder)
        return True

    def remove(self, encounter_id: str) -> None:
        """Delete the recording, if there is one. Raises `MachineError`."""
        with self._lock:
            writer = self._writers.pop(encounter_id, None)
        if writer is not None:
            writer.abandon()
        self._path(encounter_id, 0)
        with declared("delete the recording"):
            found = list(self._folder.glob(encounter_id + ".*"))
            for path in found:
                path.unlink()
            if found:
                sync_folder(self._folder)

    def ids(self) -> set[str]:
        """The encounters that have a recording on disk."""
        with declared("list the recordings"):
            found = self._folder.glob("*" + _SUFFIX) if self._folder.exists() else ()
            return {p.name.partition(".")[0] for p in found}

    @contextlib.contextmanager
    def being_copied(self) -> Iterator[None]:
        """In this block no file is sealed anew: the database that was copied before it knows the keys of them all."""
        with self._lock:
            self._copied += 1
        try:
            yield
        finally:
            with self._lock:
                self._copied -= 1

    def sealed_files(self) -> list[tuple[Path, int]]:
        """Every file of sound, by encounter and segment, with the bytes from its start that are sealed and on disk."""
        with self._lock, declared("list the recordings"):
            writing = {w.path: w.sealed for w in self._writers.values() if w.open}
            found = sorted(self._folder.glob("*" + _SUFFIX), key=_in_order) if self._folder.exists() else []
            return [(path, writing.get(path, path.stat().st_size)) for path in found]

    def close(self) -> None:
        """End the recordings that are still open. Raises the first declared error, after trying every one."""
        with self._lock:
            writers, self._writers = list(self._writers.values()), {}
        first: AnamnesisError | None = None
        for writer in writers:
            try:
                writer.close()
            except AnamnesisError as error:
                first = first or error
                with contextlib.suppress(AnamnesisError):
                    writer.abandon()
        if first is not None:
            raise first

    def _reader(self, key: DataKey, encounter_id: str, known: int) -> SealedAudioReader | None:
        paths = self._segments(encounter_id)
        if len(paths) < known:
            raise SealBrokenError("A part of this recording is missing.", "Restore the vault's files from a backup.")
        if not paths:
            return None
        writer = self._open_writer(encounter_id)
        sealed = [None] * (len(paths) - 1) + [writer.sealed if writer else None]
        return SealedAudioReader(
            [AudioSegment(path, key, encounter_id, size) for path, size in zip(paths, sealed, strict=True)]
        )

    def _segments(self, encounter_id: str) -> list[Path]:
        paths: list[Path] = []
        with declared("read the recording"):
            while (path := self._path(encounter_id, len(paths))).exists():
                paths.append(path)
        return paths

    def _open_writer(self, encounter_id: str) -> SealedAudioWriter | None:
        writer = self._writers.get(encounter_id)
        return writer if writer is not None and writer.open else None

    def _path(self, encounter_id: str, segment: int) -> Path:
        if not _ID.fullmatch(encounter_id):
            raise ValueError("an encounter id is 32 hexadecimal digits")
        return self._folder / (encounter_id + (f".{segment}" if segment else "") + _SUFFIX)


def _in_order(path: Path) -> tuple[str, int]:
    encounter_id, *number, _suffix = path.name.split(".")
    return encounter_id, int(number[0]) if number and number[0].isdecimal() else 0
