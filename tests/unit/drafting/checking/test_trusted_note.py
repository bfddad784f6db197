"""Golden cases of faults that drafts of recognised speech once had: one for each, in drafter and checker."""

import re

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Transcript
from app.drafting.checking.check import check_note
from app.drafting.drafter import Drafter
from app.drafting.lexicon.labels import label_meaning, split_label
from app.drafting.spoken.heard_names import as_heard, heard_diagnosis, heard_names
from app.drafting.spoken.relatives import relatives_spoken_of
from app.drafting.templates.template import load_template, template_ids

CHEST = visit(
    "P: It's my chest.",
    "P: I've been getting this tightness on the stairs.",
    "D: Does it go anywhere else? Your arm, your jaw?",
    "P: Sometimes into my left arm.",
    "D: On a scale from zero to ten, how bad does it get?",
    "P: About a six.",
    "D: All right, any shortness of breath with it.",
    "P: A little bit, yeah, on the stairs.",
    "D: Any cough or fever?",
    "P: No, no cough, no fever.",
    "P: There's the lysinopril, 10 milligrams every morning.",
    "D: Any allergies to medicines?",
    "P: No.",
    "D: In the family, any heart disease.",
    "P: My dad had a heart attack when he was 59.",
    "D: I'm sorry to hear that, and your mother.",
    "P: She's got diabetes type two.",
    "D: Do you smoke at all?",
    "P: I quit eight years ago, before that a pack a day.",
    "D: That's 148 over 92. A bit high.",
    "D: Pulse is 76 and regular. Oxygen is 98 on room air.",
    "D: Heart sounds are normal, and I don't hear a murmur.",
    "D: Does it hurt when I press here on the breastbone?",
    "P: No, that doesn't hurt.",
    "D: Tightness that comes with effort makes me think of Injina.",
    "D: That means the heart muscle isn't getting enough blood.",
    "D: We'll do an ECG today.",
    "D: I'm also referring you to a cardiologist for a stress test.",
    "D: Call 911 if it doesn't go away after five minutes of rest.",
)


def checked(text: str, section: str = "subjective", transcript: Transcript = CHEST) -> Statement:
    note = Note("soap", (Section(section, section.title(), (Statement("s1", text),)),))
    return next(check_note(note, transcript).statements())


def draft(**labels: list[str]) -> Note:
    return Drafter(ScriptedModel(always(form(**labels)))).draft(CHEST, load_template("soap"))


def texts(note: Note) -> list[str]:
    return [s.text for s in note.statements()]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Chief complaint: chest tightness.", "subjective"),
        ("Tobacco: quit eight years ago.", "subjective"),
        ("Vital signs: 148 over 92.", "objective"),
        ("Family history: mother has diabetes type two.", "subjective"),
        ("Other symptoms: shortness of breath on the stairs.", "subjective"),
        ("No murmur.", "objective"),
    ],
)
def test_true_lines_with_labels_raise_no_alarm(text, section):
    statement = checked(text, section)
    assert (statement.support, statement.reasons) == (Support.SUPPORTED, ())


@pytest.mark.parametrize(
    ("text", "section", "support", "reason"),
    [
        (
            "Past medical history: diabetes type two.",
            "subjective",
            "contradicted",
            "who: diabetes type two was said of",
        ),
        ("Denies shortness of breath.", "subjective", "contradicted", "negation: note denies shortness of breath"),
        ("Medications: lysinopril 10 mg.", "subjective", "partial", "drug: “lysinopril” is no known name"),
        (
            "Medications: lisinopril (heard as “lysinopril”) 10 mg.",
            "subjective",
            "partial",
            "name: heard as “lysinopril”, taken for lisinopril",
        ),
        ("Angina (heard as “Injina”).", "assessment", "partial", "name: heard as “Injina”, taken for angina"),
        ("Results: ECG is normal.", "objective", "unsupported", "result: ecg normal not heard"),
        ("Family history: chest tightness.", "subjective", "contradicted", "who:"),
    ],
)
def test_dangerous_lines_are_marked(text, section, support, reason):
    statement = checked(text, section)
    assert statement.support is Support(support), statement.reasons
    assert any(r.startswith(reason) for r in statement.reasons), statement.reasons


def test_an_age_within_a_decade_is_not_that_age():
    told = visit("D: Anything in the family?", "P: My dad had a heart attack in his 60s.")
    assert checked("Father had a heart attack at 60.", transcript=told).support is Support.PARTIAL
    assert checked("Father had a heart attack in his 60s.", transcript=told).support is Support.SUPPORTED


def test_the_exchange_about_a_relative_ends_with_the_next_question():
    about = relatives_spoken_of(CHEST)
    assert about["u15"] == "father"
    assert about["u17"] == "mother"
    assert "u19" not in about
    own = visit("D: And your mother?", "P: She is well. I have asthma.")
    assert checked("Asthma.", transcript=own).support is Support.SUPPORTED


