"""Who is spoken of: a relative, until the speaker comes back to himself."""

import pytest

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.check import check_note
from app.drafting.spoken.exchanges import Exchanges
from app.drafting.spoken.relatives import carried_relatives, spoken_of

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}


@pytest.mark.parametrize(
    ("text", "relatives"),
    [
        ("My mother had a stroke. My knee hurts.", ["mother", ""]),
        ("My mother had a stroke. She also had gout.", ["mother", "mother"]),
        ("My mother had a stroke, and my knee hurts.", ["mother", ""]),
        ("My mother had a stroke and my older brother had one, too.", ["mother", "brother"]),
        ("My dad had gout. I have gout, too. It hurts.", ["father", "", ""]),
        ("My dad had gout. I think he had asthma.", ["father", "father"]),
        ("My dad had gout. I think my knee hurts.", ["father", ""]),
        ("My dad had gout. He thinks I have asthma.", ["father", ""]),
    ],
)
def test_each_sentence_has_its_person(text: str, relatives: list[str]):
    assert [relative for _, relative in spoken_of(text)] == relatives


def test_the_patients_own_knee_is_not_carried_to_the_mother():
    visit = transcript("P: My mother had a stroke. My knee hurts.", "P: It hurts at night.", "P: It is swollen.")
    assert carried_relatives(visit) == ("", "", "")
    exchanges = Exchanges(visit)
    assert exchanges.is_only_familys("stroke")
    assert not exchanges.is_only_familys("pain")


def test_how_about_goes_on_with_the_family_for_illnesses_only():
    asked = ("D: Any cancers in the family?", "P: No.", "D: And how about lung conditions?", "P: No.")
    assert carried_relatives(transcript(*asked))[2:] == ("family", "family")
    assert carried_relatives(transcript(*asked[:2], "D: How about smoking?", "P: No."))[2:] == ("", "")
    assert carried_relatives(transcript(*asked[:2], "D: How about your heart?", "P: It races."))[2:] == ("", "")


def test_what_the_clinician_repeats_ends_nothing_and_says_nothing():
    visit = transcript(
        "D: What is in the family?", "P: Hypothyroidism.", "D: Hyperthyroidism?", "P: She also has hypothyroidism."
    )
    assert carried_relatives(visit) == ("", "family", "", "family")


@pytest.mark.parametrize("asked", ["Any allergies?", "Smoking?", "Surgeries?", "Medications?"])
def test_a_short_question_for_something_else_ends_the_talk_of_the_family(asked: str):
    visit = transcript("D: And your mother?", "P: She had cancer.", f"D: {asked}", "P: No.")
    assert carried_relatives(visit)[2:] == ("", "")


def test_a_relative_is_still_carried_into_the_answers():
    visit = transcript(
        "D: And your father?", "P: He had asthma.", "P: He died of a stroke.", "P: My knee hurts.", "P: Yes."
    )
    assert carried_relatives(visit) == ("", "father", "father", "", "")


@pytest.mark.parametrize(
    "talk", ["My mother had a stroke. My knee is swollen.", "My mother had a stroke, my knee is swollen."]
)
def test_the_checker_leaves_the_knee_with_the_patient(talk: str):
    visit = transcript(f"P: {talk}", "D: I see.")
    statements = (Statement("s1", "Knee swelling."), Statement("s2", "Has had a stroke."))
    note = check_note(Note("soap", (Section("subjective", "Subjective", statements),)), visit)
    knee, stroke = note.sections[0].statements
    assert knee.support is Support.SUPPORTED, knee.reasons
    assert stroke.support is Support.CONTRADICTED


def transcript(*lines: str) -> Transcript:
    utterances = tuple(Utterance(f"u{n}", float(n), n + 1.0, WHO[s[0]], s[3:]) for n, s in enumerate(lines))
    return Transcript(float(len(lines)), "en", "test", utterances)


def test_a_denial_without_clinical_names_belongs_to_whom_it_was_asked_of():
    visit = transcript(
        "D: Any cancers in the family?",
        "P: No.",
        "D: How about lung conditions?",
        "P: No.",
        "D: Do you smoke?",
        "P: No.",
    )
    exchanges = Exchanges(visit)
    assert exchanges.family_denials("lung conditions", ("u2", "u3")) == ("lung conditions",)
    assert exchanges.family_denials("lung conditions", ("u2", "u4")) == ()
    assert exchanges.family_denials("lung conditions") == ()
