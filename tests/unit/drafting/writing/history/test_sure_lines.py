"""What is left out of the history because it cannot be placed surely in a time, a person and a kind."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.examining import examined
from app.drafting.spoken.exchanges import Exchanges
from app.drafting.spoken.worries import worried_about
from app.drafting.templates.template import load_template
from app.drafting.writing.grounds import Grounds, grounded
from app.drafting.writing.history.course_answers import course_answers
from app.drafting.writing.history.sure_lines import SureLines
from app.drafting.writing.phrases import Phrase

SUBJECTIVE = next(s for s in load_template("soap").sections if s.key == "subjective")
FIELDS = {f.name: f for f in SUBJECTIVE.fields}


def stands(field: str, phrase: str, *said: str) -> list[str]:
    talk = visit(*said)
    found = grounded(SUBJECTIVE, [Phrase(FIELDS[field], phrase, ("u1",))], Grounds(talk, Exchanges(talk)))
    return [p.sentence for p in found]


def sure(field: str, phrase: str, evidence: tuple[str, ...], *said: str) -> list[str]:
    found = SureLines(visit(*said)).settled(SUBJECTIVE, [Phrase(FIELDS[field], phrase, evidence)])
    return [p.sentence for p in found]


@pytest.mark.parametrize(
    ("field", "phrase", "said"),
    [
        ("symptoms", "dizziness", ("D: Did you have any dizziness?", "P: Maybe. I don't think I've ever been dizzy.")),
        ("past illnesses", "stroke", ("D: What was it like?", "P: It felt like a stroke, all heavy.")),
        ("past illnesses", "gout", ("D: She comes with a referral for gout.", "P: Yes, they thought it was gout.")),
        ("past illnesses", "pulse irregularity", ("D: Have you taken your pulse before?", "P: Yes.")),
        ("past illnesses", "cold", ("D: What happened?", "P: The floor was so cold that I slipped.")),
        ("operations", "knee replacement", ("P: My knee hurts.", "D: Next we would plan a knee replacement.")),
        ("operations", "hip surgery", ("D: Any surgery on your hip or your knee?", "P: Yes, on the knee, in May.")),
    ],
)
def test_what_nobody_affirmed_is_left_out(field: str, phrase: str, said: tuple[str, ...]):
    assert stands(field, phrase, *said) == []


@pytest.mark.parametrize(
    ("field", "phrase", "said"),
    [
        ("symptoms", "dizziness", ("D: Did you have any dizziness?", "P: Yes, every morning.")),
        ("symptoms", "dizziness", ("D: Did you have any dizziness?", "P: When I get up.")),
        ("past illnesses", "gout", ("D: Any illnesses?", "P: I have had gout for years.")),
        ("past illnesses", "cold", ("D: Any illnesses?", "P: I had a bad cold in May.")),
        ("operations", "hip surgery", ("D: Any surgery on your hip?", "P: Yes, in May.")),
        ("medicines with dose", "bisoprolol", ("D: And which one is it?", "P: Hm.", "D: Bisoprolol?", "P: That's it.")),
    ],
)
def test_what_was_affirmed_stands(field: str, phrase: str, said: tuple[str, ...]):
    assert len(stands(field, phrase, *said)) == 1


def test_a_worry_must_be_said_as_one():
    talk = visit("D: What is it?", "P: I'm worried about my kidneys. I don't worry about money. Work is busy.")
    assert worried_about("kidneys", talk)
    assert not worried_about("money", talk)
    assert not worried_about("work", talk)


def test_a_denial_taken_for_a_worry_stands_as_a_denial():
    said = ("D: Do you ever think of ending it?", "P: I haven't had any suicidal thoughts.")
    assert stands("worries", "worry about suicidal thoughts", *said) == ["Denies suicidal thoughts."]


@pytest.mark.parametrize(
    "said",
    [
        ("D: Any back pain?", "P: No.", "P: Well, when I lift something it aches."),
        ("D: Any back pain?", "P: No.", "D: How about when you lift something?", "P: Yes, then it aches."),
        ("D: Any back pain?", "P: No, well, yeah, it aches when I lift."),
    ],
)
def test_a_no_that_is_taken_back_is_no_denial(said: tuple[str, ...]):
    assert Exchanges(visit(*said)).denials == ()
    assert stands("denied symptoms", "back pain", *said) == []


def test_the_rest_of_a_denial_stands_when_one_thing_is_taken_back():
    said = ("D: Any fever or vomiting?", "P: No.", "P: Well, vomiting once.")
    assert [e.concepts for e in Exchanges(visit(*said)).denials] == [("fever",)]


def test_an_examination_by_video_goes_on_over_what_is_summed_up():
    said = (
        "D: And now I'm going to get you to bend your knee. Does that hurt?",
        "P: Yes, a little stiff.",
        "D: OK, so some stiffness on flexion.",
        "P: Mhm.",
        "D: How about when you straighten it?",
        "P: That's fine.",
        "D: How long has this been going on?",
        "P: Two months.",
    )
    assert examined(visit(*said)) == {"u1", "u2", "u3", "u5", "u6"}


def test_answers_given_while_being_examined_are_no_history():
    said = (
        "D: How long has it hurt?",
        "P: Two days.",
        "D: I'm going to press on your shin. Does it hurt here?",
        "P: Yes.",
        "D: And here?",
        "P: A bit.",
        "D: When did you last take a tablet?",
        "P: At noon.",
    )
    assert examined(visit(*said)) == {"u3", "u4", "u5", "u6"}
    assert sure("symptoms", "shin pain", ("u3", "u4"), *said) == []
    assert len(sure("symptoms", "shin pain", ("u1", "u2"), *said)) == 1


def test_a_frequency_stays_with_its_own_medicine():
    said = ("P: I take ramipril 5 mg.", "D: I'll give you ibuprofen 400 mg and you can take that twice a day.")
    assert sure("medicines with dose", "ramipril 5 mg twice a day", ("u1",), *said) == ["Medications: ramipril 5 mg."]
    own = ("P: I take ramipril 5 mg twice a day.",)
    assert sure("medicines with dose", "ramipril 5 mg twice a day", ("u1",), *own) == [
        "Medications: ramipril 5 mg twice a day."
    ]


def test_neither_a_dose_alone_nor_a_past_medicine_is_taken():
    assert sure("medicines with dose", "600 mg every six hours", ("u1",), "P: I took 600 mg every six hours.") == []
    said = ("D: Have you ever taken naproxen?", "P: I used to take it, years ago.")
    assert sure("medicines with dose", "naproxen", ("u1", "u2"), *said) == []


def test_a_time_ago_is_no_duration():
    said = ("P: I wanted to come two months ago. I had cramps.",)
    assert sure("symptoms", "cramps for two months", ("u1",), *said) == ["Cramps."]
    began = ("P: The cramps started two months ago.",)
    assert sure("symptoms", "cramps for two months", ("u1",), *began) == ["Cramps for two months."]


@pytest.mark.parametrize("remark", ['"That hurts."', '"It hurts a little."', '"Just a little uncomfortable."'])
def test_a_remark_about_it_alone_is_left_out(remark: str):
    assert sure("symptoms", remark, ("u1",), "P: That hurts. It hurts a little. Just a little uncomfortable.") == []


def test_an_earlier_injury_denied_is_not_todays():
    said = ("D: Have you injured this foot before?", "P: No.", "P: I injured it on the stairs today.")
    assert sure("denied symptoms", "injured", ("u1", "u2"), *said) == []


def test_a_complaint_that_ended_long_ago_is_none_of_today():
    assert sure("symptoms", "cramps", ("u1",), "P: I did have cramps until the operation in 2003.") == []
    assert len(sure("symptoms", "cramps", ("u1",), "P: I did have cramps until recently, and I have cramps now.")) == 1


def test_a_town_is_no_illness_of_the_family():
    assert sure("family history", "mother: from Leeds", ("u1",), "P: My mother is from Leeds.") == []
    assert len(sure("family history", "mother: diabetes", ("u1",), "P: My mother has diabetes.")) == 1


def headed(field: str, *said: str) -> list[str]:
    talk = visit(*said)
    found = course_answers(talk, Exchanges(talk), SUBJECTIVE, [])
    return [p.sentence for p in found if p.field.name == field]


def test_headings_stand_only_where_they_are_true():
    onset = next(f.name for f in SUBJECTIVE.fields if f.say.startswith("Onset"))
    assert headed(onset, "P: My tooth aches.", "D: When did it start?", "P: Two days ago.")
    assert not headed(onset, "P: I'm on warfarin.", "D: When did it start?", "P: Six years ago.")
