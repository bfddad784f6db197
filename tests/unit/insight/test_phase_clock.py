"""Seconds by phase."""

from app.insight import phase_clock
from app.insight.phase_clock import PhaseClock


def test_a_phase_lasts_until_the_next_and_its_times_add_up(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(phase_clock, "steady", lambda: now[0])
    clock = PhaseClock()
    for at, phrase in (
        (1.0, "Reading the visit"),
        (3.0, "writing"),
        (3.5, "writing more"),
        (6.0, "reading"),
        (7.0, ""),
    ):
        now[0] = at
        clock.enter(phrase)
    now[0] = 9.0
    clock.enter("checking")
    now[0] = 9.25
    clock.end()
    clock.end()
    assert clock.seconds == {"reading": 3.0, "writing": 3.0, "checking": 0.25}
