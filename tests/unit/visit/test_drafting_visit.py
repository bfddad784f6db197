"""Drafting ahead within a live visit: what stop, seal, cancel and withdrawal do with it."""

import time

import passage_double
import pytest
from long_talk import final, talk
from passage_double import asked

from app.domain.live import Prepared
from app.domain.work import CancelToken, no_progress
from app.engine import worker
from app.engine.supervisor import Engine
from app.visit import live_drafting
from app.visit.choice import Choice
from app.visit.consent import load_wording, withdrawn
from app.visit.prepared import PreparedPassages


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", passage_double.main)
    monkeypatch.setattr(live_drafting, "_LOOK", 0.05)
    folder = tmp_path / "models"
    folder.mkdir()
    engine = Engine(folder)
    yield engine
    engine.close()


@pytest.fixture
def prepared():
    return PreparedPassages()


@pytest.fixture
def start(make_desk, engine, prepared, doubles):
    def start(model="steady", *, passages=2, **options):
        desk = make_desk(drafting=engine, prepared=prepared, choice=Choice(language_model=model, **options))
        visit = desk.start()
        doubles.recorder.made[-1].hear(2.0)
        doubles.text.made[-1].observe(final(talk(passages)))
        return desk, visit

    return start


def wait(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_passages_are_prepared_while_the_visit_goes_on_and_outlast_its_stop(start, prepared):
    desk, visit = start()
    wait(lambda: len(prepared.of(visit.encounter_id)) == 2)
    wait(lambda: [e.passages for e in desk.events if isinstance(e, Prepared)] == [1, 2])
    visit.stop(no_progress, CancelToken())
    assert len(prepared.collect(visit.encounter_id, CancelToken())) == 2


def test_after_the_stop_no_passage_is_begun(start, prepared, engine, tmp_path):
    _desk, visit = start("slow")
    wait(lambda: ("answer", 0.0) in asked(tmp_path / "models"))
    visit.stop(no_progress, CancelToken())
    (tmp_path / "models" / "hurry").touch()
    assert [p.start for p in prepared.collect(visit.encounter_id, CancelToken())] == [0.0]
    assert not engine.busy


@pytest.mark.parametrize("how", ["cancel", "withdraw"])
def test_what_was_prepared_is_destroyed_with_the_visit(start, prepared, engine, how):
    _desk, visit = start()
    wait(lambda: len(prepared.of(visit.encounter_id)) == 2)
    visit.cancel() if how == "cancel" else visit.withdraw(withdrawn(load_wording("en-1")))
    assert prepared.of(visit.encounter_id) == ()
    assert engine.process_id is None


def test_a_passage_in_work_does_not_outlast_the_visit(start, prepared, engine, tmp_path):
    _desk, visit = start("slow")
    wait(lambda: ("answer", 0.0) in asked(tmp_path / "models"))
    visit.cancel()
    (tmp_path / "models" / "hurry").touch()
    time.sleep(0.3)
    assert prepared.of(visit.encounter_id) == ()
    assert engine.process_id is None


def test_closing_the_program_stops_it(start, engine, tmp_path):
    desk, _visit = start("slow")
    wait(lambda: ("answer", 0.0) in asked(tmp_path / "models"))
    desk.recordings.close()
    assert not engine.busy


def test_it_can_be_switched_off(start, engine, tmp_path):
    _desk, visit = start(draft_ahead=False)
    visit.stop(no_progress, CancelToken())
    assert engine.process_id is None


def test_a_note_type_of_the_visit_is_prepared(make_desk, engine, prepared, doubles):
    desk = make_desk(drafting=engine, prepared=prepared, choice=Choice(language_model="steady"))
    visit = desk.start(template="nursing")
    doubles.text.made[-1].observe(final(talk(1)))
    wait(lambda: len(prepared.of(visit.encounter_id)) == 1)
    assert prepared.of(visit.encounter_id)[0].template == "nursing"
