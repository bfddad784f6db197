import os
import time

import engine_double
import psutil
import pytest

from app.domain.errors import EngineError, ModelDamagedError, WorkCancelledError
from app.domain.work import CancelToken
from app.engine import supervisor, worker
from app.engine.supervisor import Engine


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", engine_double.main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    engine = Engine(tmp_path, memory_mb=300)
    yield engine
    engine.close()


def _gone(pid):
    """Whether a process ended (a zombie waits only to be reaped)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_audio_larger_than_a_frame_arrives_whole(engine):
    pcm = bytes(9 * 1024 * 1024)
    assert engine.transcribe(pcm, model="echo").result()["bytes"] == len(pcm)


def test_progress_reaches_the_caller(engine):
    seen = []
    engine.transcribe(b"", model="echo", progress=lambda f, p: seen.append((f, p))).result()
    assert seen == [(0.5, "half")]


def test_work_runs_in_another_process(engine):
    assert engine.transcribe(b"", model="echo").result()["pid"] != os.getpid()


def test_crash_fails_the_job_and_the_next_one_gets_a_new_process(engine):
    with pytest.raises(EngineError):
        engine.transcribe(b"", model="crash").result()
    assert engine.transcribe(b"", model="echo").result()["bytes"] == 0


def test_ten_crashes_in_a_row_are_survived(engine):
    for _ in range(10):
        with pytest.raises(EngineError):
            engine.transcribe(b"", model="crash").result()
    assert engine.transcribe(b"", model="echo").result()["bytes"] == 0


def test_cancel_ends_work_that_does_not_listen(engine):
    engine.preload("any").result()
    job = engine.transcribe(b"", model="hang")
    time.sleep(0.2)
    job.cancel()
    assert job.done
    with pytest.raises(WorkCancelledError):
        job.result()
    assert engine.transcribe(b"", model="echo").result()["bytes"] == 0


def test_cancelled_process_is_gone_when_the_engine_closes(engine):
    pid = engine.preload("any").result()["pid"]
    engine.transcribe(b"", model="hang").cancel()
    engine.close()
    assert _gone(pid)


def test_cancel_keeps_a_process_that_listens(engine):
    pid = engine.preload("any").result()["pid"]
    job = engine.transcribe(b"", model="obedient")
    token = CancelToken()
    token.cancel()
    with pytest.raises(WorkCancelledError):
        job.result(token)
    assert engine.preload("any").result()["pid"] == pid


def test_memory_cap_ends_the_process_with_a_declared_error(engine):
    with pytest.raises(EngineError, match="more memory"):
        engine.transcribe(b"", model="grow").result()


def test_babble_on_the_pipe_is_a_declared_error(engine):
    with pytest.raises(EngineError):
        engine.transcribe(b"", model="babble").result()


def test_declared_errors_keep_their_class(engine):
    with pytest.raises(ModelDamagedError, match=r"model\.bin"):
        engine.transcribe(b"", model="refuse").result()


def test_bug_in_the_process_is_no_declared_error(engine):
    with pytest.raises(RuntimeError, match="ValueError at"):
        engine.transcribe(b"", model="bug").result()


def test_close_cancels_what_runs_and_leaves_no_process(engine):
    pid = engine.preload("any").result()["pid"]
    job = engine.transcribe(b"", model="hang")
    engine.close()
    with pytest.raises(WorkCancelledError):
        job.result()
    assert _gone(pid)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="niceness is POSIX's")
def test_the_process_yields_as_told(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", engine_double.main)
    engine = Engine(tmp_path, niceness=15)
    expected = max(15, psutil.Process().nice())  # these tests may have been made nice themselves
    try:
        engine.preload("echo").wait(10)
        process = psutil.Process(engine.process_id)
        until = time.monotonic() + 10
        while process.nice() != expected and time.monotonic() < until:
            time.sleep(0.01)
        assert process.nice() == expected
    finally:
        engine.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_who_listens_ends_the_job_and_the_engine_works_again(engine):
    def stumble(_fraction, _phrase):
        raise ValueError("a bug")

    with pytest.raises(EngineError):
        engine.transcribe(b"", model="echo", progress=stumble).result()
    assert engine.transcribe(b"12", model="echo").result()["bytes"] == 2
