"""Drafting a visit again as another note type: a new version, nothing lost, signed notes untouched."""

import pytest
from vault_samples import PASSPHRASE

from app.domain.codec import note_to_json
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import ConflictError, EngineError, WorkCancelledError
from app.domain.note import Note, Section, Statement
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.work import CancelToken, no_progress
from app.vault import sign_in
from app.visit.choice import Choice
from app.visit.runner import VisitRunner

TRANSCRIPT = Transcript(3.0, "en", "whisper-base", (Utterance("u1", 0.0, 1.0, Speaker.PATIENT, "My knee hurts."),))
FIRST = Note("soap", (Section("subjective", "Subjective", (Statement("s1", "Knee pain.", ("u1",)),)),))
SECOND = Note(
    "patient-summary",
    (Section("why-you-came", "Why you came", (Statement("s1", "Your knee hurts.", ("u1",)),)),),
    title="Your visit summary",
    reader="patient",
)


class DraftingEngine:
    """Answers drafts with a note or an error; remembers the note types asked for."""

    def __init__(self, answer):
        self.answer = answer
        self.templates = []

    def draft(self, _transcript, *, template, **_options):
        self.templates.append(template)
        return self

    def wait(self, _seconds=None):
        return True

    def result(self, _cancel=None):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return note_to_json(self.answer)


def same(note, _transcript):
    return note


@pytest.fixture
def session(vault):
    opened = sign_in(vault, "anna", PASSPHRASE)
    yield opened
    opened.close()


@pytest.fixture
def drafted(session):
    """A visit with its first draft."""
    store = session.encounters
    visit = store.create("Knee")
    for stage in Stage:
        store.set_stage(visit, stage, StageState.DONE)
    store.save_transcript(visit, TRANSCRIPT)
    store.add_version(visit, FIRST, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return visit


def test_another_type_is_a_new_version_and_the_one_before_stays(session, drafted):
    engine = DraftingEngine(SECOND)
    changes = []
    runner = VisitRunner(session.encounters, engine, same, Choice())
    runner.redraft(drafted, "patient-summary", no_progress, CancelToken(), lambda *change: changes.append(change))
    versions = session.encounters.versions(drafted)
    assert [(v.number, v.kind, v.note) for v in versions] == [
        (1, VersionKind.DRAFT, FIRST),
        (2, VersionKind.DRAFT, SECOND),
    ]
    assert engine.templates == ["patient-summary"]
    assert changes == [(Stage.DRAFT, StageState.RUNNING), (Stage.CHECK, StageState.RUNNING)]


@pytest.mark.parametrize("answer", [EngineError("The engine died."), WorkCancelledError()])
def test_a_failure_or_cancel_changes_nothing(session, drafted, answer):
    before = session.encounters.get(drafted)
    runner = VisitRunner(session.encounters, DraftingEngine(answer), same)
    with pytest.raises(type(answer)):
        runner.redraft(drafted, "patient-summary", no_progress, CancelToken())
    assert session.encounters.get(drafted) == before
    assert [v.note for v in session.encounters.versions(drafted)] == [FIRST]


def test_a_reviewed_note_becomes_a_draft_again(session, drafted):
    session.encounters.add_version(drafted, FIRST, VersionKind.REVIEW, EncounterState.REVIEWED, 1)
    VisitRunner(session.encounters, DraftingEngine(SECOND), same).redraft(drafted, "x", no_progress, CancelToken())
    assert session.encounters.get(drafted).state is EncounterState.DRAFT


def test_a_signed_note_is_never_drafted_again(session, drafted):
    session.encounters.sign_version(drafted, VersionKind.SIGNATURE, FIRST, "authorship", PASSPHRASE, 1)
    engine = DraftingEngine(SECOND)
    with pytest.raises(ConflictError, match="signed"):
        VisitRunner(session.encounters, engine, same).redraft(drafted, "x", no_progress, CancelToken())
    assert engine.templates == []
    assert len(session.encounters.versions(drafted)) == 2


def test_a_note_changed_meanwhile_wins(session, drafted):
    store = session.encounters

    def edit_meanwhile(note, _transcript):
        store.add_version(drafted, FIRST, VersionKind.EDIT, EncounterState.DRAFT, 1)
        return note

    with pytest.raises(ConflictError):
        VisitRunner(store, DraftingEngine(SECOND), edit_meanwhile).redraft(drafted, "x", no_progress, CancelToken())
    assert [v.kind for v in store.versions(drafted)] == [VersionKind.DRAFT, VersionKind.EDIT]


def test_the_type_named_for_a_visit_is_drafted(session, drafted):
    session.encounters.set_stage(drafted, Stage.DRAFT, StageState.PENDING)
    session.encounters.set_stage(drafted, Stage.CHECK, StageState.PENDING)
    engine = DraftingEngine(SECOND)
    runner = VisitRunner(session.encounters, engine, same)
    runner.process(drafted, no_progress, CancelToken(), template="patient-summary")
    assert engine.templates == ["patient-summary"]


def test_a_visit_without_transcript_is_refused(session):
    visit = session.encounters.create("Empty")
    with pytest.raises(ConflictError, match="transcript"):
        VisitRunner(session.encounters, DraftingEngine(SECOND), same).redraft(visit, "x", no_progress, CancelToken())
