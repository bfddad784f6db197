"""Files that only their owner reads, synced to the disk before they count as written."""

import contextlib
import os
import stat
import sys
from pathlib import Path

from app.vault.machine_errors import declared

FOLDER_MODE = 0o700
FILE_MODE = 0o600
POSIX = os.name == "posix"


def make_private_folder(folder: Path) -> None:
    """Create `folder` (and missing parents) for its owner alone. Raises `MachineError`."""
    with declared("create the vault's folder"):
        missing = []
        current = folder
        while not current.exists():
            missing.append(current)
            current = current.parent
        for path in reversed(missing):
            path.mkdir(mode=FOLDER_MODE, exist_ok=True)
            sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` durable; Windows does that by itself."""
    if not POSIX:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_data(handle: int) -> None:
    """Return when the bytes written to `handle` are on the disk."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(handle)
    else:
        os.fsync(handle)


def open_private(path: Path, flags: int) -> int:
    """`os.open` for the owner alone, in binary, not inherited by child processes, following no symbolic link."""
    extra = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags | extra, FILE_MODE)


def write_all(handle: int, data: bytes) -> None:
    """Write every byte; `os.write` may write fewer."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def stage_file(path: Path, data: bytes, what: str) -> Path:
    """Write `data` durably beside `path`, to be renamed over it; return where. Raises `MachineError`."""
    new = path.with_name(path.name + ".new")
    with declared(what):
        try:
            handle = open_private(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            try:
                write_all(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError:
            drop_staged(new)
            raise
    return new


def drop_staged(*staged: Path) -> None:
    """Remove staged files after a failure; one that stays is overwritten by the next try."""
    for path in staged:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def replace_file(path: Path, data: bytes, what: str) -> None:
    """Replace `path` by `data` in one step: after a crash it holds the old bytes or the new, never a mixture.

    Raises `DiskFullError`, `MachineError`.
    """
    new = stage_file(path, data, what)
    with declared(what):
        try:
            os.replace(new, path)
        except OSError:
            drop_staged(new)
            raise
        sync_folder(path.parent)


def tighten(folder: Path) -> list[str]:
    """Take away what others may do with the vault's files; return the names that were too open.

    Raises `MachineError` if the mode cannot be changed (the files belong to someone else).
    """
    if not POSIX:
        return []
    found = []
    with declared("close the vault's files to other users"):
        for path in (folder, *folder.rglob("*")):
            if path.is_symlink():
                continue
            is_folder = path.is_dir()
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(FOLDER_MODE if is_folder else FILE_MODE)
                found.append(path.name if path != folder else ".")
    return found
