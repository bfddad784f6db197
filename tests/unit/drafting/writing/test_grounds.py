"""Complaints and illnesses that came up without anybody saying that the patient has them are not in the note."""

import pytest
from drafting_doubles import visit

from app.domain.transcript import Speaker
from app.drafting.spoken.exchanges import Exchanges
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.grounds import Grounds, grounded
from app.drafting.writing.phrases import Phrase

SYMPTOMS = Field("symptoms", "{}.", role="symptoms", kinds=("symptom",))
DENIED = Field("denied", "Denies {}.", role="denied")
ILLNESSES = Field("illnesses", "Past medical history: {}.", kinds=("condition",))
ALLERGIES = Field("allergies", "Allergies: {}.", none="No allergies.")
FINDINGS = Field("exam", "Examination: {}.", kinds=("finding",))
TOLD = SectionTemplate("subjective", "Subjective", "", (SYMPTOMS, DENIED, ILLNESSES, ALLERGIES), 8)
FOUND = SectionTemplate("objective", "Objective", "", (FINDINGS,), 6, said_by=Speaker.CLINICIAN)


def kept(field, *texts, turns=(), section=TOLD):
    transcript = visit(*turns)
    grounds = Grounds(transcript, Exchanges(transcript))
    phrases = [Phrase(field, text, ("u1",)) for text in texts]
    return [p.text for p in grounded(section, phrases, grounds)]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("fever", ["D: If you get a fever, ring us."]),
        ("fever", ["D: If the cough gets worse", "D: or you get a fever, ring us."]),
        ("fever", ["D: If the cough", "D: or the pain gets worse", "D: or you develop any fever, ring us."]),
        ("muffled hearing", ["D: Wax can block the canal, which can lead to muffled hearing."]),
        ("itchy scalp", ["D: Is your scalp itchy?", "D: Okay. Do you dye your hair?", "P: Yes."]),
        ("itchy scalp", ["D: Is your scalp itchy?", "D: Do you dye your hair at home?", "P: Pardon? No."]),
        ("itchy scalp", ["D: Is your scalp itchy?", "P: No."]),
        ("persistent cough", ["D: Some people have a persistent cough for weeks."]),
    ],
)
def test_what_nobody_said_that_the_patient_has_is_no_complaint(text, turns):
    assert not kept(SYMPTOMS, text, turns=turns)


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("headache when leaning forward", ["P: If I lean forward, the headache gets worse."]),
        ("itchy scalp", ["D: Is your scalp itchy?", "P: Yes, a lot."]),
        ("itchy scalp", ["D: You told the nurse that your scalp is itchy."]),
        ("back pain", ["D: Joan is a 40-year-old with diabetes, and she is here for back pain."]),
        ("cough", ["?: I have had a cough for days."]),
    ],
)
def test_what_was_told_stays(text, turns):
    assert kept(SYMPTOMS, text, turns=turns) == [text]


@pytest.mark.parametrize(
    "turns",
    [
        ["P: I read that it could be a sign of cancer."],
        ["P: What if it is cancer?"],
        ["P: I was reading up, can it be cancer as well?"],
        ["P: My neighbour died of cancer."],
        ["D: Have you ever had cancer?", "P: No."],
        ["D: Have you ever had cancer?", "P: No.", "D: I am afraid you have cancer, of the skin."],
        ["P: My mother had cancer."],
    ],
)
def test_feared_denied_and_other_peoples_illnesses_are_none_of_the_past(turns):
    assert not kept(ILLNESSES, "cancer", turns=turns)


def test_an_illness_that_the_patient_or_the_doctor_tells_stays():
    assert kept(ILLNESSES, "cancer", turns=["D: Have you ever had cancer?", "P: No. Wait, I had cancer of the skin."])
    assert kept(ILLNESSES, "asthma", turns=["P: I have asthma."])
    assert kept(ILLNESSES, "asthma", turns=["D: Joan is 40 and has asthma.", "P: Right."])


def test_nothing_is_not_denied_and_neither_is_what_the_note_lists():
    turns = ["D: Any allergies?", "P: No, just latex.", "D: Any fever?", "P: No."]
    assert kept(DENIED, "nothing else", "fever", turns=turns) == ["fever"]
    transcript = visit(*turns)
    phrases = [Phrase(ALLERGIES, "latex", ("u2",)), Phrase(DENIED, "allergies", ("u1", "u2"))]
    assert grounded(TOLD, phrases, Grounds(transcript, Exchanges(transcript))) == phrases[:1]


def test_a_finding_that_might_be_is_none():
    turns = ["D: It might be wax, or a red eardrum.", "D: The eardrum is red."]
    assert kept(FINDINGS, "might be wax", "eardrum is red", turns=turns, section=FOUND) == ["eardrum is red"]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("bowels", ["D: How are your bowels?", "P: I feel sick now and then."]),
        ("shoulder", ["D: Is the shoulder better?", "P: No."]),
        ("stiff shoulder", ["P: I'm not well, it is all over the stiff shoulder, you see."]),
        ("racing heart", ["P: My heart is racing and I can't breathe."]),
        ("chest tightness", ["D: Does your chest feel tight?", "P: I don't know if it's the chest."]),
        ("fever", ["D: Any fever?", "D: Okay. Do you smoke?", "P: No."]),
    ],
)
def test_a_denial_needs_somebody_who_denied_it(text, turns):
    assert not kept(DENIED, text, turns=turns)


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("blood in the stool", ["D: Is there blood in the stool, anything like that?", "P: Um.", "P: No, nothing."]),
        ("chest pain", ["P: I have no chest pain."]),
        ("chest pain", ["D: Any pain in the chest?", "P: Not really, no. It's just that"]),
        ("chills", ["P: There was no fever, cough, or chills."]),
        ("exercise", ["P: I haven't done any exercise."]),
        ("weakness or numbness", ["D: Any numbness or weakness?", "P: No, no."]),
    ],
)
def test_what_was_denied_stays_denied(text, turns):
    assert kept(DENIED, text, turns=turns) == [text]
