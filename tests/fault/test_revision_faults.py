"""Faults while lines are worded anew: whatever happens to the engine, the note stands as it stood."""

import json
import os
import signal
import threading
import time

import pytest
from memory_store import MemorySession
from revision_engine_double import main

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError, EngineError, InputError, WorkCancelledError
from app.domain.note import Note, Section, Statement
from app.domain.people import Role, User
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.work import CancelToken, no_progress
from app.engine import supervisor, worker
from app.engine.supervisor import Engine
from app.review.workflow import Review
from app.visit.choice import Choice
from app.visit.runner import VisitRunner
from app.wiring import check

TALK = Transcript(4.0, "en", "m", (Utterance("u1", 0, 4, Speaker.PATIENT, "I have had a cough for about two weeks."),))
NOTE = check(
    Note("soap", (Section("plan", "Plan", (Statement("s1", "He has had a cough for about two weeks."),)),)), TALK
)


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    made = Engine(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session():
    made = MemorySession(User("p", "ada", "Dr. Ada", frozenset({Role.PHYSICIAN})))
    made.encounters.create("Visit")
    made.encounters.save_transcript("e1", TALK)
    made.encounters.add_version("e1", NOTE, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return made


def revise(engine, session, model, cancel=None):
    runner = VisitRunner(session.encounters, engine, check, Choice(language_model=model))
    return runner.revise("e1", "plan", ["s1"], "shorter", no_progress, cancel or CancelToken())


def untouched(session) -> bool:
    return [v.note for v in session.encounters.versions("e1")] == [NOTE]


@pytest.mark.parametrize("model", ["crash", "babble", "no-revision", "refuse", "bug", "stranger"])
def test_the_note_stands_whatever_the_engine_does(engine, session, model):
    with pytest.raises((AnamnesisError, RuntimeError)) as told:
        revise(engine, session, model)
    assert "cough" not in str(told.value)
    assert untouched(session)


def test_one_crash_costs_only_time(engine, session, tmp_path):
    made = revise(engine, session, "crash-once")
    assert [line.text for line in made.lines] == ["Cough, two weeks."]
    assert untouched(session)
    assert Review(session, check).apply_revision("e1", made, 1).number == 2


def test_killed_from_outside_while_it_works(engine, session):
    killed = []

    def kill():
        while len(killed) < 2:
            process = engine.process_id
            if process is not None and process not in killed:
                time.sleep(0.5)
                os.kill(process, signal.SIGKILL)
                killed.append(process)
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(EngineError, match="ended unexpectedly"):
        revise(engine, session, "hang")
    killer.join()
    assert untouched(session)


@pytest.mark.parametrize("model", ["hang", "obedient"])
def test_cancel_ends_it_promptly(engine, session, model):
    assert engine.preload("any").result()
    token = CancelToken()
    since = []

    def cancel():
        since.append(time.monotonic())
        token.cancel()

    timer = threading.Timer(0.5, cancel)
    timer.start()
    with pytest.raises(WorkCancelledError):
        revise(engine, session, model, token)
    assert since
    timer.join()
    assert untouched(session)


def test_a_full_disk_while_it_is_taken_leaves_the_note(engine, session, monkeypatch):
    made = revise(engine, session, "good")

    def full(*_arguments, **_more):
        raise InputError("The disk is full.")

    monkeypatch.setattr(type(session.encounters), "add_version", full)
    with pytest.raises(InputError):
        Review(session, check).apply_revision("e1", made, 1)
    assert untouched(session)


def test_every_cut_of_an_answer_is_refused():
    from app.domain.revision import RevisedLine, Revision
    from app.domain.revision_codec import revision_from_json, revision_to_json

    text = json.dumps(revision_to_json(Revision("x", NOTE.sections[0], (RevisedLine("Cough.", ("s1",)),))))
    for length in range(len(text)):
        try:
            data = json.loads(text[:length])
        except ValueError:
            continue
        with pytest.raises(InputError):
            revision_from_json(data)
