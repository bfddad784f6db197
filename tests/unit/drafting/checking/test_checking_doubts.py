"""What the checks must tell apart: pressing and pain, then and now, a verb and a side, a score and a number of days."""

import pytest

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.check import check_note

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}

SCALE = "D: On a scale from one to ten, how bad is the ache? | P: About a four, I would say. | D: Thank you."
WORST = "D: Is it ten out of ten, the worst ever? Or rather three out of ten? | P: I guess, I can still sit with it."
SCORED = "D: So that is eight out of ten? | P: Yes."
MOTHER = "D: Anything in the family? | P: My mother, she has diabetes, type 2. | D: I see."
PRESSED = (
    "P: There is this ache in my chest since Sunday. | D: Does it hurt when I press here, on the breastbone? | P: No."
)
PRESSED_FIRST = "P: My chest is aching. | D: Now I press on the breastbone. Does that hurt? | P: Not at all."
STONES = (
    "D: Your doctor writes that you have gallstones. Have you had gallstones before? | P: I never had gallstones "
    "before, but I have gallstones now."
)
USED_TO = "D: Any seizures? | P: I used to have seizures as a boy. | D: I see."
UNTIL = "D: And your feet? | P: My toes were tingling until Friday. Then it went away. | D: Good."
AT_ONCE = "D: You are tired, you said? Any joint pain? | P: Yeah. | P: No. | D: Good."
LIKE_THAT = "D: Any anxiety or depression? | P: I keep busy with my garden. Nothing like that. | D: Good."
HISTORY = "P: I have a bad headache. | D: Any history of headaches? | P: No. | D: I see."
WARNED = (
    "D: Any chest pain? | P: No. | D: If you get a high fever, or your breathing becomes a bit more difficult, or "
    "chest pain, come back."
)
PEOPLE = "D: Some people who sleep badly feel suicidal. Are you suicidal? | P: No."
WEATHER = "P: My knee hurts on the stairs. It hurts at night. | D: Any pain with the damp weather? | P: No."
HIT = "D: Have you had any injuries to your head? | P: No."
CAUSE = "P: I have chest pain. | D: Did you lift anything heavy causing chest pain? | P: No."
BOTH_KNEES = "P: My left knee was swollen in May. | P: My right knee was swollen in June. | D: I see."
SURGERY = "P: I had right hand surgery last year. | D: I see."
SICK = "P: I'm sick with this cough. | D: Any vomiting? | P: No vomiting."
CALVES = "D: Do you get any pain in your calves at all when you walk? | P: No. | D: And your back? | P: It hurts."


@pytest.mark.parametrize(
    ("talk", "text", "section"),
    [
        (SCALE, "Severity about 4 out of 10.", "subjective"),
        (SCORED, "Severity: eight out of ten.", "subjective"),
        (MOTHER, "Family history: mother has type 2 diabetes.", "subjective"),
        (MOTHER, "Mother has type 2 diabetes.", "subjective"),
        (PRESSED, "No pain on pressing the breastbone.", "objective"),
        (PRESSED_FIRST, "No pain on pressing the breastbone.", "objective"),
        (PRESSED_FIRST, "No tenderness of the breastbone.", "objective"),
        (STONES, "No gallstones before.", "subjective"),
        (USED_TO, "Used to have seizures.", "subjective"),
        (AT_ONCE, "Denies joint pain.", "subjective"),
        (LIKE_THAT, "Denies anxiety.", "subjective"),
        (HISTORY, "Reports headache.", "subjective"),
        (WARNED, "Denies chest pain.", "subjective"),
        (WEATHER, "No pain with damp weather.", "subjective"),
        (HIT, "No head injury.", "subjective"),
        (CAUSE, "Reports chest pain.", "subjective"),
        (SURGERY, "The patient has had right hand surgery.", "subjective"),
        (SICK, "Denies vomiting.", "subjective"),
        (
            "P: After the patient left the ward her foot hurt. | D: I see.",
            "The foot hurt after the patient left.",
            "plan",
        ),
    ],
)
def test_true_lines_are_not_doubted(talk: str, text: str, section: str):
    assert marked(talk, text, section).support is Support.SUPPORTED, marked(talk, text, section).reasons


@pytest.mark.parametrize(
    ("talk", "text", "section", "reason"),
    [
        (
            "P: It is a four. It began seven days ago. | D: Out of ten?",
            "Severity: 7 out of 10.",
            "subjective",
            "number",
        ),
        (MOTHER, "Father has type 2 diabetes.", "subjective", "who"),
        (PRESSED, "Pain on pressing the breastbone.", "objective", "negation"),
        (PRESSED_FIRST, "Tenderness of the breastbone.", "objective", "negation"),
        (STONES, "Reports gallstones before.", "subjective", "negation"),
        (USED_TO, "The patient has seizures.", "subjective", "time"),
        (UNTIL, "Reports tingling of the toes today.", "subjective", "time"),
        (AT_ONCE, "Reports joint pain.", "subjective", "negation"),
        (LIKE_THAT, "Reports anxiety.", "subjective", "negation"),
        (HISTORY, "Denies headache.", "subjective", "negation"),
        (WARNED, "Reports chest pain.", "subjective", "negation"),
        (PEOPLE, "Reports suicidal thoughts.", "subjective", "negation"),
        (WEATHER, "Has pain with damp weather.", "subjective", "negation"),
        (HIT, "Has a head injury.", "subjective", "negation"),
        (CAUSE, "Denies chest pain.", "subjective", "negation"),
        (SURGERY, "The patient has had left hand surgery.", "subjective", "side"),
        (SICK, "Reports vomiting.", "subjective", "negation"),
        (CALVES, "Reports pain in his calves when walking.", "subjective", "negation"),
        (BOTH_KNEES, "Right knee injury.", "subjective", "side"),
    ],
)
def test_errors_are_doubted_for_the_right_reason(talk: str, text: str, section: str, reason: str):
    statement = marked(talk, text, section)
    assert statement.support is not Support.SUPPORTED
    assert any(r.startswith(f"{reason}:") for r in statement.reasons), statement.reasons


def test_the_illness_of_a_relative_named_behind_it_is_not_the_patients():
    statement = marked(
        "D: You spoke of the stroke of your father. | P: Yes.", "The patient has had a stroke.", "subjective"
    )
    assert any(r.startswith("who:") for r in statement.reasons)


def test_a_symptom_shortened_to_a_wider_one_is_doubted_all_the_same():
    statement = marked("P: I am short of breath.", "Reports paroxysmal nocturnal dyspnea.", "subjective")
    assert any("paroxysmal" in r for r in statement.reasons)


def marked(talk: str, text: str, section: str) -> Statement:
    lines = [line.split(": ", 1) for line in talk.split(" | ")]
    utterances = tuple(Utterance(f"u{n}", float(n), n + 1.0, WHO[who], said) for n, (who, said) in enumerate(lines))
    transcript = Transcript(float(len(lines)), "en", "test", utterances)
    note = Note("soap", (Section(section, section.title(), (Statement("s1", text),)),))
    return check_note(note, transcript).sections[0].statements[0]


def test_the_scale_of_a_question_is_no_score():
    reasons = marked(WORST, "Severity: ten out of ten.", "subjective").reasons
    assert any("question's scale" in reason for reason in reasons)
