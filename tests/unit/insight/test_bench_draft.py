"""A long visit joined from labelled dialogues, drafted by the real worker with a stand-in for the language model."""

import json
from itertools import pairwise

import passage_double
import pytest

from app.domain.errors import InputError
from app.domain.work import CancelToken, no_progress
from app.engine import supervisor, worker
from app.engine.supervisor import Engine
from app.insight.bench_draft import bench_draft, long_visit
from app.visit.choice import Choice

TOLD = "It comes after meals and lasts an hour or so, and then it slowly goes away by itself. "


@pytest.fixture
def data(tmp_path):
    turns = [f"Doctor: What about complaint number {n}, how is it?\nPatient: {TOLD * 9}" for n in range(4)]
    row = {"id": "one", "transcript": "\n".join(turns), "note": "Well."}
    (tmp_path / "primock57.jsonl").write_text(json.dumps(row) + "\n")
    return tmp_path


class Loaded:
    def result(self, _cancel):
        return None


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", passage_double.main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    monkeypatch.setattr(Engine, "preload", lambda _self, _model: Loaded())
    engine = Engine(tmp_path)
    yield engine
    engine.close()


def measured(data, engine, minutes):
    choice = Choice(language_model="steady")
    return bench_draft(data, minutes=minutes, engine=engine, choice=choice, progress=no_progress, cancel=CancelToken())


def test_a_long_visit_is_drafted_whole_and_after_a_live_visit_only_its_end(data, engine, tmp_path):
    figures = measured(data, engine, 10)
    assert figures["words"] == pytest.approx(2000, abs=200)
    assert figures["passages"] == figures["statements"] > 10
    assert figures["passages_heard"] == figures["words_in_reach"] == 1.0
    asked = [start for kind, start in passage_double.asked(tmp_path) if kind == "answer"]
    assert len(asked) == figures["passages"] + 1
    assert asked[-1] == max(asked)
    assert figures["aims"]["draft_seconds"]["met"] is True


def test_times_of_a_long_visit_go_on_and_ids_are_its_own(data):
    said = long_visit(data, 12).utterances
    assert [u.id for u in said] == [f"u{n}" for n in range(1, len(said) + 1)]
    assert all(one.end <= next_one.start + 0.11 for one, next_one in pairwise(said))
    assert said[-1].end == pytest.approx(720, abs=60)


def test_a_folder_without_visits_is_named(tmp_path):
    with pytest.raises(InputError, match="no labelled visits"):
        long_visit(tmp_path, 1)
