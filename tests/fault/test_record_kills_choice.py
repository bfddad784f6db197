"""kill -9 while a visit is recorded: note type and style that were chosen for it are those of its draft."""

import pytest
from pulse_server import pulse_server
from recording_process import RecordingProcess, make_vault, opened

from app.domain.codec import note_to_json
from app.domain.encounter import Stage, StageState
from app.domain.note import Note, Section, Statement
from app.domain.style import Form, Length
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.work import CancelToken, no_progress
from app.policy import Policy
from app.visit.consent import load_wording
from app.visit.recordings import Recordings
from app.visit.runner import VisitRunner

pytestmark = [pytest.mark.pulse, pytest.mark.timeout(120)]

SAID = Transcript(3.0, "en", "whisper-base", (Utterance("u1", 0.0, 1.0, Speaker.PATIENT, "My knee hurts."),))
NOTE = Note("nursing-note", (Section("subjective", "Subjective", (Statement("s1", "Knee pain.", ("u1",)),)),))
RECORD = ("record", "--consent", "verbal", "--no-live", "--no-draft")


class Engine:
    """Tells what drafts are asked for."""

    def __init__(self):
        self.asked = []

    def draft(self, _transcript, *, template, style, **_options):
        self.asked.append((template, style.length, style.form))
        return self

    def wait(self, _seconds=None):
        return True

    def result(self, _cancel=None):
        return note_to_json(NOTE)


def test_the_recovered_visit_is_drafted_as_it_was_begun(tmp_path):
    data, extra = make_vault(tmp_path)
    with pulse_server() as server:
        words = (*RECORD, "--template", "nursing-note", "--length", "brief", "--form", "prose")
        process = RecordingProcess(data, {**extra, **server.environment}, *words)
        process.wait_until_it_records()
        assert process.kill() == []
    session, engine = opened(data), Engine()
    try:
        store = session.encounters
        recordings = Recordings(store, Policy(), load_wording("en-1"), ears=None, free=lambda: 10**12, busy=set())
        (found,) = recordings.unfinished()
        if found.recorded > 0:
            recordings.finish(found.encounter_id)
        store.set_stage(found.encounter_id, Stage.RECORD, StageState.DONE)
        store.save_transcript(found.encounter_id, SAID)
        store.set_stage(found.encounter_id, Stage.TRANSCRIBE, StageState.DONE)
        VisitRunner(store, engine, lambda note, _said: note).process(found.encounter_id, no_progress, CancelToken())
    finally:
        session.close()
    assert engine.asked == [("nursing-note", Length.BRIEF, Form.PROSE)]
