"""An exported file: whole or not there, for its owner alone, and never over another file unasked."""

import contextlib
import errno
import os
import secrets
from pathlib import Path

from app.domain.errors import AnamnesisError, DiskFullError, InputError, MachineError
from app.exchange.one_line import one_line

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.ENOTSUP, errno.EOPNOTSUPP}


def write_export(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write UTF-8 text (LF line ends) with mode 0600; an interrupted write leaves the old file or none.

    Raises:
        InputError: the path is a folder, its folder is missing, or it exists and `overwrite` is false.
        DiskFullError: no space left; nothing was changed.
        MachineError: the system refuses otherwise.
    """
    refuse_existing(path, overwrite=overwrite)
    part = path.with_name(f".anamnesis-{secrets.token_hex(8)}.part")
    try:
        try:
            _write_part(part, text.encode("utf-8"))
            _put_in_place(part, path, overwrite=overwrite)
        finally:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise _declared(error, path) from error


def refuse_existing(path: Path, *, overwrite: bool = False) -> None:
    """Raises `InputError` for a folder, and for a file that is there unless it may be overwritten."""
    if path.is_dir():
        raise InputError(f"{one_line(path.name)} is a folder.", "Name a file.")
    if not overwrite and os.path.lexists(path):
        raise _exists(path)


def _write_part(part: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(part, flags, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(part: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(path)
        return
    try:
        os.link(part, path)  # fails if somebody made the file meanwhile; a rename would replace it
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise _exists(path) from None
        part.replace(path)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exists(path: Path) -> InputError:
    return InputError(f"{one_line(path.name)} exists already.", "Choose another name, or say that it may be replaced.")


def _declared(error: OSError, path: Path) -> AnamnesisError:
    name = one_line(path.name)
    if error.errno in _FULL:
        return DiskFullError(f"There is no space left to write {name}.", "Free some space; nothing was changed.")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return InputError(f"The folder for {name} does not exist.", "Make it first, or choose another.")
    return MachineError(f"{name} cannot be written: {error.strerror}.", "Check permissions, or choose another folder.")
