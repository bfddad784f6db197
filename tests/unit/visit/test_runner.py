"""The walk of a visit: stages stored, resumed, failed and cancelled; nothing half-done is left."""

import struct
import wave

import pytest

from app.domain.codec import note_to_json, transcript_to_json
from app.domain.encounter import EncounterState, Stage, StageState
from app.domain.errors import (
    ConflictError,
    DiskFullError,
    EngineError,
    InputError,
    ModelMissingError,
    WorkCancelledError,
)
from app.domain.note import Note, Section, Statement, Support
from app.domain.passages import AnsweredPassage
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.work import CancelToken, no_progress
from app.vault import create_vault
from app.visit.prepared import PreparedPassages
from app.visit.runner import CUT, VisitRunner

TRANSCRIPT = Transcript(3.0, "en", "whisper-base", (Utterance("u1", 0.0, 1.0, Speaker.PATIENT, "My knee hurts."),))
DRAFT = Note("soap", (Section("subjective", "Subjective", (Statement("s1", "Knee pain.", ("u1",)),)),))


class EngineScript:
    """Gives the answers it was told to, one for each request; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.earlier = []
        self.parts = []

    def transcribe(self, pcm, **_options):
        self.requests.append(("transcribe", len(pcm)))
        return _Done(self.answers.pop(0))

    def draft(self, transcript, *, earlier=(), on_section, on_passage, **_options):
        self.requests.append(("draft", len(transcript.utterances)))
        self.earlier.append(tuple(earlier))
        for part in self.parts:
            (on_section if isinstance(part, Section) else on_passage)(part)
        return _Done(self.answers.pop(0))

    def forget(self):
        self.requests.append(("forget", 0))


class _Done:
    def __init__(self, answer):
        self._answer = answer

    def wait(self, _seconds=None):
        return True

    def result(self, _cancel=None):
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


def _mark(note, transcript):
    checked = note
    for statement in note.statements():
        checked = checked.with_statement(Statement(statement.id, statement.text, statement.evidence, Support.SUPPORTED))
    return checked


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A real vault: what is stored here must open again."""
    session, _code = create_vault(
        tmp_path_factory.mktemp("visits") / "vault", name="anna", display_name="Anna Ek", passphrase="correct horse"
    )
    yield session
    session.close()


@pytest.fixture
def store(session):
    for encounter in session.encounters.list():
        session.encounters.destroy(encounter.id, "test")
    return session.encounters


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "visit.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(struct.pack("<40000h", *(i % 200 for i in range(40_000))))
    return path


def _states(store, encounter):
    return {s.stage: (s.state, s.code) for s in store.get(encounter).stages}


def _import(store, recording, *answers):
    engine = EngineScript(*answers)
    runner = VisitRunner(store, engine, _mark)
    return engine, runner, runner.import_recording(recording, "Knee", no_progress, CancelToken())


def test_visit_walks_from_sound_to_checked_draft(store, recording):
    engine, runner, encounter = _import(store, recording, transcript_to_json(TRANSCRIPT), note_to_json(DRAFT))
    seen = []
    runner.process(encounter, no_progress, CancelToken(), lambda stage, state: seen.append((stage, state)))
    assert engine.requests == [("transcribe", 80_000), ("draft", 1)]
    assert store.get(encounter).state is EncounterState.DRAFT
    assert next(store.versions(encounter)[-1].note.statements()).support is Support.SUPPORTED
    assert all(state is StageState.DONE for state, _ in _states(store, encounter).values())
    assert seen[0] == (Stage.TRANSCRIBE, StageState.RUNNING)
    assert seen[-1] == (Stage.CHECK, StageState.DONE)


def test_failed_stage_is_stored_and_the_next_run_starts_there(store, recording):
    engine, runner, encounter = _import(
        store, recording, transcript_to_json(TRANSCRIPT), ModelMissingError("gone"), note_to_json(DRAFT)
    )
    with pytest.raises(ModelMissingError):
        runner.process(encounter, no_progress, CancelToken())
    assert _states(store, encounter)[Stage.DRAFT] == (StageState.FAILED, "model-missing")
    assert store.transcript(encounter) == TRANSCRIPT
    runner.process(encounter, no_progress, CancelToken())
    assert [kind for kind, _ in engine.requests] == ["transcribe", "draft", "draft"]


def test_one_crash_of_the_engine_is_survived(store, recording):
    _engine, runner, encounter = _import(
        store, recording, EngineError("died"), transcript_to_json(TRANSCRIPT), EngineError("died"), note_to_json(DRAFT)
    )
    runner.process(encounter, no_progress, CancelToken())
    assert store.get(encounter).versions == 1


def test_second_crash_fails_the_stage_and_keeps_the_sound(store, recording):
    _engine, runner, encounter = _import(store, recording, EngineError("died"), EngineError("died"))
    with pytest.raises(EngineError):
        runner.process(encounter, no_progress, CancelToken())
    assert _states(store, encounter)[Stage.TRANSCRIBE] == (StageState.FAILED, "engine")
    assert store.audio_info(encounter).duration == pytest.approx(2.5)


