"""What every process of the program does first: files for their owner alone, and nothing of its memory on any disk.

Linux: no core file (`RLIMIT_CORE` 0), and `PR_SET_DUMPABLE` 0, so that neither a core handler nor another process of
the same user (debugger, `/proc/PID/mem`) reads the memory; prctl(2). macOS: no core file, no debugger
(`PT_DENY_ATTACH`). Windows: no box of the error reporting, whose dump holds the heap (`WerSetFlags`, no heap). What no
program can keep away: an administrator, hibernation and swap; an encrypted disk does.
"""

import ctypes
import os
import sys
from collections.abc import Callable

_UMASK = 0o077
_PR_SET_DUMPABLE = 4
_PT_DENY_ATTACH = 31
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x0001, 0x0002
_WER_NO_HEAP = 1

Library = Callable[[str | None], ctypes.CDLL]


def guard_process(platform: str = sys.platform, load: Library = ctypes.CDLL) -> None:
    """Guard this process; children do it again for themselves. What the system refuses is left: it is a second wall."""
    os.umask(_UMASK)
    _no_core_file()
    if platform == "linux":
        load(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    elif platform == "darwin":
        load(None).ptrace(_PT_DENY_ATTACH, 0, 0, 0)
    elif platform == "win32":
        kernel = load("kernel32")
        kernel.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
        kernel.WerSetFlags(_WER_NO_HEAP)


def _no_core_file() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
