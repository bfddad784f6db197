"""True words in a wrong place: asked, commanded, planned, compared, or said by somebody else."""

import pytest

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.check import check_note

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}


def check(text: str, section: str, visit: str) -> Statement:
    utterances = [
        Utterance(f"u{n}", float(n), n + 1.0, WHO[line.strip()[0]], line.strip()[3:])
        for n, line in enumerate(visit.split("|"))
    ]
    transcript = Transcript(float(len(utterances)), "en", "reference", tuple(utterances))
    note = Note("soap", (Section(section, section.title(), (Statement("s1", text),)),))
    return next(iter(check_note(note, transcript).statements()))


ASKED = "D: Do you get any hiccups after meals? | P: Not really, no. | D: And your sleep? | P: I sleep badly."
LIST = "D: Do you find it hard to climb ladders, carry shopping, or anything? | P: Yes, carry shopping is awful."
EXAM = (
    "P: My shin hurts. | D: I'm going to have you bend the ankle, is that painful? | P: No. | D: Please rest the foot."
)
OTHER = "P: My back aches. | D: Rest, and have them carry the laundry. | P: All right. | D: Use a heat pad."
AHEAD = "P: My hernia bulges. | D: We would do what is called a mesh repair to close it. | P: I see. | D: It is small."
COMPARED = (
    "P: The pain was so bad, it felt like I was having a stroke. | D: I see. | P: It was awful. | D: You had gout once?"
)
BACK = "D: Any nausea? | P: No, well, yes, when I stand up quickly. | D: Any rash? | P: No."
CANNOT = "P: My mood is low. | D: If it gets worse and you can't sleep at all, then call us. | P: All right, thank you."
AGO = "P: The rash came and it stopped, that was two months ago. | D: Nothing since? | P: No, nothing."
FILM = "P: My thumb hurts. | D: I looked at the film and there is no fracture. | P: Great. | D: It is a bruise."
FEAR = "P: I am scared that it is cancer. | D: It is not. Often with this we think of anemia. | P: I see. | D: Yes."


@pytest.mark.parametrize(
    ("text", "section", "visit", "reason"),
    [
        ("Hiccups after meals.", "subjective", ASKED, "who: hiccups after meals was"),
        ("Hard to carry shopping, climb ladders.", "subjective", LIST, "who: climb ladders was only asked about"),
        ("Advice: bend the ankle.", "plan", EXAM, "plan: said during the examination"),
        ("Advice: carry the laundry.", "plan", OTHER, "plan: said of another person"),
        ("Past surgical history: mesh repair.", "subjective", AHEAD, "time: mesh repair was spoken of as planned"),
        ("Past medical history: stroke.", "subjective", COMPARED, "certainty: stroke was only what it was compared"),
        ("Denies nausea.", "subjective", BACK, "negation: the no was taken back at once"),
        ("Advice: do not sleep at all.", "plan", CANNOT, "plan: “can't” was said for a case"),
        ("Rash for two months, it stopped.", "subjective", AGO, "time: “two months ago” was said"),
        ("Denies fracture.", "subjective", FILM, "who: no fracture is the clinician's finding"),
        ("Worry about anemia.", "subjective", FEAR, "who: the patient did not speak of this as a worry"),
    ],
)
def test_what_was_said_otherwise_is_doubted(text: str, section: str, visit: str, reason: str):
    marked = check(text, section, visit)
    assert marked.support is not Support.SUPPORTED
    assert any(r.startswith(reason) for r in marked.reasons), marked.reasons


@pytest.mark.parametrize(
    ("text", "section", "visit"),
    [
        ("Sleeps badly.", "subjective", ASKED),
        ("Denies hiccups.", "subjective", ASKED),
        ("Carry shopping is awful.", "subjective", LIST),
        ("Advice: rest the foot.", "plan", EXAM),
        ("Advice: use a heat pad.", "plan", OTHER),
        ("Denies rash.", "subjective", BACK),
        ("Scared of cancer.", "subjective", FEAR),
    ],
)
def test_what_was_said_so_stays_supported(text: str, section: str, visit: str):
    assert check(text, section, visit).reasons == ()