def test_cancel_leaves_the_stage_pending(store, recording):
    _engine, runner, encounter = _import(store, recording, WorkCancelledError())
    with pytest.raises(WorkCancelledError):
        runner.process(encounter, no_progress, CancelToken())
    assert _states(store, encounter)[Stage.TRANSCRIBE] == (StageState.PENDING, None)


def test_bug_is_stored_as_such(store, recording):
    _engine, runner, encounter = _import(store, recording, RuntimeError("engine process: ValueError"))
    with pytest.raises(RuntimeError):
        runner.process(encounter, no_progress, CancelToken())
    assert _states(store, encounter)[Stage.TRANSCRIBE] == (StageState.FAILED, "bug")


def test_file_without_sound_makes_no_encounter(store, tmp_path):
    (tmp_path / "words.mp3").write_text("no sound")
    with pytest.raises(InputError):
        VisitRunner(store, EngineScript(), _mark).import_recording(
            tmp_path / "words.mp3", "x", no_progress, CancelToken()
        )
    assert list(store.list()) == []


def test_cancelled_import_leaves_no_encounter(store, recording):
    token = CancelToken()

    def cancel_at_first_block(_fraction, _phrase):
        token.cancel()

    with pytest.raises(WorkCancelledError):
        VisitRunner(store, EngineScript(), _mark).import_recording(recording, "x", cancel_at_first_block, token)
    assert list(store.list()) == []


def test_full_disk_during_import_leaves_no_encounter(store, recording, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def write(self, _pcm):
            raise DiskFullError("The disk is full.")

    monkeypatch.setattr(store, "audio_writer", lambda *_: Full())
    with pytest.raises(DiskFullError):
        VisitRunner(store, EngineScript(), _mark).import_recording(recording, "x", no_progress, CancelToken())
    assert list(store.list()) == []


def test_cut_recording_is_kept_and_the_transcript_says_so(store, recording):
    content = recording.read_bytes()
    recording.write_bytes(content[: len(content) // 2])
    _engine, runner, encounter = _import(store, recording, transcript_to_json(TRANSCRIPT), note_to_json(DRAFT))
    assert _states(store, encounter)[Stage.RECORD] == (StageState.DONE, CUT)
    runner.process(encounter, no_progress, CancelToken())
    assert "damaged or cut" in store.transcript(encounter).notices[0]


def test_visit_without_recording_is_refused(store):
    encounter = store.create("empty")
    with pytest.raises(ConflictError):
        VisitRunner(store, EngineScript(), _mark).process(encounter, no_progress, CancelToken())


SECTION = DRAFT.sections[0]
PASSAGE = AnsweredPassage(0.0, 1.0, "0" * 64, "soap", "m", {"subjective.symptoms": ("knee pain",)})


def test_sections_are_shown_checked_and_only_stored_with_the_whole_draft(store, recording):
    engine, runner, encounter = _import(store, recording, transcript_to_json(TRANSCRIPT), note_to_json(DRAFT))
    engine.parts = [Section("plan", "Plan"), SECTION]
    seen = []

    def show(section):
        assert store.get(encounter).versions == 0
        seen.append(section)

    runner.process(encounter, no_progress, CancelToken(), on_section=show)
    assert [s.key for s in seen] == ["plan", "subjective"]
    assert seen[1].statements[0].support is Support.SUPPORTED


def test_a_draft_and_another_one_begin_with_what_was_answered(store, recording):
    prepared = PreparedPassages()
    engine = EngineScript(transcript_to_json(TRANSCRIPT), note_to_json(DRAFT), note_to_json(DRAFT))
    runner = VisitRunner(store, engine, _mark, prepared=prepared)
    encounter = runner.import_recording(recording, "Knee", no_progress, CancelToken())
    prepared.add(encounter, PASSAGE)
    runner.process(encounter, no_progress, CancelToken())
    runner.redraft(encounter, "soap", no_progress, CancelToken())
    assert engine.earlier == [(PASSAGE,), (PASSAGE,)]
    runner.forget(encounter)
    assert prepared.of(encounter) == ()


def test_what_was_answered_before_a_cancel_or_crash_is_not_asked_again(store, recording):
    prepared = PreparedPassages()
    engine = EngineScript(
        transcript_to_json(TRANSCRIPT), WorkCancelledError(), EngineError("died"), note_to_json(DRAFT)
    )
    engine.parts = [PASSAGE]
    runner = VisitRunner(store, engine, _mark, prepared=prepared)
    encounter = runner.import_recording(recording, "Knee", no_progress, CancelToken())
    with pytest.raises(WorkCancelledError):
        runner.process(encounter, no_progress, CancelToken())
    assert prepared.of(encounter) == (PASSAGE,)
    runner.process(encounter, no_progress, CancelToken())
    assert [len(earlier) for earlier in engine.earlier] == [0, 1, 2]


def test_what_was_prepared_can_be_forgotten(store, recording):
    prepared = PreparedPassages()
    prepared.add("e", PASSAGE)
    engine = EngineScript()
    VisitRunner(store, engine, _mark, prepared=prepared).forget("e")
    assert prepared.of("e") == ()
    assert engine.requests == [("forget", 0)]
