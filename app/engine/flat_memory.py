"""Keeps native libraries of the engine process from holding more memory with every window they work on."""

import ctypes
import os
import sys
from collections.abc import Callable

KERNELS_KEPT = 64
"""Kernels that oneDNN keeps ready. Its own 1,024 fill up with one for each length of window ever heard: 250 MB."""

LARGEST_KEPT = 4 * 1024 * 1024
"""Bytes: a freed piece this large goes back to the system at once, so that nothing small can settle on it."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc


def flatten_memory() -> None:
    """Call before the first native library is loaded. What a person has set in the environment stays."""
    os.environ.setdefault("DNNL_PRIMITIVE_CACHE_CAPACITY", str(KERNELS_KEPT))
    limit = _of_glibc("mallopt")
    if limit is not None and not any(name.startswith("MALLOC_") for name in os.environ):
        for name in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD):
            limit(name, LARGEST_KEPT)


def give_back() -> None:
    """Hand pages that hold nothing back to the system; takes milliseconds, so once a window, not once a call."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """A function of the system's allocator; None where there is another one (Windows, macOS, musl)."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
