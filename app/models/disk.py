"""Room on the disk, and what the disk's refusals mean."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import DiskFullError, MachineError

MARGIN = 200_000_000
"""Bytes left free for everything else, a recording above all."""

_WINDOWS_DISK_FULL = 112
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


def is_disk_full(error: OSError) -> bool:
    """Whether the operating system said that the disk or the quota is used up."""
    return error.errno in _FULL or getattr(error, "winerror", None) == _WINDOWS_DISK_FULL


def require_space(folder: Path, size: int) -> None:
    """Raise `DiskFullError` unless `size` bytes and a margin are free where `folder` lies."""
    free = shutil.disk_usage(folder).free
    if free < size + MARGIN:
        raise DiskFullError(
            f"The disk of {folder} has {free / 1e6:.0f} MB free; {(size + MARGIN) / 1e6:.0f} MB are needed.",
            "Free some space, or choose another disk with ANAMNESIS_MODELS_DIR.",
        )


@contextmanager
def declared_disk_errors(folder: Path) -> Iterator[None]:
    """Turn the disk's refusals into declared errors: `DiskFullError`, else `MachineError`."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFullError(
                f"The disk of {folder} became full while model files were written.",
                "Free some space, or choose another disk with ANAMNESIS_MODELS_DIR.",
            ) from error
        reason = error.strerror or type(error).__name__
        raise MachineError(
            f"Model files cannot be written to or read from {error.filename or folder} ({reason}).",
            "Check the permissions, or choose another folder with ANAMNESIS_MODELS_DIR.",
        ) from error


def place(partial: Path, target: Path) -> None:
    """Make a checked file durable under its name: sync, then replace in one step."""
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(target)
