"""Findings and results as stated: negated ones stay negated, results keep their test, guesses are none."""

import pytest

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.spoken.findings import stated_findings

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}


def visit(*lines: str) -> Transcript:
    said = [line.split(": ", 1) for line in lines]
    return Transcript(
        5.0 * (len(said) + 1),
        "en",
        "test",
        tuple(Utterance(f"u{n}", 5.0 * n, 5.0 * n + 4, WHO[who], text) for n, (who, text) in enumerate(said, 1)),
    )


def found(*lines: str) -> list[str]:
    return [f"{f.test}: {f.text}" if f.test else f.text for f in stated_findings(visit(*lines))]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("I don't hear any crackles.", "no crackles"),
        ("I can hear a soft murmur at the apex.", "soft murmur at the apex"),
        ("There's no swelling in your calves.", "no swelling in the calves"),
        ("You do have some tenderness over the shin.", "tenderness over the shin"),
        ("You don't have any redness.", "no redness"),
        ("Your heart sounds are normal.", "heart sounds are normal"),
        ("No redness is seen.", "no redness is seen"),
        ("So no edema has developed in your legs.", "no edema has developed in the legs"),
        ("No, your lungs are clear.", "lungs are clear"),
        ("Right knee is swollen.", "right knee is swollen"),
        ("Right, your knee is swollen.", "knee is swollen"),
    ],
)
def test_a_finding_is_written_as_it_was_stated(said: str, written: str):
    assert found("D: Let me have a look at you.", f"D: {said}") == [written]


def test_what_the_examined_patient_answers_is_summed_up_by_the_clinician():
    lines = found(
        "D: Now I'd like to do the physical exam over the video.",
        "P: Sure.",
        "D: Can I get you to turn your head to the left? Does that hurt?",
        "P: It does pull a bit.",
        "D: Okay, so some stiffness on turning to the left. And to the right?",
        "P: That's fine.",
        "D: No, okay, so no pain on turning to the right. So some of these you can do at home.",
    )
    assert lines == ["some stiffness on turning to the left", "no pain on turning to the right"]


def test_what_is_summed_up_of_the_history_is_no_finding():
    assert found("D: How long?", "P: Two weeks.", "D: Okay, so some pain for two weeks.") == []


def test_results_stand_with_their_test():
    lines = found(
        "P: My wrist hurts.",
        "D: Let's take a look at your wrist x-ray.",
        "P: Okay.",
        "D: It looks normal. There's no fracture, and there's some swelling.",
    )
    assert lines == ["wrist x-ray: looks normal; no fracture; swelling"]


def test_an_older_test_keeps_its_date():
    lines = found("D: This is the echocardiogram we did three months ago, and it shows mild mitral regurgitation.")
    assert lines == ["echocardiogram (three months ago): mild mitral regurgitation"]


@pytest.mark.parametrize(
    "said",
    [
        "Somebody might have a fluid level there.",
        "Do you have any swelling?",
        "We'll get an x-ray of that knee.",
        "I see your concern about the rash.",
        "You said you have some pain in the hip.",
    ],
)
def test_guesses_questions_and_orders_are_no_findings(said: str):
    assert found("D: Let me have a look at you.", f"D: {said}") == []


def test_what_is_told_outside_an_examination_is_none():
    assert found("P: I have a rash.", "D: There's some tenderness in a lot of people.", "P: Okay.") == []


def test_what_is_not_seen_on_a_film_that_is_read_out_is_its_result():
    said = visit("D: Let me review the x-ray of your thumb. The good news is I don't see any fracture, which is good.")
    assert [(f.test, f.text) for f in stated_findings(said)] == [("x-ray of the thumb", "no fracture")]
