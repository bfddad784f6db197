import threading
import time

import pytest

from app.domain.errors import EngineError
from app.domain.work import no_progress
from app.engine.live_job import SOUND_MEMORY, LiveJob
from app.engine.messages import Audio, EndOfSound, Gap, Listen

QUARTER = bytes(8000)


class Pipe:
    """Takes messages, or waits while it is full."""

    def __init__(self):
        self.sent = []
        self.open = threading.Event()
        self.open.set()

    def send(self, message):
        self.open.wait(30)
        self.sent.append(message)

    def wait_for(self, count):
        deadline = time.monotonic() + 30
        while len(self.sent) < count:
            assert time.monotonic() < deadline
            time.sleep(0.005)


@pytest.fixture
def pipe():
    pipe = Pipe()
    yield pipe
    pipe.open.set()


def _job(pipe):
    return LiveJob(Listen(1, "model"), no_progress, lambda _: None, lambda _: None, pipe.send)


def test_request_sound_and_end_are_sent_in_order(pipe):
    job = _job(pipe)
    assert job.send_audio(b"\x01\x00")
    assert job.send_audio(b"\x02\x00")
    job.end()
    job.end()
    pipe.wait_for(4)
    assert pipe.sent == [Listen(1, "model"), Audio(1, b"\x01\x00"), Audio(1, b"\x02\x00"), EndOfSound(1)]
    job.finish({})


def test_gap_keeps_its_place_and_needs_no_room(pipe):
    pipe.open.clear()
    job = _job(pipe)
    while job.send_audio(QUARTER):
        pass
    job.gap(2.5)
    job.end()
    job.gap(3.5)
    pipe.open.set()
    pipe.wait_for(3)
    while not isinstance(pipe.sent[-1], EndOfSound):
        time.sleep(0.005)
    assert pipe.sent[-2] == Gap(1, 2.5)
    assert Gap(1, 3.5) not in pipe.sent
    job.finish({})


def test_full_pipe_refuses_sound_instead_of_waiting_or_growing(pipe):
    pipe.open.clear()
    job = _job(pipe)
    taken = 0
    while job.send_audio(QUARTER):
        taken += len(QUARTER)
        assert taken <= SOUND_MEMORY
    assert taken > SOUND_MEMORY - len(QUARTER)
    pipe.open.set()
    pipe.wait_for(1 + taken // len(QUARTER))
    deadline = time.monotonic() + 30
    while not job.send_audio(QUARTER):
        assert time.monotonic() < deadline
    job.finish({})


def test_piece_larger_than_the_memory_is_taken_alone(pipe):
    job = _job(pipe)
    large = bytes(SOUND_MEMORY + 2)
    assert job.send_audio(large)
    pipe.wait_for(2)
    assert pipe.sent[1] == Audio(1, large)
    job.finish({})


def test_sound_for_an_ended_job_is_dropped(pipe):
    job = _job(pipe)
    job.fail(EngineError("It crashed."))
    assert job.send_audio(QUARTER)
    assert Audio(1, QUARTER) not in pipe.sent