def test_what_the_mother_has_is_written_as_hers():
    note = draft(illness=["diabetes type two"])
    assert "Family history: diabetes type two (mother)." in texts(note)
    assert not any(t.startswith("Past medical history") for t in texts(note))


def test_a_yes_never_becomes_a_denial_and_mixed_denials_are_parted():
    note = draft(symptom=["no shortness of breath, no cough, no fever"])
    assert "Shortness of breath (a little bit, on the stairs)." in texts(note)
    assert "Denies cough, fever." in texts(note)
    assert not any(t.startswith("Denies") and "breath" in t for t in texts(note))


def test_answers_and_findings_that_the_model_forgot_are_quoted():
    found = texts(draft(complaint=["chest tightness"]))
    assert "Radiation: sometimes into their left arm." in found
    assert "Severity: about a six." in found
    assert "Tobacco: quit eight years ago, before that a pack a day." in found
    assert "No allergies." in found


def test_vital_signs_findings_and_plans_said_aloud_are_all_there():
    found = texts(draft())
    assert "Vital signs: blood pressure 148/92." in found
    assert any("pulse is 76 and regular" in t for t in found)
    assert any("I do not hear a murmur" in t for t in found)
    assert any("breastbone" in t and "that doesn't hurt" in t for t in found)
    assert any(t.startswith("Referral:") and "stress test" in t for t in found)
    assert any("makes me think of angina (heard as “Injina”)" in t for t in found)


def test_unsaid_diagnoses_results_and_explanations_are_left_out_and_counted():
    note = draft(
        exam=["heart muscle isn't getting enough blood"],
        result=["ECG is normal"],
        diagnosis=["Injina", "hypertension", "low oxygen", "heart disease"],
    )
    found = texts(note)
    assert "Angina (heard as “Injina”)." in found
    assert not any(re.search("ypertension|ow oxygen|eart disease|ECG is normal|heart muscle", t) for t in found)
    assert any("Kept out of the note" in n for n in note.notices)


def test_a_warning_that_speaks_of_rest_is_advice_and_no_medicine():
    warning = "call 911 if it doesn't go away after five minutes of rest"
    assert f"Advice: {warning}." in texts(draft(advice=[warning], treatment=[warning]))


def test_checked_draft_holds_no_contradiction():
    note = check_note(draft(complaint=["chest tightness"]), CHEST)
    assert [s.text for s in note.statements() if s.support is Support.CONTRADICTED] == []


def test_misheard_names_keep_what_was_heard():
    for said in ("lysinopril 10 mg", "atorva statin from 20 to 40 mg"):
        assert as_heard(heard_names(said)) == said
        assert "heard as" in heard_names(said)
    assert heard_names("limited hearing") == "limited hearing"
    assert heard_diagnosis("Injina") == "angina (heard as “Injina”)"
    assert heard_diagnosis("engine trouble") == "engine trouble"


def test_every_label_of_every_template_is_known():
    for name in template_ids():
        for field in (f for s in load_template(name).sections for f in s.fields):
            label, mark, _ = field.say.partition(":")
            assert not mark or label_meaning(label), field.say
    assert split_label("Knee: swollen.") == ("", "Knee: swollen.")


def test_a_former_smoker_is_not_contradicted():
    assert checked("Former smoker, quit eight years ago.").support is not Support.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "question", "answer", "clear"),
    [
        ("Fever.", "Have you noticed any fevers lately?", "Felt a bit hot, didn't take a temperature though.", False),
        ("Chest pain.", "Any chest pain?", "Sometimes my shoulder aches when I lift things.", False),
        ("Cough.", "Do you have a cough?", "Well, my wife has been complaining about the cold.", False),
        ("Fever.", "Have you noticed any fevers lately?", "Yes, on Monday night.", True),
        ("Chest pain.", "Any chest pain?", "A little bit, on the stairs.", True),
    ],
)
def test_an_answer_that_tells_of_something_else_leaves_the_question_open(text, question, answer, clear):
    statement = checked(text, transcript=visit(f"D: {question}", f"P: {answer}"))
    assert (statement.support is Support.SUPPORTED) is clear


@pytest.mark.parametrize(
    ("answer", "clear"),
    [("It, uh, it does feel like it's beating faster right now.", False), ("No, nothing like that.", True)],
)
def test_a_word_that_was_only_asked_is_not_denied(answer, clear):
    talk = visit("D: Have you been having any kind of thumping or palpitations at all?", f"P: {answer}")
    assert (checked("Denies thumping.", transcript=talk).support is Support.SUPPORTED) is clear
