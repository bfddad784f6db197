"""Sealed recordings of encounters: one file each under `audio/`, named by the encounter's random id."""

import contextlib
import re
import threading
from collections.abc import Callable
from pathlib import Path

from app.domain.errors import AnamnesisError
from app.vault.audio_reader import SealedAudioReader
from app.vault.audio_writer import SealedAudioWriter, start_recording
from app.vault.field_blob import DataKey
from app.vault.machine_errors import declared
from app.vault.safe_files import make_private_folder, sync_folder

FOLDER = "audio"
_SUFFIX = ".audio"
_ID = re.compile(r"[0-9a-f]{32}")


class Recordings:
    """Files and open writers of one session."""

    def __init__(self, vault_folder: Path) -> None:
        self._folder = vault_folder / FOLDER
        self._writers: dict[str, SealedAudioWriter] = {}
        self._lock = threading.Lock()

    def start(
        self, key: DataKey, encounter_id: str, rate: int, channels: int, finished: Callable[[float], None]
    ) -> SealedAudioWriter:
        """Start the encounter's recording. Raises as `start_recording`."""
        make_private_folder(self._folder)
        with self._lock:
            writer = start_recording(self._path(encounter_id), key, encounter_id, rate, channels, finished)
            self._writers[encounter_id] = writer
        return writer

    def reader(self, key: DataKey, encounter_id: str) -> SealedAudioReader | None:
        """A reader, or None if there is no recording. Raises as `SealedAudioReader`."""
        path = self._path(encounter_id)
        with declared("read the recording"):
            if not path.exists():
                return None
        return SealedAudioReader(path, key, encounter_id)

    def remove(self, encounter_id: str) -> None:
        """Delete the recording, if there is one. Raises `MachineError`."""
        with self._lock:
            writer = self._writers.pop(encounter_id, None)
        if writer is not None:
            writer.abandon()
        path = self._path(encounter_id)
        with declared("delete the recording"):
            if path.exists():
                path.unlink()
                sync_folder(path.parent)

    def ids(self) -> set[str]:
        """The encounters that have a recording on disk."""
        with declared("list the recordings"):
            return {p.stem for p in self._folder.glob("*" + _SUFFIX)} if self._folder.exists() else set()

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

    def _path(self, encounter_id: str) -> Path:
        if not _ID.fullmatch(encounter_id):
            raise ValueError("an encounter id is 32 hexadecimal digits")
        return self._folder / (encounter_id + _SUFFIX)
