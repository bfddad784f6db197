"""Keys that are made for one act and overwritten after it.

Python can overwrite only what lies in a `bytearray`. What this cannot reach: passphrases (`str`), keys inside bundles
and opened data keys (`bytes`, freed but not overwritten), and copies that OpenSSL or the collector made. Against those
stand the process's guards: no core dump, no other process of the user reads the memory, sign-out forgets every key.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def passing_key(size: int = 32) -> Iterator[bytearray]:
    """Room for a key, all zeros again when the block ends."""
    room = bytearray(size)
    try:
        yield room
    finally:
        room[:] = bytes(size)
