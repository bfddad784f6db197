"""Drafting during the visit, on the real supervisor and worker, with a stand-in for the language model."""

import os
import signal
import threading
import time

import passage_double
import pytest
from long_talk import final, talk, transcript
from passage_double import asked

from app.domain.errors import WorkCancelledError
from app.domain.live import Prepared
from app.domain.work import CancelToken, no_progress
from app.engine import supervisor, worker
from app.engine.supervisor import Engine
from app.visit import live_drafting
from app.visit.attempts import draft_with_retry
from app.visit.choice import Choice
from app.visit.live_drafting import LiveDrafting
from app.visit.prepared import PreparedPassages

PATIENCE = 60.0


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", passage_double.main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    monkeypatch.setattr(live_drafting, "_LOOK", 0.05)
    engine = Engine(tmp_path)
    yield engine
    engine.close()


class Ahead:
    """A drafting with its watcher; `lag` is how far the live text is behind."""

    def __init__(self, engine, folder, model="steady"):
        self.folder = folder
        self.events = []
        self.lag = 0.0
        self.prepared = PreparedPassages()
        self.choice = Choice(language_model=model)
        self.drafting = LiveDrafting(
            engine, self.choice, "e1", self.prepared, behind=lambda: self.lag, observe=self.events.append
        )

    @property
    def starts(self):
        """Where the answered passages begin."""
        return [passage.start for passage in self.prepared.of("e1")]

    @property
    def answers(self):
        """Where the passages begin that the model was asked to answer."""
        return [start for kind, start in asked(self.folder) if kind == "answer"]


@pytest.fixture
def make(engine, tmp_path):
    made = []

    def make(model="steady"):
        made.append(Ahead(engine, tmp_path, model))
        made[-1].drafting.start()
        return made[-1]

    yield make
    for ahead in made:
        ahead.drafting.stop()


