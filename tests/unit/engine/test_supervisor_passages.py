"""Passages and drafts through the real supervisor and worker, with a stand-in for the language model."""

import time

import passage_double
import pytest
from long_talk import talk, transcript
from passage_double import answered, asked

from app.domain.errors import EngineError, WorkCancelledError
from app.domain.passages import answered_from_json
from app.engine import supervisor, worker
from app.engine.supervisor import Engine


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", passage_double.main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    engine = Engine(tmp_path)
    yield engine
    engine.close()


def wait(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_passage_is_answered(engine):
    said = talk(1)[:4]
    value = engine.passage(said, model="steady").result()
    assert answered_from_json(value) == answered(said)


def test_reading_ahead_answers_nothing(engine, tmp_path):
    assert engine.passage((), model="steady").result() == {}
    assert engine.passage(talk(1)[:2], model="steady", context=talk(2)[:1], answer=False).result() == {}
    assert [kind for kind, _ in asked(tmp_path)] == ["form", "read"]


def test_sections_and_passages_of_a_draft_arrive_as_what_they_are(engine):
    sections, passages, said = [], [], talk(2)
    job = engine.draft(
        transcript(said),
        model="steady",
        earlier=[answered(said[:4])],
        on_section=sections.append,
        on_passage=passages.append,
    )
    assert len(job.result()["sections"][0]["statements"]) == 3
    assert [p.start for p in passages] == [40.0, 80.0]
    assert [len(s.statements) for s in sections] == [2, 3]


def test_a_part_that_is_none_fails_the_job(engine, monkeypatch):
    monkeypatch.setattr(worker, "main", _babbling)
    with pytest.raises(EngineError):
        engine.draft(transcript(talk(1)), model="any").result()


def _babbling(connection, _models, _threads):
    from app.engine.messages import PartDone, decode, encode

    request = decode(connection.recv_bytes())
    connection.send_bytes(encode(PartDone(request.job, {"kind": "section", "section": {"key": 1}})))
    time.sleep(600)


def test_cancelling_a_job_that_waits_leaves_the_one_that_runs(engine, tmp_path):
    first = engine.passage(talk(1)[:4], model="slow")
    wait(lambda: asked(tmp_path) != [])
    process, second = engine.process_id, engine.passage(talk(2)[4:8], model="slow")
    second.cancel()
    with pytest.raises(WorkCancelledError):
        second.result()
    (tmp_path / "hurry").touch()
    assert first.result()
    assert engine.process_id == process
    assert engine.passage((), model="steady").result() == {}
    assert asked(tmp_path) == [("answer", 0.0), ("form", 0.0)]


def test_busy_while_anything_runs(engine, tmp_path):
    assert not engine.busy
    job = engine.passage(talk(1)[:4], model="slow")
    assert engine.busy
    (tmp_path / "hurry").touch()
    job.result()
    assert not engine.busy


def test_forgetting_ends_the_process_unless_it_works(engine, tmp_path):
    job = engine.passage(talk(1)[:4], model="slow")
    engine.forget()
    assert engine.process_id is not None
    (tmp_path / "hurry").touch()
    assert job.result()
    engine.forget()
    assert engine.process_id is None
    assert engine.passage((), model="steady").result() == {}
