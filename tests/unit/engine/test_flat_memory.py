"""Native libraries of the engine process give back what they freed, and keep few kernels."""

import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, os
from app.engine.flat_memory import LARGEST_KEPT, flatten_memory
flatten_memory()
print(os.environ["DNNL_PRIMITIVE_CACHE_CAPACITY"])
libc = ctypes.CDLL(None)
class Blocks(ctypes.Structure):
    _names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in _names.split()]
libc.mallinfo2.restype = Blocks
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.free(libc.malloc(4 * LARGEST_KEPT))  # glibc would now raise its limit above this size
before = libc.mallinfo2().hblks
libc.malloc(2 * LARGEST_KEPT)
print(libc.mallinfo2().hblks - before)
"""


def _run(script: str = SCRIPT, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PATH": "", **environment}, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_a_large_piece_is_the_systems_own_even_after_a_larger_one_was_freed():
    assert _run() == ["64", "1"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_what_a_person_has_set_stays():
    assert _run(DNNL_PRIMITIVE_CACHE_CAPACITY="9", MALLOC_ARENA_MAX="8") == ["9", "0"]


GIVEN_BACK = """
import psutil
from app.engine.flat_memory import give_back
pieces = [bytearray(100_000) for _ in range(1_000)]
del pieces[:-1]  # the last one keeps the heap from shrinking
held = psutil.Process().memory_info().rss
give_back()
print(held - psutil.Process().memory_info().rss > 50e6)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_pages_below_something_that_is_still_needed_go_back():
    assert _run(GIVEN_BACK) == ["True"]
