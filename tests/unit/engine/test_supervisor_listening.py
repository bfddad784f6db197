"""Listening through the real supervisor and worker, with checksums in the place of speech models."""

import os
import signal
import threading
import time

import live_double
import psutil
import pytest

from app.domain.codec import transcript_from_json
from app.domain.errors import EngineError, WorkCancelledError
from app.engine import supervisor, worker
from app.engine.live_codec import earlier_to_json, part_from_json
from app.engine.supervisor import Engine
from app.speech.live.final import WindowFinal

PCM = os.urandom(10 * 32_000)


@pytest.fixture
def make(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", live_double.main)
    engines = []

    def made(**options):
        engines.append(Engine(tmp_path, **options))
        return engines[-1]

    yield made
    for engine in engines:
        engine.close()


def _wait(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _words(value):
    return [u.text for u in transcript_from_json(value).utterances]


def test_sound_that_comes_in_pieces_is_heard_whole(make):
    job = make().listen(model="steady")
    for at in range(0, len(PCM), 7_000):
        assert job.send_audio(PCM[at : at + 7_000])
    job.end()
    assert _words(job.result()) == live_double.words_of(PCM)


def test_goes_on_after_earlier_windows(make):
    engine, parts = make(), []
    first = engine.listen(model="steady", on_part=parts.append)
    first.send_audio(PCM[: 4 * 32_000])
    _wait(lambda: sum(p["kind"] == "window" for p in parts) == 2)
    first.cancel()
    finals = [p for p in map(part_from_json, list(parts)) if isinstance(p, WindowFinal)]
    earlier = [earlier_to_json(f.window, f.state) for f in finals]
    second = engine.listen(model="steady", earlier=earlier, sound_from=3.0)
    second.send_audio(PCM[3 * 32_000 :])
    second.end()
    assert _words(second.result()) == live_double.words_of(PCM)


def test_cancelled_listening_leaves_the_process_for_the_next(make, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE", 10.0)  # a busy machine is no reason to fail
    engine, parts = make(), []
    job = engine.listen(model="steady", on_part=parts.append)
    job.send_audio(PCM)
    _wait(lambda: parts)
    process = engine.process_id
    job.cancel()
    with pytest.raises(WorkCancelledError):
        job.result()
    assert engine.process_id == process
    again = engine.listen(model="steady")
    again.send_audio(PCM)
    again.end()
    assert _words(again.result()) == live_double.words_of(PCM)


def test_deaf_listener_is_ended_by_a_cancel(make):
    engine = make()
    job = engine.listen(model="deaf")
    job.send_audio(PCM)
    time.sleep(0.3)
    job.cancel()
    with pytest.raises(WorkCancelledError):
        job.result()


def test_stopped_process_with_a_full_pipe_can_be_cancelled(make):
    engine, parts = make(), []
    job = engine.listen(model="steady", on_part=parts.append)
    job.send_audio(PCM)
    _wait(lambda: parts)
    child = psutil.Process(engine.process_id)
    os.kill(child.pid, signal.SIGSTOP)
    while job.send_audio(PCM):
        pass
    job.cancel()
    with pytest.raises(WorkCancelledError):
        job.result()
    child.wait(30)


def test_job_of_a_killed_process_fails(make):
    engine = make()
    job = engine.listen(model="steady")
    job.send_audio(PCM)
    _wait(lambda: engine.process_id)
    os.kill(engine.process_id, signal.SIGKILL)
    with pytest.raises(EngineError):
        job.result()
    assert job.send_audio(PCM)


def test_parts_forgive_earlier_crashes(make, monkeypatch):
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0, 0.0, 3600.0))
    engine = make()
    for _ in range(4):  # otherwise the second crash in a row would make this wait for an hour
        parts = []
        job = engine.listen(model="steady", on_part=parts.append)
        job.send_audio(PCM)
        _wait(lambda: parts)  # noqa: B023 - called before the next round
        os.kill(engine.process_id, signal.SIGKILL)
        with pytest.raises(EngineError):
            job.result()


def test_waiting_after_crashes_ends_when_the_engine_closes(make, monkeypatch):
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0, 3600.0))
    engine = make()
    with pytest.raises(EngineError):
        engine.listen(model="crash-at-load").result()
    seen = []

    def listen():
        with pytest.raises(WorkCancelledError):
            engine.listen(model="steady")
        seen.append("cancelled")

    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(0.2)
    engine.close()
    thread.join(30)
    assert seen == ["cancelled"]


def test_two_engines_are_two_processes_that_know_nothing_of_each_other(make):
    ears, other = make(name="ears", memory_mb=1500), make(memory_mb=3000)
    job = ears.listen(model="steady")
    job.send_audio(PCM)
    crash = other.listen(model="crash-at-load")
    with pytest.raises(EngineError):
        crash.result()
    other.close()
    job.end()
    assert _words(job.result()) == live_double.words_of(PCM)
    assert ears.process_id is not None


def test_memory_cap_belongs_to_one_engine(make):
    small, large = make(memory_mb=5), make(memory_mb=3000)
    heard, too_much = large.listen(model="steady"), small.listen(model="steady")
    with pytest.raises(EngineError, match="more memory"):
        too_much.result()
    heard.send_audio(PCM)
    heard.end()
    assert _words(heard.result()) == live_double.words_of(PCM)
