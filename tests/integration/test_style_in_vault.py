"""Style learned from signed notes in a real vault: what comes of it, what never does, and how it ends."""

import json
import re
from dataclasses import replace

import pytest
from drafting_doubles import form
from drafting_engine import DraftingEngine

from app.domain.codec import note_to_json
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import ConflictError
from app.domain.note import Note, Section, Statement
from app.domain.people import Role
from app.domain.style import Form, Length, Style, StyleWish, Wording
from app.domain.work import CancelToken, no_progress
from app.exchange.text_transcript import transcript_from_text
from app.policy import Policy
from app.settings import find_paths
from app.vault import sign_in
from app.visit.choice import Choice
from app.wiring import build, check

OWNER = "four small bridges"
OTHER = "three warm stones"
EARLIER = """Doctor: What brings you in today?
Patient: My Zanzibar cough is back, since the flamingo festival. I am short of breath.
Doctor: Your blood pressure is 171 over 99. We will do an electrocardiogram, twice daily inhalers of quibron.
"""
SPOKEN = """Doctor: What brings you in today?
Patient: I have had a cough and shortness of breath for three days. I have high blood pressure.
Doctor: What medicines do you take?
Patient: Metformin 500 mg twice a day.
Doctor: Your blood pressure is 128 over 82. We will do an electrocardiogram.
"""
ANSWER = form(
    complaint=["cough"],
    symptom=["cough for three days", "shortness of breath for three days"],
    illness=["high blood pressure"],
    medicine=["metformin 500 mg twice a day"],
    test=["electrocardiogram"],
)
UNIQUE = ("zanzibar", "flamingo", "quibron", "171", "99", "ada-only")


@pytest.fixture
def program(tmp_path):
    made = build(find_paths(tmp_path))
    made.__dict__["engine"] = DraftingEngine(ANSWER)
    made.__dict__["policy"] = Policy()
    yield made
    made.close()


@pytest.fixture
def session(program):
    opened, _code = program.create_vault("ada", "Dr. Ada", OWNER)
    yield opened
    opened.close()


