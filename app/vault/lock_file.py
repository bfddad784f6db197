"""One program at a time: the operating system's lock on `vault.lock`, given back even after kill -9."""

from pathlib import Path

import filelock

from app.domain.errors import ConflictError
from app.vault.machine_errors import declared
from app.vault.safe_files import FILE_MODE

NAME = "vault.lock"
PATIENCE = 2.0


class VaultLock:
    """Holds the vault for this session. Raises `ConflictError` if another program or session keeps it."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._lock = filelock.FileLock(folder / NAME, timeout=patience, mode=FILE_MODE, thread_local=False)
        with declared("lock the vault"):
            try:
                self._lock.acquire()
            except filelock.Timeout as error:
                raise ConflictError(
                    "Another Anamnesis has this vault open.", "Close its window or wait for its command to end."
                ) from error

    def release(self) -> None:
        """Give the vault back. Releasing twice is harmless."""
        with declared("unlock the vault"):
            self._lock.release(force=True)
