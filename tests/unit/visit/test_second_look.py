"""The second look: a question a sentence, so that others get their turn; a crash is survived; nothing is stored."""

from dataclasses import replace

import pytest
from drafting_doubles import visit
from memory_store import MemorySession
from scripted_engine import ScriptedEngine

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, EngineError, WorkCancelledError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role, User
from app.domain.work import CancelToken, no_progress
from app.visit.choice import Choice
from app.visit.runner import VisitRunner
from app.visit.second_look import look_again
from app.wiring import check

TALK = visit("P: I have had a cough for two weeks.", "D: Any fever?", "P: No.")
NOTE = check(
    Note(
        "soap",
        (
            Section(
                "subjective",
                "Subjective",
                (Statement("s1", "Cough for two weeks.", ("u1",)), Statement("s2", "Denies fever.", ("u2", "u3"))),
            ),
            Section("plan", "Plan", (Statement("s3", "Start lisinopril."), Statement("s4", "Rest.", author="Anna"))),
        ),
    ),
    TALK,
)


def beliefs(*outcomes):
    return ScriptedEngine(*({"belief": o} if isinstance(o, float) else o for o in outcomes))


def look(engine, cancel=None, progress=no_progress):
    return look_again(engine, NOTE, TALK, "small", progress, cancel or CancelToken())


def test_each_passed_sentence_is_one_question_with_its_lines():
    engine, heard = beliefs(0.9, 0.1), []
    found = look(engine, progress=lambda fraction, phrase: heard.append((fraction, phrase)))
    assert [s.support for s in NOTE.statements()][:3] == [Support.SUPPORTED, Support.SUPPORTED, Support.UNSUPPORTED]
    assert (found.asked, [s.id for s in found.doubted]) == (2, ["s2"])
    first, second = engine.requests
    assert (first.sentence, first.model, second.sentence) == ("Cough for two weeks.", "small", "Denies fever.")
    assert "Clinician: Any fever?" in second.lines
    assert "cough" not in repr(first)
    assert heard[-1][0] == 1.0
    assert not any("fever" in phrase.lower() or "cough" in phrase.lower() for _, phrase in heard)


def test_one_crash_of_the_engine_is_survived_and_two_are_told():
    died = EngineError("The engine process ended unexpectedly.")
    assert [s.id for s in look(beliefs(died, 0.1, 0.9)).doubted] == ["s1"]
    with pytest.raises(EngineError):
        look(beliefs(0.9, died, died))


def test_a_cancel_ends_it_between_two_sentences():
    token = CancelToken()
    with pytest.raises(WorkCancelledError):
        look(beliefs(0.9, 0.9), token, lambda fraction, _phrase: token.cancel() if fraction else None)


@pytest.fixture
def store():
    session = MemorySession(User("p1", "anna", "Anna", frozenset({Role.PHYSICIAN})))
    made = session.encounters
    made.encounter_id = made.create("Cough")
    made.save_transcript(made.encounter_id, TALK)
    return made


def test_the_runner_looks_at_the_newest_note_and_stores_nothing(store):
    store.add_version(store.encounter_id, NOTE, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    shorter = replace(NOTE, sections=NOTE.sections[:1])
    store.add_version(store.encounter_id, shorter, VersionKind.EDIT, EncounterState.DRAFT, 1)
    runner = VisitRunner(store, beliefs(0.1, 0.9), check, Choice(language_model="small"))
    assert [s.id for s in runner.look_again(store.encounter_id, no_progress, CancelToken()).doubted] == ["s1"]
    assert len(store.versions(store.encounter_id)) == 2


def test_without_a_note_there_is_nothing_to_look_at(store):
    runner = VisitRunner(store, beliefs(), check)
    with pytest.raises(ConflictError, match="no note"):
        runner.look_again(store.encounter_id, no_progress, CancelToken())
