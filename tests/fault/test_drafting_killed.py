"""The process that drafts ahead is killed again and again: it costs time, and no answered passage is asked again."""

import os
import random
import signal
import time

import pytest
from drafted_ahead import DraftedAhead, missing_model

from app.drafting.passages import closed_passages
from app.engine.supervisor import Engine
from app.settings import find_paths

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]

KILLS = 3


@pytest.fixture
def engine():
    if reason := missing_model():
        pytest.skip(reason)
    engine = Engine(find_paths().models, niceness=10)
    yield engine
    engine.close()


def test_kills_while_drafting_ahead_cost_only_time(engine):
    chance = random.Random(5)  # noqa: S311 - no secret
    killed: set[int] = set()
    kill_at = time.monotonic() + 2.0

    def kill(_visit):
        nonlocal kill_at
        process = engine.process_id
        if len(killed) < KILLS and process not in {None, *killed} and time.monotonic() > kill_at:
            os.kill(process, signal.SIGKILL)
            killed.add(process)
            kill_at = time.monotonic() + chance.uniform(6.0, 15.0)

    visit = DraftedAhead(engine)
    prepared = visit.say_all(kill)
    assert len(killed) == KILLS
    assert not closed_passages(visit.transcript.utterances, prepared)
    assert len({(p.start, p.end) for p in prepared}) == len(prepared)
    note = visit.draft()
    assert len(visit.asked_after) <= 1
    assert list(note.statements())
