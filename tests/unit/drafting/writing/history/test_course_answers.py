"""When, how long, how often, where, what makes it worse: the question with its answer, in their own words."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.exchanges import Exchanges
from app.drafting.templates.template import load_template
from app.drafting.writing.history.course_answers import MOST_EACH, course_answers
from app.drafting.writing.phrases import Phrase

SUBJECTIVE = next(s for s in load_template("soap").sections if s.key == "subjective")
FIELDS = {f.name: f for f in SUBJECTIVE.fields}


def found(*turns, phrases=()):
    transcript = visit(*turns)
    return course_answers(transcript, Exchanges(transcript), SUBJECTIVE, phrases)


@pytest.mark.parametrize(
    ("question", "answer", "field"),
    [
        ("When did the itching start?", "Last Sunday.", "onset"),
        ("How long has the itching been there?", "About nine days.", "duration"),
        ("How often do you wake up?", "Four times a night.", "frequency"),
        ("Is the ache constant or does it come and go?", "It comes and goes.", "course"),
        ("Is it on both sides?", "No, only the right.", "sides"),
        ("Is the ache radiating into your jaw?", "No.", "radiation"),
        ("Whereabouts is the ache?", "Behind the knee.", "location"),
        ("What does it feel like?", "Like pins.", "character"),
        ("How bad does it get?", "I have to sit down.", "degree"),
        ("Is it affecting your sleep?", "I lie awake.", "impact"),
        ("Does anything make it worse?", "Climbing stairs.", "worse with"),
        ("And what makes it better?", "Lying flat.", "better with"),
    ],
)
def test_question_and_answer_stand_together_under_what_was_asked(question, answer, field):
    (phrase,) = found(f"D: {question}", f"P: {answer}")
    asked = question.removeprefix("And ")
    assert phrase.field.name == field
    assert phrase.text == f'"{asked[:1].upper()}{asked[1:]}" – "{answer}"'
    assert phrase.evidence == ("u1", "u2")


def test_a_bare_yes_says_something_only_with_its_question():
    (phrase,) = found("D: Is it getting worse?", "P: Yes.")
    assert phrase.text == '"Is it getting worse?" – "Yes."'


def test_what_the_clinician_says_before_his_question_is_left_out():
    (phrase,) = found("D: Nine days, okay. And how often does it itch?", "P: Every hour.")
    assert phrase.text == '"How often does it itch?" – "Every hour."'


@pytest.mark.parametrize(
    "turns",
    [
        ("D: How often does it itch?", "D: Okay. Do you smoke?", "P: No."),
        ("D: How often does it itch?", "P: Sorry?"),
        ("D: How often does it itch? I will write that down.", "P: Okay."),
        ("D: How long have you been taking the drops?", "P: Two years."),
        ("D: How long have you lived here?", "P: Two years."),
        ("D: When did you have your surgery?", "P: Last year."),
        ("D: When did you move to the country?", "P: Last year."),
        ("P: How long will it last?", "D: Two weeks."),
        ("D: Come back if it is getting worse.", "P: Okay."),
    ],
)
def test_no_answer_another_matter_or_no_question_gives_nothing(turns):
    assert not found(*turns)


def test_an_answer_that_a_phrase_holds_is_not_repeated():
    turns = ("D: How long has the itching been there?", "P: About nine days.")
    assert not found(*turns, phrases=[Phrase(FIELDS["symptoms"], "itching for about nine days", ("u2",))])
    assert found(*turns, phrases=[Phrase(FIELDS["symptoms"], "itching", ("u2",))])


def test_one_question_stands_once_and_not_all_of_many():
    assert len(found("D: When did it start, and how long does it last?", "P: On Monday, an hour each time.")) == 1
    many = [turn for n in range(9) for turn in (f"D: How long does pain number {n} last?", f"P: {n + 2} hours.")]
    assert len(found(*many)) == MOST_EACH


def test_a_relatives_complaint_is_not_the_patients():
    assert not found("D: Did your mother have it too? How long did she have the cough?", "P: Ten years.")


def test_a_list_behind_the_question_is_part_of_it():
    phrases = found("D: Does the ache spread? Your back, your hip.", "P: Now and then into my hip.")
    assert [p.field.name for p in phrases] == ["radiation"]


@pytest.mark.parametrize(
    ("before", "question", "text"),
    [
        (
            "I had one like it two years ago.",
            "How long did it last?",
            'one like it two years ago: "How long did it last?"',
        ),
        ("I had one like it two years ago. I have it now.", "How long did it last?", '"How long did it last?"'),
        ("I had one like it two years ago.", "How long has it been there?", '"How long has it been there?"'),
    ],
)
def test_an_earlier_time_is_named(before: str, question: str, text: str):
    (phrase,) = found("D: Have you had this before?", f"P: {before}", f"D: {question}", "P: A week.")
    assert phrase.text == f'{text} – "A week."'
