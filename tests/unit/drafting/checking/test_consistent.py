"""Two lines of a section that say the opposite of each other are marked, unless another place or time is meant."""

import pytest
from drafting_doubles import visit

from app.domain.note import Section, Statement, Support
from app.domain.transcript import Transcript
from app.drafting.checking.consistent import consistent
from app.drafting.checking.hearing.heard import Heard

BOTH = visit("D: Any wheezing?", "P: No wheezing.", "D: And at home?", "P: There is some wheezing on the farm.")


def marked(talk: Transcript, *lines: tuple[str, tuple[str, ...]]) -> list[str]:
    statements = tuple(Statement(f"s{n}", text, ids, Support.SUPPORTED) for n, (text, ids) in enumerate(lines))
    section = consistent(Section("subjective", "Subjective", statements), Heard(talk))
    return [s.text for s in section.statements if s.support is not Support.SUPPORTED]


def test_what_the_talk_says_both_ways_is_marked_on_both_sides():
    assert marked(BOTH, ("Wheezing.", ("u4",)), ("Denies wheezing.", ("u1", "u2"))) == ["Wheezing.", "Denies wheezing."]


def test_what_was_only_asked_is_marked_and_its_denial_stands():
    talk = visit("D: okay with the cold air are you having any wheezing", "P: I have not noticed any wheezing.")
    lines = (("Wheezing.", ("u1",)), ("Has not noticed any wheezing.", ("u2",)))
    assert marked(talk, *lines) == ["Wheezing."]


def test_what_was_earlier_is_marked_and_what_is_denied_of_now_stands():
    talk = visit("D: Any wheezing?", "P: No wheezing.", "D: And before?", "P: I had wheezing on the farm.")
    assert marked(talk, ("Wheezing.", ("u4",)), ("Denies wheezing.", ("u1", "u2"))) == ["Wheezing."]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Wheezing at the start, now stopped.", "Denies wheezing."),
        ("Wheezing on exertion.", "Denies wheezing."),
        ("Rash on the left arm.", "Denies rash on the right arm."),
        ("Rash on the arm.", "Denies rash on the leg."),
        ("Family history: mother: asthma.", "Denies asthma."),
        ("Wheezing.", "Denies fever."),
        ("Wheezing.", "Wheezing at night."),
        ("Pain in the knee.", "Denies pain."),
    ],
)
def test_other_times_places_and_people_are_no_contradiction(first: str, second: str):
    assert marked(BOTH, (first, ("u4",)), (second, ("u2",))) == []


def test_the_reason_names_the_other_line():
    lines = (
        Statement("s1", "Wheezing.", ("u4",), Support.SUPPORTED),
        Statement("s2", "Denies wheezing.", ("u2",), Support.SUPPORTED),
    )
    section = consistent(Section("subjective", "Subjective", lines), Heard(BOTH))
    assert section.statements[0].reasons == ("negation: another line of this note says the opposite: Denies wheezing",)
