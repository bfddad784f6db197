"""The heartbeat sees a thread that is held up."""

import time

from app.ui.heartbeat import Heartbeat


def test_a_held_up_thread_shows_as_a_gap(qtbot):
    heartbeat = Heartbeat()
    heartbeat.start()
    qtbot.waitUntil(lambda: len(heartbeat.gaps) >= 3)
    time.sleep(0.2)
    seen = len(heartbeat.gaps)
    qtbot.waitUntil(lambda: len(heartbeat.gaps) > seen)
    assert max(heartbeat.gaps[seen - 1 :]) >= 150
    assert all(gap >= 0 for gap in heartbeat.gaps)
    heartbeat.stop()
    beats = len(heartbeat.gaps)
    qtbot.wait(60)
    assert len(heartbeat.gaps) == beats


def test_starting_again_begins_a_new_list(qtbot):
    heartbeat = Heartbeat()
    heartbeat.start()
    qtbot.waitUntil(lambda: len(heartbeat.gaps) >= 2)
    heartbeat.start()
    assert heartbeat.gaps == []
    heartbeat.stop()
