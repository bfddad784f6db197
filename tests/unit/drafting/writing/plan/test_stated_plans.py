"""Plan lines from the clinician's own sentences: complete, nothing added, nothing joined with another's object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.tokens import tokenise
from app.drafting.templates.template import load_template
from app.drafting.writing.phrases import Phrase
from app.drafting.writing.plan.plan_phrases import with_stated_plans
from app.drafting.writing.plan.stated_plans import stated_plans

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}
PLAN = next(s for s in load_template("soap").sections if s.key == "plan")
FIELDS = {f.name.split()[0]: f for f in PLAN.fields}


def visit(*lines: str) -> Transcript:
    said = [line.split(": ", 1) for line in lines]
    return Transcript(
        5.0 * (len(said) + 1),
        "en",
        "test",
        tuple(Utterance(f"u{n}", 5.0 * n, 5.0 * n + 4, WHO[who], text) for n, (who, text) in enumerate(said, 1)),
    )


def plans(*lines: str) -> list[str]:
    return [f"{p.kind}: {p.text}" for p in stated_plans(visit(*lines))]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (
            "We'll stop the ramipril and start losartan 50 milligrams once a day.",
            ["drug: stop ramipril", "drug: start losartan 50 milligrams once a day"],
        ),
        ("Let's raise your ramipril from 5 to 10 milligrams.", ["drug: raise ramipril from 5 to 10 milligrams"]),
        (
            "Let's cut the prednisolone down from 20 to 10 milligrams for a week, then stop it.",
            ["drug: cut prednisolone down from 20 to 10 milligrams for a week; then stop"],
        ),
        ("We'll leave the metformin as it is.", ["drug: leave metformin as it is"]),
        (
            "I'm putting you on amoxicillin, 500 milligrams three times a day for seven days.",
            ["drug: amoxicillin, 500 milligrams three times a day for seven days"],
        ),
        ("You could try a nasal spray.", ["drug: could try nasal spray"]),
        (
            "So let's take another look in about three weeks and see.",
            ["follow: take another look in about three weeks"],
        ),
        (
            "It might be worth you going into the hospital to get checked out a bit further.",
            ["rest: consider going into the hospital to get checked out a bit further"],
        ),
        ("It's worth you seeing the cardiologist.", ["specialist: see the cardiologist"]),
        ("But that needs to be looked into at the hospital first.", ["rest: to be looked into at the hospital first"]),
        ("This has to be signed first.", []),
        (
            "With palpitations, if you get those, that's an emergency. You need to go to A and E for that.",
            ['rest: go to A and E for that ("With palpitations, if you get those, that\'s an emergency")'],
        ),
        ("And when you're at the hospital, the consultant would normally call me, to let me know how it goes.", []),
        ("If you're, you said that when you go to bed the headache's all right, and not waking you up.", []),
        ("If it bothers you call us.", ["rest: call us if it bothers you"]),
        ("If you feel poorly call us.", ["rest: call us if you feel poorly"]),
        (
            "What we should also think about is maybe doing a couple of other tests, like a blood test.",
            ["test: consider couple of other tests, like a blood test"],
        ),
        (
            "But I really like, would like you to come back and see me in about a week, see how you're getting on.",
            ["follow: come back and see me in about a week"],
        ),
        (
            "Either make an appointment with us, or go straight to A and E if it gets worse.",
            ["follow: make an appointment with us, or go straight to A and E if it gets worse"],
        ),
        ("So you're probably going to need some blood tests.", ["test: blood tests"]),
        (
            "What we're going to do is, we'll have a follow-up in a week's time.",
            ["follow: have a follow-up in a week's time"],
        ),
        ("It's a good idea to start off with a blood test.", ["test: blood test"]),
        (
            "What I would, suggest is, taking some anti-inflammatories along with the paracetamol.",
            ["drug: take anti-inflammatories along with the paracetamol"],
        ),
        ("I could, you know, go on about this all day.", []),
        ("I want you to push fluids and strain your urine.", ["rest: push fluids and strain your urine"]),
        ("I want you to push against my hand.", []),
        (
            "So, for that, I'm going to prescribe you, you know, an extra dose of furosemide, 40 milligrams.",
            ["drug: extra dose of furosemide, 40 milligrams"],
        ),
        (
            "The lump in your neck should be evaluated by an endocrinologist.",
            ["rest: the lump in your neck should be evaluated by an endocrinologist"],
        ),
        (
            "I'll send out a referral and they will call you this week.",
            ["specialist: referral and they will call you this week"],
        ),
        ("So I do believe you're gonna need surgery I'm recommending this because of the foot.", ["test: surgery"]),
        ("You want to come back and revisit, maybe in two months?", []),
        ("Let's take a look at that ear.", []),
        ("You may need an operation at some point.", ["test: consider operation at some point"]),
        ("I've prescribed some omeprazole, 20 milligrams.", ["drug: omeprazole, 20 milligrams"]),
        ("Let me know if it gets worse.", ["rest: let me know if it gets worse"]),
        ("Give him paracetamol every six hours.", ["drug: paracetamol every six hours"]),
        ("The plan is rest, ice and ibuprofen.", ["drug: rest, ice and ibuprofen"]),
        ("I'm not going to change your tablets.", ["drug: do not change your tablets"]),
        ("I might arrange an ultrasound.", ["test: consider ultrasound"]),
        ("You need an urgent MRI of the spine.", ["test: urgent MRI of the spine"]),
        (
            "I'd like to get a chest X-ray and an ECG today.",
            ["test: chest X-ray and an ECG today"],
        ),
        ("We don't need to scan it today.", ["test: no need to scan it today"]),
        ("I don't think you need antibiotics.", ["drug: no need for antibiotics"]),
        ("We won't start any antibiotics yet.", ["drug: do not start any antibiotics yet"]),
        ("Don't take ibuprofen while you're on this.", ["drug: do not take ibuprofen while you're on this"]),
        ("You shouldn't drive until we have the results.", ["rest: do not drive until we have the results"]),
        ("No heavy lifting for the next two weeks.", ["rest: no heavy lifting for the next two weeks"]),
        (
            "I'll refer you to the physiotherapist for your shoulder.",
            ["specialist: physiotherapist for your shoulder"],
        ),
        (
            "Try to cut down on salt and keep a food diary.",
            ["rest: try to cut down on salt", "rest: keep a food diary"],
        ),
        (
            "If the pain gets worse or you get a fever, go straight to the emergency department.",
            ["rest: go straight to the emergency department if the pain gets worse or you get a fever"],
        ),
        (
            "If it isn't better, we'll get an MRI.",
            ["test: MRI if it isn't better"],
        ),
        ("Let's see you again in three months with a repeat HbA1c.", ["follow: in three months with a repeat HbA1c"]),
        ("Come back and see me in six weeks.", ["follow: come back and see me in six weeks"]),
        (
            "So the plan is to do some blood tests and then see you next week.",
            ["test: blood tests", "follow: see you next week"],
        ),
        (
            "We will switch you from citalopram to mirtazapine, 15 milligrams at night.",
            ["drug: switch from citalopram to mirtazapine, 15 milligrams at night"],
        ),
    ],
)
def test_a_stated_plan_is_one_line_with_all_that_was_said(said: str, written: list[str]):
    assert plans("P: My knee hurts.", f"D: {said}") == written


@pytest.mark.parametrize(
    "said",
    [
        "Have you tried taking paracetamol?",
        "You said you take aspirin every day.",
        "We did a blood test last week.",
        "That means the muscle isn't getting enough oxygen.",
        "I'm going to ask you a few questions.",
        "Take a deep breath. Keep it there. Don't let me push it down.",
        "I prescribed omeprazole last year. I've prescribed it before.",
        "Let me put the cuff on your arm. Take your shoes off.",
        "I don't think we need to do anything about it.",
        "Sometimes we give steroids. We'd normally give antibiotics for this.",
        "I'll have a listen to your chest.",
        "If you had taken it earlier it would have helped.",
        "You might feel a bit dizzy when you start it.",
        "Would you be happy to try a statin?",
        "I can see your concern about the tablets.",
        "Take care. Don't worry.",
        "Hey assistant, show me the chest x-ray.",
        "We'll get to medication in just a second.",
        "I'll take it you don't take any regular tablets.",
        "So let's start with your sore knee first.",
    ],
)
def test_talk_that_orders_nothing_is_no_plan(said: str):
    assert plans("P: My knee hurts.", f"D: {said}") == []


def test_sentences_that_only_go_on_stay_with_their_order():
    talk = visit(
        "P: Okay.",
        "D: We'll do an ultrasound tomorrow.",
        "D: and some blood tests.",
        "D: thyroid function, liver tests and a blood count.",
        "P: Sure.",
        "D: I'll refer you to a neurologist.",
        "D: within the next month.",
    )
    first, second = stated_plans(talk)
    assert first.text == "ultrasound tomorrow, some blood tests: thyroid function, liver tests and a blood count"
    assert first.ids == ("u2", "u3", "u4")
    assert second.text == "neurologist within the next month"
    assert second.ids == ("u6", "u7")


def test_it_is_the_medicine_just_ordered():
    assert plans("D: I'll give you some naproxen, 500 milligrams. You can take it twice a day, with food.") == [
        "drug: naproxen, 500 milligrams; can take twice a day, with food"
    ]


def test_a_condition_in_the_sentence_before_belongs_to_the_order_behind_it():
    assert plans("D: If it's no better by Monday.", "D: I'd like you to come back.") == [
        "follow: come back if it's no better by Monday"
    ]
    assert plans("D: Call me if you get a fever. I'd like to order an ECG.") == [
        "rest: call me if you get a fever",
        "test: ECG",
    ]


def test_what_may_be_done_is_a_plan_only_as_an_answer():
    assert plans("P: Can I still swim?", "D: Gentle swimming is fine.") == ["rest: gentle swimming is fine"]
    assert plans("P: My leg hurts.", "D: Gentle swimming is fine.") == []


def test_a_dictated_order_that_repeats_one_is_none():
    lines = plans("D: I want to order an echocardiogram for that murmur. Hey scribe, order an echocardiogram.")
    assert lines == ["test: echocardiogram for that murmur"]


def test_the_models_phrases_on_the_same_thing_give_way():
    talk = visit(
        "P: Okay.", "D: I'd like you to start aspirin, 81 milligrams with food. We'll get an ECG.", "P: Fine, doctor."
    )
    model = [
        Phrase(FIELDS["medicines"], "aspirin with ECG", ("u2",)),
        Phrase(FIELDS["tests"], "ECG 81", ("u2",)),
        Phrase(FIELDS["advice"], "drink water", ("u3",)),
    ]
    lines = with_stated_plans(PLAN, model, stated_plans(talk))
    assert [p.text for p in lines] == ["drink water", "start aspirin, 81 milligrams with food", "ECG"]
    other = next(s for s in load_template("soap").sections if s.key == "subjective")
    assert with_stated_plans(other, model, stated_plans(talk)) == model


_OPENED = ["we'll", "I'd like you to", "you should", "start", "stop", "raise", "call me", "don't", "refer to", "no"]
_OBJECTS = ["aspirin", "ramipril", "a cardiologist", "the ECG", "lifting", "from 5", "to 10", "mg", "with food", "it"]
_REST = ["if you get worse", "until Monday", "for pain", "and", "then", "not", "okay", "take", ",", ".", "?"]
_WORDS = st.sampled_from([*_OPENED, *_OBJECTS, *_REST])


@given(st.lists(st.lists(_WORDS, min_size=1, max_size=14).map(" ".join), min_size=1, max_size=4))
def test_no_number_or_name_is_ever_added(said: list[str]):
    talk = visit(*(f"D: {text}" for text in said))
    spoken = {t.stem for text in said for t in tokenise(text)}
    added = {
        t.stem for w in ("consider", "do", "not", "can", "need", "for", "then", "heard", "as") for t in tokenise(w)
    }
    gerunds = {"start", "stop", "rais", "call", "tak", "refer"}
    for plan in stated_plans(talk):
        ids = set(plan.ids)
        assert ids <= {u.id for u in talk.utterances}
        assert {t.stem for t in tokenise(plan.text)} <= spoken | added | gerunds


@pytest.mark.parametrize(
    ("between", "condition"),
    [("Okay.", " if you're feeling worse"), ("In a week, right?", ""), ("I will ask my sister.", "")],
)
def test_a_condition_reaches_over_a_nod_and_over_no_answer(between: str, condition: str):
    said = (
        "D: But before that and if you're feeling worse.",
        f"P: {between}",
        "D: You should take a regular antihistamine.",
    )
    assert plans("P: My throat hurts.", *said) == [f"drug: take regular antihistamine{condition}"]
