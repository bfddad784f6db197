"""Ctrl-C once stops a recording, twice gives up its text; a request of the system to end seals the sound."""

import io
import signal
import threading

import pytest

from app.commands.live_terminal import LiveTerminal
from app.commands.recording_run import StopKeys, record_until_stopped
from app.domain.errors import WorkCancelledError
from app.domain.live import Stopped, StopReason
from app.domain.work import no_progress


class Visit:
    """Stops at once, or waits in its stop until it is cancelled."""

    elapsed = 12.5

    def __init__(self, waits=False):
        self.waits = waits
        self.calls = []

    def stop(self, _progress, cancel):
        self.calls.append("stop")
        if self.waits:
            threading.Timer(0.05, lambda: signal.raise_signal(signal.SIGINT)).start()
            while True:
                cancel.check()

    def seal(self):
        self.calls.append("seal")


@pytest.fixture
def terminal():
    return LiveTerminal(io.StringIO(), io.StringIO())


def _run(visit, terminal, signals=(), seconds=None):
    keys = StopKeys()
    before = signal.getsignal(signal.SIGINT)
    try:
        with keys.watch():
            for number in signals:
                signal.raise_signal(number)
            return record_until_stopped(visit, terminal, keys, seconds, no_progress)
    finally:
        assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_stops(terminal):
    visit = Visit()
    assert _run(visit, terminal, [signal.SIGINT]) == 12.5
    assert visit.calls == ["stop"]


def test_the_time_stops(terminal):
    visit = Visit()
    _run(visit, terminal, seconds=0.01)
    assert visit.calls == ["stop"]


def test_a_recording_that_stopped_by_itself_is_stopped_too(terminal):
    terminal(Stopped(StopReason.DISK_FULL, "The disk is full.", ""))
    visit = Visit()
    _run(visit, terminal)
    assert visit.calls == ["stop"]


def test_a_second_ctrl_c_gives_up_the_text_not_the_sound(terminal):
    visit = Visit(waits=True)
    with pytest.raises(WorkCancelledError, match="the recording is saved"):
        _run(visit, terminal, [signal.SIGINT])
    assert visit.calls == ["stop"]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="POSIX only")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_the_systems_request_to_end_seals_and_leaves_the_text(terminal, name):
    visit = Visit()
    with pytest.raises(WorkCancelledError, match="the recording is saved"):
        _run(visit, terminal, [getattr(signal, name)])
    assert visit.calls == ["seal"]
