"""The engine process is killed, or stopped, while it listens to a visit with real models."""

import os
import random
import signal
import time

import pytest
from heard_visit import HeardVisit, assert_same_words, assert_times_run_forward, missing_model, sample_sound

from app.domain.live import Alarm, FinalText
from app.domain.transcript import Transcript
from app.engine import supervisor
from app.engine.supervisor import Engine
from app.settings import find_paths
from app.visit import live_transcription

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]

KILLS = 10


@pytest.fixture(scope="module")
def pcm() -> bytes:
    return sample_sound()[: 100 * 32_000]


@pytest.fixture(scope="module")
def ears():
    if reason := missing_model():
        pytest.skip(reason)
    engine = Engine(find_paths().models, name="ears")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def undisturbed(ears, pcm) -> tuple[HeardVisit, Transcript]:
    """The same visit, heard by an engine that nobody troubles."""
    visit = HeardVisit(ears, pcm)
    return visit, visit.run(speed=1000.0)


@pytest.fixture
def ears_to_kill(monkeypatch):
    """An engine that comes back sooner than in use after kill upon kill: how long it rests proves nothing here."""
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0, 0.0, 0.1, 0.2, 0.5))
    monkeypatch.setattr(live_transcription, "PAUSES", (0.0, 0.0, 0.1, 0.2, 0.5))
    engine = Engine(find_paths().models, name="ears")
    yield engine
    engine.close()


def _kill_ten_times(visit):
    """While loading, after a window, between two: wherever chance falls, but each time another process."""
    chance = random.Random(7)  # noqa: S311 - no secret
    killed: set[int] = set()
    while len(killed) < KILLS:
        time.sleep(chance.uniform(0.3, 4.0))
        process = visit.engine.process_id
        if process is not None and process not in killed:
            os.kill(process, signal.SIGKILL)
            killed.add(process)


def test_ten_kills_lose_no_utterance_and_repeat_none(undisturbed, ears_to_kill, pcm):
    whole, expected = undisturbed
    visit = HeardVisit(ears_to_kill, pcm)
    transcript = visit.run(speed=8.0, disturb=_kill_ten_times)
    assert [(w.start, w.end) for w in visit.journal] == [(w.start, w.end) for w in whole.journal]
    assert_same_words(transcript, expected)
    assert_times_run_forward(transcript)
    assert transcript.duration == expected.duration
    alarms = [e for e in visit.events if isinstance(e, Alarm)]
    assert sum(a.active for a in alarms) >= KILLS
    assert not alarms[-1].active


def test_stopped_process_goes_on_where_it_was(undisturbed, ears, pcm):
    def stop_for_a_while(visit):
        while not any(isinstance(e, FinalText) for e in visit.events):
            time.sleep(0.05)
        os.kill(visit.engine.process_id, signal.SIGSTOP)
        time.sleep(5.0)
        os.kill(visit.engine.process_id, signal.SIGCONT)

    visit = HeardVisit(ears, pcm)
    assert_same_words(visit.run(speed=8.0, disturb=stop_for_a_while), undisturbed[1])


def test_visit_that_goes_on_after_a_crash_of_the_program_has_every_word_once(undisturbed, ears, pcm):
    expected = undisturbed[1]
    before = HeardVisit(ears, pcm[: 70 * 32_000])
    before.run_until_the_program_dies(speed=8.0, windows=2)
    after = HeardVisit(ears, pcm, before)
    transcript = after.run(speed=8.0)
    assert after.journal[: len(before.journal)] == before.journal
    assert_same_words(transcript, expected)
    assert {u.speaker for u in transcript.utterances} == {u.speaker for u in expected.utterances}
