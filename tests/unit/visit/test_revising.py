"""Proposals: a rule never touches the engine; a crash of the engine is survived once; a signed note is refused."""

from dataclasses import replace

import pytest
from drafting_doubles import visit
from memory_store import MemorySession
from scripted_engine import ScriptedEngine

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, EngineError, InputError, WorkCancelledError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.revision import RevisedLine, Revision
from app.domain.revision_codec import revision_to_json
from app.domain.work import CancelToken, no_progress
from app.drafting.templates.template import TEMPLATES
from app.review.workflow import Review
from app.visit.choice import Choice
from app.visit.revising import propose_revision
from app.visit.runner import VisitRunner
from app.wiring import check

TALK = visit("P: I have had a cough for two weeks.", "P: I quit smoking eight years ago.")
NOTE = check(Note("soap", (Section("plan", "Plan", (Statement("s1", "Cough for two weeks.", ("u1",)),)),)), TALK)
SHORT = Revision(
    "shorter", NOTE.sections[0], (RevisedLine("Cough, 2 weeks.", ("s1",), ("u1",), Support.SUPPORTED),), (), "m"
)


def propose(engine, instruction, cancel=None):
    return propose_revision(
        engine, NOTE, TALK, "plan", ["s1"], instruction, "small", no_progress, cancel or CancelToken()
    )


def test_a_rule_never_waits_for_the_engine():
    engine = ScriptedEngine()
    made = propose(engine, "add the smoking history")
    assert "eight years" in made.lines[1].text
    assert engine.requests == []


def test_a_model_is_asked_in_the_engine_with_the_note_and_what_was_said():
    engine = ScriptedEngine(revision_to_json(SHORT))
    assert propose(engine, "shorter") == SHORT
    (request,) = engine.requests
    assert (request.job, request.model, request.section, request.statements) == (7, "small", "plan", ["s1"])
    assert "smoking" not in repr(request)
    assert "Cough" not in repr(request)
    assert "shorter" not in repr(request)


def test_one_crash_is_survived_two_are_told():
    crash = EngineError("The engine process ended unexpectedly.", "Try again.")
    assert propose(ScriptedEngine(crash, revision_to_json(SHORT)), "shorter") == SHORT
    with pytest.raises(EngineError):
        propose(ScriptedEngine(crash, crash), "shorter")


def test_a_cancel_is_not_asked_again():
    token = CancelToken()
    token.cancel()
    engine = ScriptedEngine()
    with pytest.raises(WorkCancelledError):
        propose(engine, "shorter", token)
    assert engine.requests == []


def test_an_answer_that_is_no_revision_is_refused():
    with pytest.raises(InputError):
        propose(ScriptedEngine({"lines": 3}), "shorter")


def runner(state: EncounterState = EncounterState.DRAFT, *, note: bool = True):
    session = MemorySession(User("p", "ada", "Dr. Ada", frozenset({Role.PHYSICIAN})))
    session.encounters.create("Visit")
    session.encounters.save_transcript("e1", TALK)
    if note:
        session.encounters.add_version("e1", NOTE, VersionKind.DRAFT, state, 0)
    return VisitRunner(session.encounters, ScriptedEngine(), check), session


def test_the_runner_stores_nothing():
    made, session = runner()
    revision = made.revise("e1", "plan", [], "add the smoking history", no_progress, CancelToken())
    assert revision.changes_anything
    assert len(session.encounters.versions("e1")) == 1


def test_a_signed_note_and_none_at_all_are_refused():
    for made, _ in (runner(EncounterState.SIGNED), runner(note=False)):
        with pytest.raises(ConflictError):
            made.revise("e1", "plan", [], "as bullets", no_progress, CancelToken())


def ready(*outcomes, busy=None, at_work=False):
    engine = ScriptedEngine(*outcomes)
    engine.busy = at_work
    VisitRunner(runner()[1].encounters, engine, check, busy=busy).get_ready_to_revise()
    return engine.preloaded


def test_the_model_is_loaded_ahead_and_nobody_waits_for_it():
    assert ready() == (Choice().language_model,)


def test_a_recording_and_work_of_the_engine_go_first():
    assert ready(busy={"e7"}) == ()
    assert ready(at_work=True) == ()


def test_what_is_wrong_with_the_engine_is_told_by_the_revision_itself():
    assert ready(EngineError("The engine process could not be started.")) == ()


def test_a_section_that_the_note_lacks_is_made_by_the_type_that_was_chosen(tmp_path):
    made, session = runner()
    session.encounters.add_version("e1", replace(NOTE, type="clinic"), VersionKind.DRAFT, EncounterState.DRAFT, 1)
    own = tmp_path / "clinic.toml"
    text = (TEMPLATES / "soap.toml").read_text().replace('title = "Subjective"', 'title = "What was told"')
    own.write_text(text.replace('type = "soap"', 'type = "clinic"'), encoding="utf-8")
    session.encounters.choose_draft("e1", DraftChoice(str(own)))
    revision = made.revise("e1", "subjective", [], "add the smoking history", no_progress, CancelToken())
    assert (revision.section.title, revision.place) == ("What was told", ())
    note = Review(session, check).apply_revision("e1", revision, 2).note
    assert [s.title for s in note.sections] == ["What was told", "Plan"]
    assert "eight years" in note.sections[0].statements[0].text
    assert note.sections[0].statements[0].support is Support.SUPPORTED
