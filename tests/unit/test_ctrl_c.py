"""Ctrl-C where Python drops it: it comes again, and nothing is printed of it."""

import os
import subprocess
import sys

import pytest
from program import REPOSITORY, environment

_PROGRAM = """
import ctypes, signal, threading, weakref
from app.ctrl_c import hear_every_ctrl_c

hear_every_ctrl_c()
signal.signal(signal.SIGINT, signal.default_int_handler)


class Thing:
    pass


def press(*_):
    signal.raise_signal(signal.SIGINT)
    for _ in range(100):
        pass


def finaliser():
    Thing.__del__ = press
    Thing()


def weak_reference():
    thing = Thing()
    reference = weakref.ref(thing, press)
    del thing


def callback_from_c():
    ctypes.CFUNCTYPE(None)(press)()


try:
    {place}()
    threading.Event().wait(20)
    print("not heard")
except KeyboardInterrupt:
    print("heard")
"""


def _run(code):
    words = [sys.executable, "-c", code]
    return subprocess.run(
        words, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(os.name == "nt", reason="a process there cannot press Ctrl-C for itself alone")
@pytest.mark.parametrize("place", ["finaliser", "weak_reference", "callback_from_c"])
def test_ctrl_c_that_reaches_nobody_comes_again(place):
    done = _run(_PROGRAM.replace("{place}", place))
    assert (done.stdout, done.stderr) == ("heard\n", "")


def test_what_else_reaches_nobody_is_told_without_its_text():
    code = (
        "from app.ctrl_c import hear_every_ctrl_c\n"
        "hear_every_ctrl_c()\n"
        "class Thing:\n"
        "    def __del__(self):\n"
        "        raise ValueError('patient Bennett')\n"
        "Thing()\n"
    )
    done = _run(code)
    assert done.stderr == "anamnesis: ignored builtins.ValueError at <string>:5\n"
