"""The program in a process group of its own, as a shell starts it, and Ctrl-C after some seconds."""

import os
import signal
import subprocess
import sys
import time

import psutil
from program import REPOSITORY, environment

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background job; children would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

_NOT_UP = "init_import_site"  # the interpreter's own words for an interrupt before any program runs


def interrupted(words, seconds, **extra):
    """Return (exit status, output, errors, processes still alive).

    On a busy machine Python itself may not be up by then, and nothing of ours can answer: then it is done again, later.
    """
    outcome = _once(words, seconds, **extra)
    not_up = outcome[0] == -signal.SIGINT or _NOT_UP in outcome[2]  # Python had no handler yet, or was loading its own
    return interrupted(words, 2 * seconds, **extra) if not_up and seconds < 5 else outcome


def _once(words, seconds, **extra):
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *map(str, words)],
        cwd=REPOSITORY,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(seconds)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()  # a child left unread would fail the next test, too
        raise
    return process.returncode, out, err, psutil.wait_procs(children, timeout=20)[1]
