"""Keeps native libraries of the engine process from holding more memory with every window they work on."""

import ctypes
import os
import sys

KERNELS_KEPT = 64
"""Kernels that oneDNN keeps ready. Its own 1,024 fill up with one for each length of window ever heard: 250 MB."""

LARGEST_KEPT = 4 * 1024 * 1024
"""Bytes: a freed piece this large goes back to the system at once, so that nothing small can settle on it."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc


def flatten_memory() -> None:
    """Call before the first native library is loaded. What a person has set in the environment stays."""
    os.environ.setdefault("DNNL_PRIMITIVE_CACHE_CAPACITY", str(KERNELS_KEPT))
    if sys.platform.startswith("linux") and not any(n.startswith("MALLOC_") for n in os.environ):
        option = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        for name in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD):
            if option is not None:
                option(name, LARGEST_KEPT)