def wait(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def settle(ahead):
    ahead.drafting.settle(CancelToken())


def test_the_form_is_read_before_anybody_speaks(make, tmp_path):
    make()
    wait(lambda: asked(tmp_path) == [("form", 0.0)])


def test_each_closed_passage_is_answered_once_and_told(make):
    ahead = make()
    for number in range(1, 4):
        ahead.drafting.take(final(talk(number)))
        wait(lambda number=number: len(ahead.starts) == number)
    settle(ahead)
    assert ahead.starts == ahead.answers == [0.0, 40.0, 80.0]
    assert ahead.events == [Prepared(39.0, 1), Prepared(79.0, 2), Prepared(119.0, 3)]


def test_what_is_still_open_is_read_ahead(make, tmp_path):
    ahead = make()
    ahead.drafting.take(final(talk(1, rest=2)))
    wait(lambda: ("read", 40.0) in asked(tmp_path))
    ahead.drafting.take(final(talk(1, rest=3), since=40.0))
    wait(lambda: asked(tmp_path).count(("read", 40.0)) == 2)
    assert ahead.starts == [0.0]


def test_text_that_takes_the_place_of_earlier_text_counts(make):
    ahead = make()
    whole = talk(2)
    ahead.drafting.take(final(whole[:3]))
    ahead.drafting.take(final(whole, since=20.0))
    wait(lambda: len(ahead.starts) == 2)
    assert ahead.prepared.of("e1")[0].words == passage_double.answered(whole[:4]).words


def test_nothing_is_asked_while_the_live_text_is_behind(make, tmp_path):
    ahead = make()
    wait(lambda: asked(tmp_path) != [])
    ahead.lag = live_drafting.BEHIND + 1
    ahead.drafting.take(final(talk(1)))
    time.sleep(0.5)
    assert ahead.answers == []
    ahead.lag = 0.0
    wait(lambda: ahead.starts == [0.0])


def test_a_passage_in_work_is_given_up_when_the_live_text_falls_far_behind(make, engine, tmp_path):
    ahead = make("slow")
    ahead.drafting.take(final(talk(1)))
    wait(lambda: ahead.answers == [0.0])
    ahead.lag = live_drafting.TOO_FAR_BEHIND + 1
    wait(lambda: not engine.busy)
    (tmp_path / "hurry").touch()
    ahead.lag = 0.0
    wait(lambda: ahead.starts == [0.0])
    assert ahead.answers == [0.0, 0.0]


def test_another_visit_that_is_drafted_goes_first(make, engine, tmp_path):
    ahead = make("slow")
    wait(lambda: asked(tmp_path) != [])
    other = engine.passage(talk(1)[:4], model="slow")
    ahead.drafting.take(final(talk(3)))
    time.sleep(0.5)
    assert ahead.answers == [0.0]  # the other's
    (tmp_path / "hurry").touch()
    other.result()
    wait(lambda: len(ahead.starts) == 3)


def test_the_end_lets_the_passage_in_work_be_answered_and_begins_none(make, tmp_path):
    ahead = make("slow")
    ahead.drafting.take(final(talk(3)))
    wait(lambda: ahead.answers == [0.0])
    ahead.drafting.end()
    threading.Timer(0.2, (tmp_path / "hurry").touch).start()
    assert [p.start for p in ahead.prepared.collect("e1", CancelToken())] == [0.0]
    assert ahead.answers == [0.0]


def test_waiting_for_the_passage_in_work_can_be_cancelled(make):
    ahead = make("slow")
    ahead.drafting.take(final(talk(1)))
    wait(lambda: ahead.answers == [0.0])
    token = CancelToken()
    threading.Timer(0.1, token.cancel).start()
    with pytest.raises(WorkCancelledError):
        ahead.prepared.collect("e1", token)
    assert ahead.prepared.collect("e1", CancelToken()) == ()


def test_stop_ends_at_once_even_a_model_that_does_not_listen(make):
    ahead = make("deaf")
    ahead.drafting.take(final(talk(1)))
    wait(lambda: ahead.answers == [0.0])
    ahead.drafting.stop()
    assert not ahead.drafting._thread.is_alive()
    assert ahead.starts == []


def test_destroying_leaves_neither_passages_nor_a_process_that_read_them(make, engine):
    ahead = make()
    ahead.drafting.take(final(talk(2)))
    wait(lambda: len(ahead.starts) == 2)
    ahead.drafting.destroy()
    assert ahead.starts == []
    assert engine.process_id is None


def test_a_killed_process_costs_only_the_passage_in_work(make, engine, tmp_path):
    ahead = make("slow")
    ahead.drafting.take(final(talk(2)))
    wait(lambda: ahead.answers == [0.0])
    os.kill(engine.process_id, getattr(signal, "SIGKILL", signal.SIGTERM))
    (tmp_path / "hurry").touch()
    wait(lambda: len(ahead.starts) == 2)
    assert ahead.answers == [0.0, 0.0, 40.0]


@pytest.mark.parametrize("model", ["crash", "bug"])
def test_an_engine_that_keeps_failing_is_left_alone(make, model):
    ahead = make(model)
    ahead.drafting.take(final(talk(2)))
    wait(lambda: not ahead.drafting._thread.is_alive())
    assert len(ahead.answers) == live_drafting.TRIES
    assert (ahead.starts, ahead.events) == ([], [])
    assert ahead.prepared.collect("e1", CancelToken()) == ()


def test_a_missing_model_is_left_to_the_draft_to_tell(make):
    ahead = make("missing")
    wait(lambda: not ahead.drafting._thread.is_alive())
    assert ahead.events == []


@pytest.mark.parametrize("model", ["unusable", "babble"])
def test_an_answer_that_is_none_is_not_asked_for_again(make, model):
    ahead = make(model)
    ahead.drafting.take(final(talk(2)))
    wait(lambda: ahead.answers == [0.0, 40.0])
    settle(ahead)
    assert ahead.starts == []


def test_the_draft_asks_only_what_was_not_answered(make, engine):
    ahead = make()
    ahead.drafting.take(final(talk(2)))
    wait(lambda: len(ahead.starts) == 2)
    settle(ahead)
    note = _draft(engine, ahead, talk(4))
    assert ahead.answers == [0.0, 40.0, 80.0, 120.0, 160.0]
    assert len(list(note.statements())) == 5


def test_a_cancelled_draft_goes_on_where_it_was(make, engine, tmp_path):
    ahead = make("third-waits")
    ahead.drafting.take(final(talk(1)))
    wait(lambda: len(ahead.starts) == 1)
    settle(ahead)
    token = CancelToken()
    with pytest.raises(WorkCancelledError):
        _draft(engine, ahead, talk(4), token, lambda _section: token.cancel())
    assert ahead.starts == [0.0, 40.0]
    (tmp_path / "hurry").touch()
    note = _draft(engine, ahead, talk(4))
    assert len(list(note.statements())) == 5
    assert sorted(ahead.answers) in ([0.0, 40.0, 80.0, 120.0, 160.0], [0.0, 40.0, 80.0, 80.0, 120.0, 160.0])


def test_a_draft_whose_engine_dies_again_and_again_is_finished(engine, tmp_path):
    ahead = Ahead(engine, tmp_path, "crash-often")
    note = _draft(engine, ahead, talk(3))
    assert len(list(note.statements())) == 4
    assert len(set(ahead.answers)) == 4


def _draft(engine, ahead, said, token=None, on_section=lambda _section: None):
    return draft_with_retry(
        engine,
        transcript(said),
        ahead.choice,
        no_progress,
        token or CancelToken(),
        earlier=lambda: ahead.prepared.of("e1"),
        on_section=on_section,
        on_passage=lambda passage: ahead.prepared.add("e1", passage),
    )
