"""What was asked and plainly answered, though the lexicon has no name for it."""

import pytest
from drafting_doubles import visit

from app.drafting.spoken.exchanges import Exchanges
from app.drafting.templates.template import Field
from app.drafting.writing.history.plain_answers import plain_answers, things_asked, with_plain_answers
from app.drafting.writing.phrases import Phrase

SYMPTOMS = Field("symptoms", "{}.", role="symptoms")
DENIED = Field("denied", "Denies {}.", role="denied")


def answers(*turns):
    transcript = visit(*turns)
    return plain_answers(transcript, Exchanges(transcript))


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Any pain in the heel at all?", ["pain in heel"]),
        ("Have you noticed any discharge coming from your eye?", ["discharge coming from eye"]),
        ("Do you have any trouble with your sleep or appetite?", ["trouble with sleep or appetite"]),
        ("Any trouble with, with your memory?", ["trouble with memory"]),
        ("Besides the drops, do you take any other medicines?", ["other medicines"]),
        ("Any swelling of the ankle, any numbness in your toes?", ["swelling of ankle", "numbness in toes"]),
        ("Any ear ache, or coughing up any blood?", ["ear ache, or coughing up any blood"]),
        ("Have you been coughing up any blood?", ["coughing up blood"]),
        ("Any other symptoms, like a sore neck?", ["a sore neck"]),
        ("Have you had any other symptoms , swelling of the ankle?", ["swelling of ankle"]),
        ("Any trouble climbing the stairs?", ["trouble climbing stairs"]),
        ("Any blood?", []),
        ("Do you take any ibuprofen for the pain?", []),
        ("Any changes in her urine?", ["changes in urine"]),
        ("Any questions?", []),
        ("Any problems with the form?", []),
        ("How long have you had trouble with your sleep?", []),
        ("Have you had your bladder checked?", []),
        ("So you have trouble with your sleep, is that right?", []),
        ("Is that pain in the heel or is it more of the ankle?", []),
    ],
)
def test_things_are_cut_from_the_question(question, things):
    assert things_asked(question) == things


def test_a_plain_no_denies_and_both_utterances_are_evidence():
    (found,) = answers("D: Any discharge from the eye?", "P: No.")
    assert (found.thing, found.denied, found.evidence) == ("discharge from eye", True, ("u1", "u2"))


def test_a_yes_affirms_with_the_answers_words():
    (plain,) = answers("D: Any trouble with your balance?", "P: Yes.")
    (told,) = answers("D: Any trouble with your balance?", "P: Yeah, mostly on stairs.")
    assert (plain.denied, plain.said) == (False, "")
    assert (told.denied, told.said) == (False, "Yeah, mostly on stairs.")


def test_the_clinician_repeats_an_answer_that_was_not_recorded():
    (same,) = answers("D: Any discharge from the eye? No, okay. Did you drive here?", "P: Yes.")
    (following,) = answers("D: Any discharge from the eye?", "D: No, okay. Did you drive here?", "P: Yes.")
    assert (same.thing, same.denied, same.evidence) == ("discharge from eye", True, ("u1",))
    assert (following.denied, following.evidence) == (True, ("u1", "u2"))


@pytest.mark.parametrize(
    "turns",
    [
        ("D: Any discharge from the eye?", "D: Okay. Do you use drops?", "P: No."),
        ("D: Any discharge from the eye?", "P: Only in the mornings."),
        ("D: Any discharge from the eye?", "P: No.", "P: Well, a little, in the mornings."),
        ("D: Any discharge from the eye?", "P: No.", "D: Sure?", "P: There was discharge in the eye on Monday."),
        ("D: Any discharge from the eye? We will have a look.", "P: No."),
        ("D: Any discharge from the eye?", "P: No. Why do you ask?"),
        ("P: Any discharge from the eye?", "D: No."),
        ("D: Does anybody in your family have any trouble with the memory?", "P: No."),
    ],
)
def test_nothing_is_made_of_an_answer_that_is_not_plain_or_was_not_heard(turns):
    assert not answers(*turns)


def test_answers_go_to_their_questions():
    found = answers("D: Any discharge from the eye? No? And any trouble with your balance?", "P: Yes, since Monday.")
    assert [(a.thing, a.denied) for a in found] == [("discharge from eye", True), ("trouble with balance", False)]


def test_what_the_note_says_already_is_not_said_again():
    found = answers("D: Any discharge from the eye?", "P: No.", "D: Any trouble with your balance?", "P: Yes.")
    new = with_plain_answers(found, SYMPTOMS, DENIED, [])
    assert [(p.field, p.text) for p in new] == [(DENIED, "discharge from eye"), (SYMPTOMS, "trouble with balance")]
    said = [Phrase(DENIED, "eye discharge", ("u1", "u2")), Phrase(SYMPTOMS, "poor balance", ("u3", "u4"))]
    assert with_plain_answers(found, SYMPTOMS, DENIED, said) == said


def test_what_says_less_from_the_same_question_gives_way():
    found = answers("D: Any stiffness or swelling of the lower back?", "P: No.")
    less = [Phrase(DENIED, "stiffness", ("u1", "u2")), Phrase(DENIED, "cough", ("u1", "u2"))]
    assert [p.text for p in with_plain_answers(found, SYMPTOMS, DENIED, less)] == [
        "cough",
        "stiffness or swelling of lower back",
    ]


def test_a_denial_of_one_place_stands_beside_the_complaint_of_another():
    told = "P: My face is numb, I have numbness in the left cheek."
    (found,) = answers(told, "D: Any numbness in the rest of the body at all?", "P: No, nothing like that.")
    assert found.thing == "numbness in rest of body"
    assert not answers(told, "D: Any numbness?", "P: No.")