def drafted(session, spoken=SPOKEN, note=None):
    """A visit with a transcript and, if given, a draft."""
    store = session.encounters
    visit = store.create("Visit")
    transcript = transcript_from_text(spoken)
    store.save_transcript(visit, transcript)
    for stage in (Stage.RECORD, Stage.TRANSCRIBE):
        store.set_stage(visit, stage, StageState.DONE)
    if note is not None:
        store.add_version(visit, check(note, transcript), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return visit


def signed(program, session, passphrase=OWNER, style=None):
    """A visit whose draft the person shortened, with words that only that patient has, and signed."""
    note = Note(
        "soap",
        (
            Section("subjective", "Subjective", (Statement("s1", "Zanzibar cough, shortness of breath."),)),
            Section("objective", "Objective", (Statement("s2", "Blood pressure 171/99."),)),
            Section("plan", "Plan", (Statement("s3", "Electrocardiogram; quibron twice daily."),)),
        ),
        style=style or Style(form=Form.PROSE),
    )
    visit = drafted(session, EARLIER, note)
    review = program.review(session)
    review.edit_statement(visit, "s1", "Zanzibar cough since the flamingo festival, dyspnea.", 1)
    review.edit_statement(visit, "s2", "BP 171/99, ada-only.", 2)
    review.edit_statement(visit, "s3", "ECG; quibron BID.", 3)
    review.sign(visit, passphrase, "authorship", 4, acknowledged=True)
    return visit


def draft(program, session, **options):
    visit = drafted(session)
    runner = program.visits(session, options.pop("choice", None))
    runner.process(visit, no_progress, CancelToken(), **options)
    return session.encounters.versions(visit)[-1].note


def words(note):
    return " ".join(s.text for s in note.statements())


def test_the_next_note_is_written_as_the_earlier_ones_without_a_word_of_them(program, session):
    assert draft(program, session).style == Style()
    for _ in range(2):
        signed(program, session)
    note = draft(program, session)
    assert note.style == Style(form=Form.PROSE, wording=Wording.ABBREVIATED)
    assert "dyspnea" in words(note)
    assert "500 mg BID" in words(note)
    assert "ECG" in words(note)
    assert program.engine.styles[-1].terms == ("BID", "BP", "ECG", "dyspnea")
    whole = json.dumps(note_to_json(note)).lower()
    assert not [word for word in UNIQUE if re.search(rf"\b{word}\b", whole)]
    asked = " ".join(f"{p.system} {p.user} {p.instruction}" for p in program.engine.model.prompts).lower()
    assert not [word for word in UNIQUE if re.search(rf"\b{word}\b", asked)]
    assert all(s.evidence for s in note.statements())


def test_what_a_person_chose_goes_before_what_was_learned(program, session):
    signed(program, session)
    note = draft(program, session, style=StyleWish(Length.BRIEF, Form.BULLETS, Wording.SPELLED))
    assert note.style == Style(Length.BRIEF, Form.BULLETS, Wording.SPELLED)
    choice = replace(Choice(), style=StyleWish(form=Form.BULLETS))
    assert draft(program, session, choice=choice).style == Style(wording=Wording.ABBREVIATED)


def test_drafting_again_learns_too(program, session):
    visit = drafted(session)
    runner = program.visits(session)
    runner.process(visit, no_progress, CancelToken())
    signed(program, session)
    runner.redraft(visit, "soap", no_progress, CancelToken())
    assert session.encounters.versions(visit)[-1].note.style.wording is Wording.ABBREVIATED


def test_switched_off_nothing_is_learned_also_after_the_next_sign_in(program, session):
    signed(program, session)
    learning = program.style_learning(session)
    assert learning.learned("soap", "").notes == 1
    learning.switch(on=False)
    assert not learning.on
    assert draft(program, session).style == Style()
    session.close()
    again = sign_in(program.paths.vault, "ada", OWNER)
    assert not program.style_learning(again).on
    program.style_learning(again).switch(on=True)
    assert draft(program, again).style.form is Form.PROSE
    again.close()


def test_what_was_forgotten_stays_forgotten_and_learning_goes_on_with_new_notes(program, session):
    kept = signed(program, session)
    learning = program.style_learning(session)
    learning.forget()
    assert learning.learned("soap", "") is None
    assert draft(program, session).style == Style()
    assert session.encounters.versions(kept)[-1].signature is not None
    signed(program, session, style=Style(Length.FULL))
    assert learning.learned("soap", "").notes == 1
    assert draft(program, session).style.length is Length.FULL


def test_the_policy_forbids_it_whatever_was_switched(program, session):
    signed(program, session)
    program.__dict__["policy"] = Policy(learn_style=False)
    learning = program.style_learning(session)
    assert not learning.on
    assert learning.learned("soap", "") is None
    assert draft(program, session).style == Style()
    with pytest.raises(ConflictError):
        learning.switch(on=True)


def test_nobody_learns_from_another_persons_notes(program, session):
    roles = frozenset({Role.PHYSICIAN})
    other, _code = session.users.add("ben", "Dr. Ben", roles, OTHER)
    visit = signed(program, session)
    session.encounters.share(visit, other.id)
    session.close()
    ben = sign_in(program.paths.vault, "ben", OTHER)
    assert program.style_learning(ben).learned("soap", "") is None
    signed(program, ben, OTHER, Style(Length.BRIEF))
    assert program.style_learning(ben).learned("soap", "").notes == 1
    ben.close()
    ada = sign_in(program.paths.vault, "ada", OWNER)
    assert program.style_learning(ada).learned("soap", "").style.length is Length.STANDARD
    ada.close()


def test_a_destroyed_visit_teaches_nothing(program, session):
    visit = signed(program, session)
    session.encounters.destroy(visit, "test")
    assert program.style_learning(session).learned("soap", "") is None


def test_nothing_is_written_outside_the_vault_and_the_trail_says_what_was_done(program, session):
    signed(program, session)
    learning = program.style_learning(session)
    learning.switch(on=True)
    learning.forget()
    draft(program, session)
    assert [p.name for p in program.paths.data.iterdir()] == ["vault"]
    assert not any(b"style.learning" in p.read_bytes() for p in program.paths.vault.rglob("*") if p.is_file())
    actions = [e.action for e in session.audit.entries()]
    assert "style.learned" in actions
    assert actions.count("own-setting.changed") == 2
