"""Sound reaches the disk once, in order, also when the disk refuses for a while; what it never takes is told."""

import time

import pytest
from recorder_doubles import RATE, KeptSound

from app.audio import sealing
from app.audio.sealing import Sealer
from app.domain.errors import DiskFullError, MachineError, VaultError
from app.domain.live import Alarm, AlarmKind, Marked, Stopped, StopReason
from app.domain.recording import MarkKind

BLOCK = RATE // 4 * 2


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(sealing, "_RETRY", 0.02)
    monkeypatch.setattr(sealing, "_LAST_TRIES", 0.2)


def numbered(seconds):
    return b"".join((index % 30_000).to_bytes(2, "little") for index in range(round(seconds * RATE)))


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_blocks_are_reported_after_they_are_on_disk():
    writer, reported = KeptSound(), []

    def on_sealed(pcm, at):
        assert bytes(writer.pcm[-len(pcm) :]) == pcm
        reported.append((len(pcm), at))

    sealer = Sealer(writer, 1, 7.0, on_sealed, lambda _event: None)
    sound = numbered(1.1)
    for at in range(0, len(sound), 998):
        sealer.put(sound[at : at + 998])
    assert sealer.finish() == pytest.approx(8.1)
    assert bytes(writer.pcm) == sound
    assert writer.closed
    assert reported == [(BLOCK, 7.0 + 0.25 * n) for n in range(4)] + [(len(sound) - 4 * BLOCK, 8.0)]


@pytest.mark.parametrize("error", [DiskFullError("Full.", "Free some."), MachineError("No."), VaultError("Gone.")])
def test_a_refusing_disk_is_tried_again(error):
    writer, events, reported = KeptSound(), [], []
    sealer = Sealer(writer, 1, 0.0, lambda pcm, _at: reported.append(pcm), events.append)
    sound = numbered(3.0)
    writer.refuse(error)
    sealer.put(sound)
    until(lambda: len(writer.calls) > 3)
    assert not reported
    writer.refuse(None)
    assert sealer.finish() == 3.0
    assert bytes(writer.pcm) == sound == b"".join(reported)  # not twice, not less
    assert [(event.kind, event.active) for event in events] == [(AlarmKind.DISK_LOW, True), (AlarmKind.DISK_LOW, False)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(DiskFullError("Full."), StopReason.DISK_FULL), (MachineError("No."), StopReason.STORAGE_FAILED)],
)
def test_too_much_in_memory_ends_the_recording_and_says_how_much_is_missing(error, reason):
    writer, events = KeptSound(), []
    sealer = Sealer(writer, 1, 0.0, lambda _pcm, _at: None, events.append, memory=2.0)
    sealer.put(numbered(1.0))
    until(lambda: len(writer.pcm) == 4 * BLOCK)
    writer.refuse(error)
    sealer.put(numbered(2.5))
    until(lambda: sealer.stopped)
    until(lambda: len(events) == 3)
    alarm, marked, stopped = events
    assert isinstance(alarm, Alarm)
    assert isinstance(marked, Marked)
    assert (marked.mark.kind, marked.mark.at, marked.mark.length) == (MarkKind.LOSS, 1.0, 2.5)
    assert isinstance(stopped, Stopped)
    assert stopped.reason is reason
    assert sealer.finish() == 1.0


def test_finishing_on_a_full_disk_does_not_wait_for_ever():
    writer, events = KeptSound(), []
    sealer = Sealer(writer, 1, 0.0, lambda _pcm, _at: None, events.append)
    writer.refuse(DiskFullError("Full."))
    sealer.put(numbered(0.6))
    assert sealer.finish() == 0.0
    assert [type(event) for event in events] == [Alarm, Marked, Stopped]
    assert events[1].mark.length == pytest.approx(0.6)


def test_a_bug_below_is_told_too():
    writer, events = KeptSound(), []
    sealer = Sealer(writer, 1, 0.0, lambda _pcm, _at: None, events.append)
    writer.refuse(ZeroDivisionError())
    sealer.put(numbered(0.3))
    until(lambda: bool(events) and isinstance(events[-1], Stopped))
    assert events[-1].reason is StopReason.STORAGE_FAILED


def test_a_failing_listener_does_not_stop_the_sealing():
    writer = KeptSound()

    def fail(_pcm, _at):
        raise ValueError

    sealer = Sealer(writer, 1, 0.0, fail, lambda _event: None)
    sealer.put(numbered(1.0))
    assert sealer.finish() == 1.0
    assert writer.closed


def test_abandoned_is_not_closed():
    writer = KeptSound()
    sealer = Sealer(writer, 1, 0.0, lambda _pcm, _at: None, lambda _event: None)
    sealer.put(numbered(0.1))
    sealer.abandon()
    assert not writer.closed
    assert not writer.pcm
