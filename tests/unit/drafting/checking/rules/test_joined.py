"""What was said of two things must not stand in one line as if it were one; limits that were said must stand."""

import pytest

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.check import check_note

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}
VISIT = (
    "D: What brings you in? | P: I have had this headache for three weeks. | D: And where is it? "
    "| P: Over my forehead, mostly. | D: Are you eating well? | P: Quite well, thank you. "
    "| D: How is work? | P: Busy, we move house in spring. | D: Anything else? "
    "| P: My elbow has been swollen. | D: Since when is that? | P: Since two days, I banged it on a door. "
    "| D: Do you get palpitations? | P: Once in a while, yes. "
    "| D: For the headache you could try something such as naproxen. "
    "| D: If the swelling gets worse, we will do an x-ray of the elbow. | D: Come and see the nurse next week."
)
SAID_OF_OTHERS = "said of different things"


LONG = (
    "D: Swimming would be good for you, twice a week. | P: I like swimming. | D: Good. "
    + "| P: And then I told my neighbour about the garden and the greenhouse and all that. | D: I see, go on please. "
    * 6
    + "| D: I will send a letter to the pharmacy about your vaccine."
)


def check(text: str, section: str = "subjective", visit: str = VISIT) -> Statement:
    utterances = [
        Utterance(f"u{n}", float(n), n + 1.0, WHO[line.strip()[0]], line.strip()[3:])
        for n, line in enumerate(visit.split("|"))
    ]
    transcript = Transcript(float(len(utterances)), "en", "reference", tuple(utterances))
    note = Note("soap", (Section(section, section.title(), (Statement("s1", text),)),))
    return next(iter(check_note(note, transcript).statements()))


@pytest.mark.parametrize(
    "text",
    [
        "Headache for three weeks.",
        "Headache over the forehead.",
        "Swollen elbow for two days.",
        "Headache, swollen elbow.",
        "Headache and swollen elbow.",
        "Palpitations once in a while.",
        "Palpitations sometimes.",
    ],
)
def test_what_was_said_together_stays_supported(text: str):
    assert check(text).support is Support.SUPPORTED


@pytest.mark.parametrize(
    ("text", "first", "other"),
    [
        ("Headache for two days.", "headache", "two days"),
        ("Swollen elbow for three weeks.", "swollen", "three weeks"),
        ("Swollen forehead.", "swollen", "forehead"),
    ],
)
def test_what_was_said_of_two_things_is_in_doubt(text: str, first: str, other: str):
    marked = check(text)
    assert marked.support is not Support.SUPPORTED
    assert any(r.startswith((SAID_OF_OTHERS, "site", "time")) for r in marked.reasons), marked.reasons
    joined = [r for r in marked.reasons if r.startswith(SAID_OF_OTHERS)]
    assert all(first in r or other in r for r in joined)


def test_a_line_of_words_from_all_over_the_visit_is_in_doubt():
    assert check("Letter to the pharmacy about vaccine.", "plan", LONG).support is Support.SUPPORTED
    marked = check("Letter twice about swimming vaccine.", "plan", LONG)
    assert marked.support is Support.PARTIAL
    assert [r for r in marked.reasons if r.startswith(SAID_OF_OTHERS)]


@pytest.mark.parametrize(
    ("text", "section", "reason"),
    [
        ("Palpitations.", "subjective", "only now and then"),
        ("Naproxen.", "plan", "as an example only"),
        ("X-ray of the elbow.", "plan", "if the swelling gets worse"),
    ],
)
def test_a_limit_that_was_said_and_is_left_out_is_in_doubt(text: str, section: str, reason: str):
    marked = check(text, section)
    assert marked.support is Support.PARTIAL
    assert any(reason in r.lower() for r in marked.reasons), marked.reasons


@pytest.mark.parametrize(
    "text", ["Consider naproxen.", "X-ray of the elbow if the swelling gets worse.", "See the nurse next week."]
)
def test_a_plan_with_its_limit_is_supported(text: str):
    assert check(text, "plan").support is Support.SUPPORTED


def test_the_question_of_a_quoted_exchange_claims_nothing_whatever_stands_behind_it():
    talk = "D: In the family, any seizures. | P: My dad had a stroke at sixty. | D: I see."
    quoted = 'Family history: "In the family, any seizures." – "My dad had a stroke at sixty."'
    assert check(quoted, visit=talk).support is Support.SUPPORTED


GRADED = (
    "D: How have you been? | P: A bit low, to be honest, since the move. | D: I see. How is your sleep? | P: Fine. "
    "| D: And at work? | P: Also fine. | D: We will look at your kidney function with the blood test. "
    "| P: I twisted my wrist. Is it a sprain? | D: I think it is probably a sprain. | D: The wrist is swollen."
)


@pytest.mark.parametrize(
    ("text", "section", "reason"),
    [
        ("Low kidney function.", "objective", "said of different things: low and kidney function"),
        ("Sprain of the wrist.", "assessment", "sprain was said as a possibility"),
        ("Wrist swelling treatment.", "plan", "nobody spoke of treatment"),
    ],
)
def test_grades_conclusions_and_actions_must_have_been_said_of_it(text: str, section: str, reason: str):
    marked = check(text, section, GRADED)
    assert marked.support is not Support.SUPPORTED
    assert any(reason in r for r in marked.reasons), marked.reasons


@pytest.mark.parametrize(
    ("text", "section"),
    [("Probably a sprain of the wrist.", "assessment"), ("Swelling of the wrist.", "objective")],
)
def test_what_was_said_so_stays(text: str, section: str):
    assert check(text, section, GRADED).support is Support.SUPPORTED
