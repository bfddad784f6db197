"""What was there and is over is told with its time, in the note and by the checks."""

import pytest
from drafting_doubles import visit

from app.domain.note import Statement, Support
from app.drafting.checking.check import check_statement
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.rules.then_and_now import changes_in
from app.drafting.spoken.exchanges import Exchanges
from app.drafting.templates.template import Field
from app.drafting.writing.history.changed_complaints import dated_denials, with_changes
from app.drafting.writing.phrases import Phrase

SYMPTOMS = Field("symptoms", "{}.", role="symptoms")
DENIED = Field("denied", "Denies {}.", role="denied")
OVER = "P: I had chills in the beginning but the chills have gone."


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("I had chills in the beginning but the chills have gone.", {"chills"}),
        ("I don't have a fever right now, but I had one two days ago.", {"fever"}),
        ("I had a rash on Monday. It's gone now.", {"rash"}),
        ("I no longer have the cough.", {"cough"}),
        ("I had a headache that went away, but I still have the cough.", {"headache"}),
        ("The nausea stopped, but it came back.", set()),
        ("The cough hasn't stopped.", set()),
        ("I don't have a fever right now.", set()),
        ("I took drops for the cough but they did not help, so I stopped.", set()),
        ("My headaches usually have gone by noon.", set()),
        ("My knee keeps locking and hurting, and I can't bend it anymore.", set()),
        ("I don't have the cough anymore.", {"cough"}),
        ("I stopped coughing on Friday.", {"cough"}),
        ("I have had a cough for three weeks.", set()),
        ("I stopped taking the tablets because of nausea.", set()),
        ("My mother had a cough, it has gone now.", set()),
    ],
)
def test_changes_are_read_from_the_patients_sentence(said, names):
    assert set(changes_in(visit(f"P: {said}"))) == names


def test_the_clinician_changes_nothing():
    assert not changes_in(visit("D: You had chills in the beginning but the chills have gone."))


@pytest.mark.parametrize(("text", "support"), [
    ("Chills.", Support.PARTIAL),
    ("Denies chills.", Support.PARTIAL),
    ("Chills in the beginning, gone now.", Support.SUPPORTED),
    ('Reports "I had chills in the beginning but the chills have gone."', Support.SUPPORTED),
])  # fmt: skip
def test_a_statement_without_the_time_is_in_doubt(text, support):
    heard = Heard(visit("D: Any chills?", "P: No.", OVER))
    marked = check_statement(Statement("s1", text, ("u3",), Support.UNSUPPORTED, ()), "subjective", heard)
    assert marked.support is support
    assert support is Support.SUPPORTED or any("time" in r for r in marked.reasons)


@pytest.mark.parametrize("phrases", [
    [],
    [Phrase(SYMPTOMS, "chills", ("u1",))],
    [Phrase(DENIED, "chills", ("u1",))],
    [Phrase(DENIED, "chills", ("u1",)), Phrase(SYMPTOMS, "chills", ("u1",))],
])  # fmt: skip
def test_the_patients_sentence_stands_once_instead_of_the_complaint_or_its_denial(phrases):
    found = with_changes(SYMPTOMS, DENIED, phrases, changes_in(visit(OVER)))
    quoted = [p for p in found if p.is_quote]
    assert [p.text for p in quoted] == ['"I had chills in the beginning but the chills have gone."']
    assert quoted[0].field is SYMPTOMS
    assert quoted[0].evidence[0] == "u1"
    assert not any(p.field is DENIED for p in found)


def test_other_denials_and_details_stay():
    phrases = [Phrase(DENIED, "cough, chills", ("u1",)), Phrase(SYMPTOMS, "shaking chills at night", ("u1",))]
    found = [p.text for p in with_changes(SYMPTOMS, DENIED, phrases, changes_in(visit(OVER)))]
    assert "cough" in found
    assert any(text.startswith("shaking chills at night") for text in found)
    assert sum("in the beginning" in text for text in found) == 1


def test_what_was_denied_of_the_past_and_is_diagnosed_today_is_dated():
    turns = ["D: Have you ever had gout?", "P: No.", "D: Any cough?", "P: No.", "D: So I think you have gout."]
    phrases = [Phrase(DENIED, "gout", ("u1", "u2")), Phrase(DENIED, "cough", ("u3", "u4"))]
    found = [p.text for p in dated_denials(DENIED, phrases, Exchanges(visit(*turns)))]
    assert found == ["gout in the past", "cough"]
    assert mark("Denies gout in the past.", *turns).support is Support.SUPPORTED
    assert dated_denials(DENIED, phrases, Exchanges(visit(*turns[:4]))) == phrases


def mark(text, *turns):
    return check_statement(Statement("s1", text, (), Support.UNSUPPORTED, ()), "subjective", Heard(visit(*turns)))


def test_a_condition_reaches_into_the_next_utterance():
    turns = ["D: So if your cough gets worse", "D: or you develop any weakness, or a fever, ring us."]
    assert mark("Weakness.", *turns).support is Support.PARTIAL
    assert mark("Fever.", *turns).support is Support.PARTIAL
    ended = ["D: If your cough gets worse, ring us.", "D: And you have a fever, I see."]
    assert mark("Fever.", *ended).support is Support.SUPPORTED


def test_a_patient_who_raises_his_voice_tells_all_the_same():
    assert mark("Back pain.", "D: What is wrong?", "P: I get like some pain in my back?").support is Support.SUPPORTED
    assert mark("Back pain.", "P: Do I have pain in my back because of it?").support is not Support.SUPPORTED


def test_a_lack_of_one_thing_is_no_lack_of_the_next():
    assert mark("Lack of energy, tired.", "P: I'm tired and I have no energy.").support is not Support.CONTRADICTED
