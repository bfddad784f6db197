"""One sentence at a time, drafted by the rules alone: what was denied stays denied, what was there is there.

Each sentence is tried with the words that people begin with, so that a word taken for filler never takes a side or a no
with it.
"""

import itertools
import re

import pytest
from drafting_doubles import visit

from app.domain.passages import AnsweredPassage
from app.drafting.checking.check import check_note
from app.drafting.drafter import Drafter
from app.drafting.reading.passage_reader import PassageReader
from app.drafting.reading.passages import digest_of, speakers_of
from app.drafting.templates.template import load_template

LEADS = ("", "So ", "Well, ", "Right, ", "Okay, so ", "And ", "You know, ", "Yeah, ", "Good. ", "But ", "Now, ", "Um, ")
PLACES = (("right", "knee"), ("left", "ankle"), ("right", "shoulder"), ("left", "hand"))
FOUND = (
    "{side} {place} is swollen.",
    "There's swelling on the {side} {place}.",
    "I can see some redness on the {side} {place}.",
    "Your {side} {place} is tender.",
    "Tenderness over the {side} {place}.",
)
NOT_FOUND = (
    "No redness on the {side} {place}.",
    "No redness is seen on the {side} {place}.",
    "There's no swelling of the {side} {place}.",
    "I don't see any redness on the {side} {place}.",
    "{side} {place} is not tender.",
    "The {side} {place} isn't swollen.",
    "Not much swelling, no redness on the {side} {place}.",
    "There is neither redness nor swelling on the {side} {place}.",
)
TOLD = (
    "{side} {place} hurts a lot.",
    "My {side} {place} has been swollen since Monday.",
    "I've had pain in my {side} {place} for two weeks.",
    "The pain is in my {place}, on the {side}.",
    "I get numbness in the {side} {place}.",
)
DENIED = (
    "No pain in my {side} {place}.",
    "My {side} {place} doesn't hurt.",
    "I've never had pain in the {side} {place}.",
    "I don't have any numbness in my {side} {place}.",
)
PLANNED = (
    "We'll get an x-ray of the {side} {place}.",
    "Let's order an MRI of your {place}, the {side} one.",
    "I'd like you to put ice on the {side} {place}.",
    "Start ibuprofen for the {side} {place}.",
)
NOT_PLANNED = (
    "Don't put any weight on the {side} {place}.",
    "We won't do an MRI of the {side} {place}.",
    "I'm not going to order an x-ray of the {side} {place}.",
    "You shouldn't take ibuprofen for the {side} {place}.",
)
EXAMINED = ("D: What brings you in?", "P: I fell.", "D: Let me examine you. {}", "P: Okay.")
ASKED = ("D: Tell me more.", "P: {}", "D: Okay.")
ENDED = ("P: I fell.", "D: So here is the plan. {}", "P: Okay.")

_NOT = re.compile(r"\b(?:no|not|never|none|neither|nor|without|denies|nothing)\b|n't\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:left|right|both)\b", re.IGNORECASE)
_FRAME = {"fell", "okay", "examine", "brings", "plan"}


class Silent:
    name = "silent"


@pytest.fixture(autouse=True)
def _no_model(monkeypatch):
    """The rules alone: each passage counts as answered, with nothing."""

    def answer(self, passage, cancel=None, *, on_read=None):
        digest, speakers = digest_of(passage.utterances), speakers_of(passage.utterances)
        return AnsweredPassage(passage.start, passage.end, digest, self._template, "silent", {}, speakers)

    monkeypatch.setattr(PassageReader, "answer", answer)


def lines(frame, said):
    transcript = visit(*(turn.format(said) for turn in frame))
    note = check_note(Drafter(Silent()).draft(transcript, load_template("soap")), transcript)
    return [s.text for s in note.statements() if not _FRAME & set(s.text.lower().strip(".").split())]


def sentences(form):
    for lead, (side, place) in itertools.product(LEADS, PLACES):
        said = form.format(side=side, place=place)
        yield side, (lead + said) if lead else said[:1].upper() + said[1:]


@pytest.mark.parametrize(
    ("frame", "form", "denied"),
    [
        *((EXAMINED, form, False) for form in FOUND),
        *((EXAMINED, form, True) for form in NOT_FOUND),
        *((ASKED, form, False) for form in TOLD),
        *((ASKED, form, True) for form in DENIED),
        *((ENDED, form, False) for form in PLANNED),
        *((ENDED, form, True) for form in NOT_PLANNED),
    ],
)
def test_a_sentence_is_not_turned_round(frame, form, denied):
    told = 0
    for side, said in sentences(form):
        for text in lines(frame, said):
            told += 1
            assert bool(_NOT.search(text)) is denied, f"{said} => {text}"
            assert {s.lower() for s in _SIDE.findall(text)} in ({side}, set()), f"{said} => {text}"
    assert told
