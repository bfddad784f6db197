"""What a visit is drafted as stays with it: over a crash, a later try, and a note type whose file is gone."""

import shutil

import pytest

from app.audio.microphone_choice import MicrophoneChoice
from app.domain.codec import note_to_json
from app.domain.draft_choice import DraftChoice
from app.domain.encounter import Stage, StageState
from app.domain.errors import InputError, ModelMissingError
from app.domain.note import Note, Section, Statement
from app.domain.style import Form, Length, StyleWish
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.work import CancelToken, no_progress
from app.drafting.templates.template import TEMPLATES
from app.visit import recordings as room
from app.visit.choice import Choice
from app.visit.runner import VisitRunner

WISH = StyleWish(Length.BRIEF, Form.PROSE)
SAID = Transcript(3.0, "en", "whisper-base", (Utterance("u1", 0.0, 1.0, Speaker.PATIENT, "My knee hurts."),))
NOTE = Note("soap", (Section("subjective", "Subjective", (Statement("s1", "Knee pain.", ("u1",)),)),))


class Engine:
    """Tells what drafts are asked for; `broken` fails once."""

    def __init__(self, *, broken=False):
        self.asked = []
        self.broken = broken

    def draft(self, _transcript, *, template, style, **_options):
        self.asked.append((template, style.length, style.form))
        broken, self.broken = self.broken, False
        if broken:
            raise ModelMissingError("gone")
        return self

    def wait(self, _seconds=None):
        return True

    def result(self, _cancel=None):
        return note_to_json(NOTE)


def _recorded(desk, visit):
    """The recording has an end and a transcript; drafting is what is left."""
    desk.recordings.finish(visit.encounter_id)
    desk.store.save_transcript(visit.encounter_id, SAID)
    desk.store.set_stage(visit.encounter_id, Stage.TRANSCRIBE, StageState.DONE)


def _draft(desk, visit, engine, **options):
    runner = VisitRunner(desk.store, engine, lambda note, _said: note)
    runner.process(visit.encounter_id, no_progress, CancelToken(), **options)
    return desk.store.versions(visit.encounter_id)[-1].note


def test_type_and_style_outlast_a_crash(desk, doubles):
    visit = desk.start(template="nursing-note", style=WISH)
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    _recorded(desk, visit)
    engine = Engine()
    _draft(desk, visit, engine)
    assert engine.asked == [("nursing-note", Length.BRIEF, Form.PROSE)]


def test_what_is_chosen_for_the_next_visit_does_not_count_for_this_one(desk, doubles):
    visit = desk.start(template="nursing-note", style=WISH)
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    _recorded(desk, visit)
    engine = Engine()
    _draft(desk, visit, engine, template="progress-note", style=StyleWish(Length.FULL))
    assert engine.asked == [("nursing-note", Length.BRIEF, Form.PROSE)]


def test_without_a_choice_of_its_own_it_is_that_of_the_program(make_desk, doubles):
    desk = make_desk(choice=Choice(template="telephone-encounter", style=WISH))
    visit = desk.start()
    assert desk.store.draft_choice(visit.encounter_id) == DraftChoice("telephone-encounter", WISH)


def test_the_draft_is_prepared_as_the_same_type_after_the_crash(make_desk, doubles, monkeypatch):
    made = []

    class Ahead:
        def __init__(self, _engine, choice, *_rest, **_options):
            made.append(choice.template)

        def __getattr__(self, _name):
            return lambda *_: None

    monkeypatch.setattr(room, "LiveDrafting", Ahead)
    desk = make_desk(drafting=object())
    visit = desk.start(template="nursing-note")
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    assert made == ["nursing-note", "nursing-note"]


def test_an_imported_visit_keeps_what_its_first_try_was_asked_for(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    with desk.session._vault.database.transaction() as connection:
        from sqlalchemy import text

        connection.execute(text("UPDATE encounters SET draft_choice = NULL"))
    _recorded(desk, visit)
    engine = Engine(broken=True)
    with pytest.raises(ModelMissingError):
        _draft(desk, visit, engine, template="progress-note", style=WISH)
    _draft(desk, visit, engine)
    assert engine.asked == [("progress-note", Length.BRIEF, Form.PROSE)] * 2


def test_a_type_whose_file_is_gone_still_gives_a_note_that_says_so(desk, doubles, tmp_path):
    own = tmp_path / "clinic letter.toml"
    shutil.copy(TEMPLATES / "soap.toml", own)
    visit = desk.start(template=str(own), style=WISH)
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    _recorded(desk, visit)
    own.unlink()
    engine = Engine()
    note = _draft(desk, visit, engine, template="progress-note")
    assert engine.asked == [("progress-note", Length.BRIEF, Form.PROSE)]
    assert note.notices[0] == (
        "The note type chosen for this visit, clinic letter, cannot be used any more; it is drafted as Progress note."
    )


def test_if_nothing_else_is_named_the_fault_is_told(desk, doubles):
    visit = desk.start(template="no-such-type")
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    _recorded(desk, visit)
    with pytest.raises(InputError):
        _draft(desk, visit, Engine(), template="no-such-type")
