"""The room's edge: what the machine refuses becomes a declared error with its way out."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import DiskFullError, MachineError

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_WINDOWS_FULL = 112


def machine_error(error: OSError, what: str) -> MachineError:
    """Return the declared error for `error`; `what` is a short phrase such as "write the vault's header"."""
    if error.errno in _FULL or getattr(error, "winerror", None) == _WINDOWS_FULL:
        return DiskFullError(f"The disk is full: cannot {what}.", "Free some space and try again.")
    if error.errno in _REFUSED:
        return MachineError(f"Permission refused: cannot {what}.", "Check who owns the vault's folder.")
    reason = error.strerror or type(error).__name__
    return MachineError(f"Cannot {what}: {reason}.", "Check the disk that holds the vault's folder.")


@contextmanager
def declared(what: str) -> Iterator[None]:
    """Turn every `OSError` of the block into `MachineError` or `DiskFullError`."""
    try:
        yield
    except OSError as error:
        raise machine_error(error, what) from error
