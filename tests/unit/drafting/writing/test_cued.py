"""Sentences that are quoted for what they say, by whom they are said."""

from drafting_doubles import visit

from app.drafting.templates.template import load_template
from app.drafting.writing.cued import with_cued
from app.drafting.writing.phrases import Phrase

PLAN = next(s for s in load_template("patient-summary").sections if s.key == "plan")
HELP = next(f for f in PLAN.fields if f.name == "when to get help")
ADVICE = next(f for f in PLAN.fields if f.name == "advice")


def quotes(*turns: str, phrases: tuple[Phrase, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
    return [(p.text, p.evidence) for p in with_cued(visit(*turns), PLAN, phrases)]


def test_a_clinicians_sentence_with_a_cue_is_quoted():
    found = quotes("D: Walking is fine. If it comes on at rest, call 911 right away.")
    assert found == [('"If it comes on at rest, call 911 right away."', ("u1",))]


def test_questions_and_what_the_patient_says_are_not_quoted():
    assert quotes("D: Did you call 911?", "P: I did not call 911.", "D: Did it get worse at night?") == []


def test_cues_are_whole_words():
    assert quotes("D: They call 9110 houses. The forget worse case.") == []


def test_a_sentence_that_leans_on_the_one_before_keeps_it():
    (found,) = quotes("D: It should settle in two days. But if it gets worse come to the emergency room.")
    assert found[0].startswith('"It should settle in two days. But if')


def test_a_phrase_that_only_repeats_the_quote_gives_way():
    turns = ("D: Call 911 right away if it comes on at rest.", "D: No heavy lifting.")
    repeated = Phrase(ADVICE, "call 911 if it comes on at rest", ("u1",))
    other = Phrase(ADVICE, "no heavy lifting", ("u2",))
    found = with_cued(visit(*turns), PLAN, (repeated, other))
    assert other in found
    assert repeated not in found
    assert [p.text for p in found if p.field is HELP] == ['"Call 911 right away if it comes on at rest."']


def test_the_same_words_are_quoted_once_and_not_without_end():
    assert len(quotes(*["D: Call us if it gets worse."] * 3)) == 1
    assert len(quotes(*[f"D: Call us if number {n} gets worse." for n in range(20)])) == 6


def test_under_subjective_the_patient_is_quoted():
    section = next(s for s in load_template("procedure-note").sections if s.key == "subjective")
    talk = visit("D: Do you agree to go ahead?", "P: Yes, I understand the risks, go ahead.")
    (found,) = [p for p in with_cued(talk, section, ()) if p.field.name == "patient agreed"]
    assert found.evidence == ("u2",)


def test_a_section_without_such_fields_stays():
    phrases = (Phrase(ADVICE, "rest", ("u1",)),)
    soap = load_template("soap").sections[3]
    assert with_cued(visit("D: Call 911."), soap, phrases) == list(phrases)
