"""The journal's thread: order, patience with a failing database, and an alarm that begins and ends."""

import threading

import pytest

from app.domain.errors import DiskFullError
from app.domain.live import AlarmKind
from app.domain.recording import HeardWindow, Mark, MarkKind
from app.visit import journal
from app.visit.journal import JournalKeeper


def _mark(n):
    return Mark(MarkKind.BOOKMARK, float(n))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(journal, "_WAITS", (0.01,))
    monkeypatch.setattr(journal, "_PATIENCE", 0.2)


class _Store:
    """Refuses the first `failures` appends."""

    def __init__(self, failures=0):
        self.failures = failures
        self.entries = []

    def append(self, entry):
        if self.failures:
            self.failures -= 1
            raise DiskFullError("The disk is full.", "Free some space.")
        self.entries.append(entry)


def test_entries_are_stored_in_order_from_several_threads():
    store = _Store()
    keeper = JournalKeeper(store.append, lambda _e: None)
    threads = [
        threading.Thread(target=lambda k=k: [keeper.add(_mark(100 * k + i)) for i in range(50)]) for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keeper.drain(10)
    keeper.close()
    assert store.entries == list(keeper.marks)
    for k in range(4):
        own = [m.at for m in store.entries if m.at // 100 == k]
        assert own == sorted(own)


def test_a_refused_entry_is_tried_again_and_later_ones_wait():
    told = []
    store = _Store(failures=3)
    keeper = JournalKeeper(store.append, told.append)
    window = HeardWindow(0.0, 1.0, ())
    for entry in (_mark(1), window, _mark(2)):
        keeper.add(entry)
    assert keeper.drain(10)
    keeper.close()
    assert store.entries == [_mark(1), window, _mark(2)]
    assert [(a.kind, a.active) for a in told] == [(AlarmKind.STORAGE, True), (AlarmKind.STORAGE, False)]
    assert "sound is being recorded" in told[0].message


def test_one_hiccup_is_not_told():
    told = []
    keeper = JournalKeeper(_Store(failures=1).append, told.append)
    keeper.add(_mark(1))
    assert keeper.drain(10)
    keeper.close()
    assert told == []


def test_a_dead_database_keeps_nobody_waiting_and_the_marks_are_still_known():
    keeper = JournalKeeper(_Store(failures=10**9).append, lambda _e: None, [_mark(0)])
    keeper.add(_mark(1))
    keeper.keep(HeardWindow(0.0, 1.0, ()))
    assert not keeper.drain(0.05)
    keeper.close()
    assert keeper.marks == (_mark(0), _mark(1))


def test_kept_text_is_stored_when_the_call_returns():
    store = _Store()
    keeper = JournalKeeper(store.append, lambda _e: None)
    window = HeardWindow(0.0, 1.0, ())
    keeper.keep(window)
    assert store.entries == [window]
    keeper.close()
