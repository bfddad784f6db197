"""The process that drafts ahead is killed again and again: it costs time, and no answered passage is asked again."""

import os
import random
import signal
import time

import pytest
from drafted_ahead import DraftedAhead, missing_model

from app.drafting.reading.passages import closed_passages
from app.engine.supervisor import Engine
from app.settings import find_paths

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]

KILLS = 2
SAID = 100.0
"""Seconds of the visit: two passages are closed by then, so that each kill has one."""


@pytest.fixture
def engine():
    if reason := missing_model():
        pytest.skip(reason)
    engine = Engine(find_paths().models, niceness=10)
    yield engine
    engine.close()


def test_kills_while_drafting_ahead_cost_only_time(engine):
    """Each kill falls into the work on a passage, a moment after it was begun."""
    chance = random.Random(5)  # noqa: S311 - no secret
    killed: set[int] = set()
    kill_at: dict[int, float] = {}

    def kill(visit):
        process, done = engine.process_id, len(visit.prepared.of("visit"))
        due = kill_at.setdefault(done, time.monotonic() + chance.uniform(0.5, 2.0))
        if len(killed) == done < KILLS and process is not None and time.monotonic() > due:
            os.kill(process, signal.SIGKILL)
            killed.add(process)

    visit = DraftedAhead(engine, SAID)
    prepared = visit.say_all(kill)
    assert len(killed) == KILLS
    assert not closed_passages(visit.transcript.utterances, prepared)
    assert len({(p.start, p.end) for p in prepared}) == len(prepared)
    note = visit.draft()
    assert len(visit.asked_after) <= 1
    assert list(note.statements())
