"""The disk's room: minutes left, warnings as they get fewer, a stop before the reserve is touched."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DiskFullError
from app.domain.live import AlarmKind
from app.visit import disk_watch
from app.visit.disk_watch import DiskRoom, DiskWatch

RESERVE = 100_000_000
MINUTE = 60 * 32_000 * 1.01


def _free(minutes):
    return int(RESERVE + minutes * MINUTE) + 1


def test_two_channels_need_twice_the_room():
    assert DiskRoom(RESERVE, 1).seconds(_free(10)) == pytest.approx(600, abs=1)
    assert DiskRoom(RESERVE, 2).seconds(_free(10)) == pytest.approx(300, abs=1)


def test_enough_room_is_no_news():
    assert DiskRoom(RESERVE, 1).alarm(_free(31)) is None


def test_warnings_come_at_thirty_minutes_and_again_as_they_get_fewer():
    room = DiskRoom(RESERVE, 1)
    told = [
        alarm.message
        for m in (31, 29.5, 29, 25, 19.5, 15, 9.5, 4.5, 3.5, 2.5, 1.5, 0.5)
        if (alarm := room.alarm(_free(m)))
    ]
    assert [text.split(": ")[1].split(" of")[0] for text in told] == [
        "29 min", "19 min", "9 min", "4 min", "3 min", "2 min", "1 min", "less than a minute",
    ]  # fmt: skip


def test_room_that_comes_back_ends_the_warning_once_it_is_worth_it():
    room = DiskRoom(RESERVE, 1)
    assert room.alarm(_free(5)).active
    assert room.alarm(_free(32)) is None  # not twice back and forth at the same place
    ended = room.alarm(_free(40))
    assert (ended.kind, ended.active) == (AlarmKind.DISK_LOW, False)
    assert room.alarm(_free(29)).active


@given(st.integers(0, 10**12), st.integers(1, 2))
def test_the_reserve_is_never_counted_as_room(free, channels):
    room = DiskRoom(RESERVE, channels)
    assert room.seconds(free) * 32_000 * channels <= max(free - RESERVE, 0)
    assert room.full(free) == (room.seconds(free) <= 2)


def test_less_than_a_minute_is_not_begun():
    DiskRoom(RESERVE, 1).require(_free(1.1))
    with pytest.raises(DiskFullError):
        DiskRoom(RESERVE, 1).require(_free(0.9))


class _Disk:
    """A disk whose free space is told step by step."""

    def __init__(self, *steps):
        self.steps = list(steps)

    def __call__(self):
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step


def test_the_watch_warns_then_stops_once(monkeypatch):
    monkeypatch.setattr(disk_watch, "PERIOD", 0.01)
    told, full = [], threading.Event()
    calls = []
    disk = _Disk(_free(60), OSError("gone for a moment"), _free(20), _free(10), RESERVE)
    watch = DiskWatch(DiskRoom(RESERVE, 1), disk, told.append, lambda: (calls.append(1), full.set()))
    watch.start()
    assert full.wait(10)
    watch.stop()
    assert [alarm.kind for alarm in told] == [AlarmKind.DISK_LOW] * 2
    assert calls == [1]


def test_a_stopped_watch_says_nothing(monkeypatch):
    monkeypatch.setattr(disk_watch, "PERIOD", 0.01)
    told = []
    watch = DiskWatch(DiskRoom(RESERVE, 1), lambda: RESERVE, told.append, lambda: told.append("full"))
    watch.stop()
    watch.start()
    watch._thread.join(5)
    assert told == []
