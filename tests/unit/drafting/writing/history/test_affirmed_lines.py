"""What a model gives as had, denied or done must have been affirmed or denied by the patient."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.run_on import questions_apart
from app.drafting.templates.template import load_template
from app.drafting.writing.history.affirmed_lines import AffirmedLines
from app.drafting.writing.phrases import Phrase

SUBJECTIVE = next(s for s in load_template("soap").sections if s.key == "subjective")
FIELDS = {f.name: f for f in SUBJECTIVE.fields}


def settled(field: str, phrase: str, *said: str) -> list[str]:
    found = AffirmedLines(visit(*said)).settled(SUBJECTIVE, [Phrase(FIELDS[field], phrase, ("u1",))])
    return [p.sentence for p in found]


@pytest.mark.parametrize(
    ("field", "phrase", "said"),
    [
        (
            "symptoms",
            "wheezing",
            ("D: okay and with the cold air are you having any wheezing", "P: i haven't noticed any wheezing"),
        ),
        (
            "symptoms",
            "wheezing",
            ("D: Any wheezing?", "P: No.", "D: The spray is for the wheezing that some people get."),
        ),
        ("symptoms", "pain in the liver", ("P: There is pain in my back.", "D: The scan showed a liver cyst.")),
        ("denied symptoms", "folk singing", ("D: Is that where you hold your breath?", "P: No, folk singing is loud.")),
        ("denied symptoms", "fever", ("D: Your vitals look good, there is no fever.", "P: Okay.")),
        ("symptoms", "sleep", ("D: Have there been any problems with her sleep?", "P: She's out by eight, no issues.")),
        ("symptoms", "half a year", ("P: It hasn't been half a year yet.",)),
        ("symptoms", "depression medication", ("P: I've had depression. I take pills for my sugar.",)),
        (
            "family history",
            "problems at birth (mother)",
            ("D: Were there any problems at birth?", "P: No, it was quick.", "P: I'm his mother."),
        ),
        ("operations", "knee surgery", ("D: Have you ever had knee surgery?", "P: No.")),
        (
            "work and home",
            "thermometer at home",
            ("D: weigh yourself each week do you have a thermometer at home", "P: no but I can get one"),
        ),
        ("work and home", "walking", ("P: There will be a lot of walking on that trip.",)),
        ("work and home", "work: garden", ("P: It bit me while I was out in the garden.",)),
        ("work and home", "home: with nephews", ("D: Did you catch any fish?", "P: I had my nephews with me.")),
    ],
)
def test_the_topic_of_a_question_is_no_fact(field: str, phrase: str, said: tuple[str, ...]):
    assert settled(field, phrase, *said) == []


@pytest.mark.parametrize(
    ("field", "phrase", "said"),
    [
        ("symptoms", "wheezing", ("D: Any wheezing?", "P: Yes, at night.")),
        (
            "symptoms",
            "neck pain",
            ("D: How's the neck pain?", "P: I'm not sleeping because of the neck pain any more."),
        ),
        ("symptoms", "sleep", ("D: Any problems with your sleep?", "P: I wake up at three.")),
        ("family history", "stroke (father)", ("D: Any strokes in the family?", "P: My father had a stroke.")),
        ("symptoms", "wheezing", ("P: I have been wheezing.", "D: Any wheezing now?", "P: No.")),
        ("symptoms", "pain in the shoulder", ("P: My shoulder has so much pain.",)),
        ("denied symptoms", "fever", ("D: Any fever?", "P: No, nothing.")),
        ("denied symptoms", "fever", ("P: I haven't had a fever.",)),
        ("denied symptoms", "earplugs at night", ("D: Do you use earplugs at night?", "P: Oh no, never did.")),
        ("operations", "knee surgery", ("D: Have you ever had knee surgery?", "P: Yes, in May.")),
        ("work and home", "work: roofs", ("D: What do you do for work?", "P: I fix roofs.")),
        ("work and home", "home: with nephews", ("P: I live with my nephews.",)),
        ("work and home", "gardening", ("D: Any hobbies?", "P: Gardening, all day.")),
    ],
)
def test_what_the_patient_affirms_or_denies_stands(field: str, phrase: str, said: tuple[str, ...]):
    assert len(settled(field, phrase, *said)) == 1


def test_what_is_only_supposed_stands_in_the_words_that_say_so():
    said = ("D: Any pain in your chest?", "P: Now and then but I thought it was just indigestion.")
    assert settled("symptoms", "indigestion", *said) == [
        'Reports "Now and then but I thought it was just indigestion."'
    ]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("weigh yourself each week do you own a thermometer", "do you own a thermometer?"),
        (
            "okay and your blood looks fine so what about any trouble with your sleep lately",
            "what about any trouble with your sleep lately?",
        ),
    ],
)
def test_a_question_at_the_end_of_talk_without_marks_stands_apart(said: str, asked: str):
    assert questions_apart(said)[-1] == asked


@pytest.mark.parametrize(
    "said", ["we have you on some tablets for the thyroid", "I see. Do you know? Fine.", "let me see how it goes on"]
)
def test_talk_without_such_a_question_stays_whole(said: str):
    assert questions_apart(said) == [said]


@pytest.mark.parametrize(
    ("phrase", "asked", "said"),
    [
        ("neck pain", "How's the neck pain?", "I'm not really getting it any more."),
        ("bruises", "Any bruises?", "I did, back in May, but I haven't seen any since then."),
    ],
)
def test_what_is_over_stands_with_its_question(phrase, asked, said):
    (line,) = settled("symptoms", phrase, f"D: {asked}", f"P: {said}")
    assert line.rstrip(".") == f'"{asked}" – "{said}"'
