"""Digests of files."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from app.domain.work import CancelToken

BLOCK = 1 << 20


def sha256_of(path: Path, cancel: CancelToken | None = None) -> str:
    """Return the SHA-256 of a file in hex, reading all of it. Raises `OSError`, `WorkCancelledError`."""
    return _digest(path, hashlib.sha256(), cancel)


def git_blob_of(path: Path, cancel: CancelToken | None = None) -> str:
    """Return the git object id of a file (SHA-1 over a header and the bytes), as hubs publish it for small files."""
    start = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    return _digest(path, start, cancel)


def copy_hashing(source: BinaryIO, target: BinaryIO, limit: int, cancel: CancelToken | None = None) -> tuple[int, str]:
    """Copy at most `limit` + 1 bytes; return how many were copied and their SHA-256 in hex."""
    state, copied = hashlib.sha256(), 0
    while copied <= limit and (block := source.read(min(BLOCK, limit + 1 - copied))):
        if cancel is not None:
            cancel.check()
        target.write(block)
        state.update(block)
        copied += len(block)
    return copied, state.hexdigest()


def _digest(path: Path, state: "hashlib._Hash", cancel: CancelToken | None) -> str:
    buffer = memoryview(bytearray(BLOCK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            if cancel is not None:
                cancel.check()
            state.update(buffer[:count])
    return state.hexdigest()
