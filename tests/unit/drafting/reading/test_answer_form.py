"""The form that a model fills in: read leniently, never with fields or phrases of another kind."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.reading.answer_form import LONGEST_PHRASE, AnswerError, Claim, grammar, read_answer

LABELS = ("medicine", "follow-up")


def test_a_form_is_read_in_its_order():
    text = '{"medicine": ["metformin 500 mg", "aspirin"], "follow-up": ["in two weeks"]}'
    assert read_answer(text, LABELS, 5) == (
        Claim("medicine", "metformin 500 mg"),
        Claim("medicine", "aspirin"),
        Claim("follow-up", "in two weeks"),
    )


def test_talk_around_it_unknown_labels_and_a_missing_end_do_no_harm():
    text = 'Sure!\n```json\n{"Medicine": ["aspirin", "x"], "mood": ["low"], "Follow up": ["in two weeks", "and th'
    assert [c.text for c in read_answer(text, LABELS, 5)] == ["aspirin", "x", "in two weeks"]


def test_more_phrases_than_allowed_and_repeats_are_cut():
    assert len(read_answer(json.dumps({"medicine": [str(n) for n in range(30)]}), LABELS, 4)) == 4
    assert read_answer('{"medicine": ["no", "no", "no"]}', LABELS, 5) == (Claim("medicine", "no"),)


def test_a_phrase_cut_off_at_its_longest_ends_before_its_last_comma():
    text = "come back in two weeks, " * 6 + "and if it is no"
    answer = json.dumps({"follow-up": [text.ljust(LONGEST_PHRASE, "x"), "y" * LONGEST_PHRASE]})
    (claim,) = read_answer(answer, LABELS, 5)
    assert claim.text.endswith("in two weeks")


@pytest.mark.parametrize("text", ["", "\n", "{}", "[]", "None.", "no", "N/A"])
def test_nothing_to_say_is_an_answer(text):
    assert read_answer(text, LABELS, 5) == ()


@pytest.mark.parametrize("text", ["I cannot do that.", "mood: low", '{"other": ["x"]}', '{"medicine": "aspirin"}'])
def test_an_answer_without_any_label_is_refused(text):
    with pytest.raises(AnswerError):
        read_answer(text, LABELS, 5)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        claims = read_answer(text, LABELS, 5)
    except AnswerError:
        return
    assert all(claim.field in LABELS and claim.text.strip() for claim in claims)


def test_grammar_bounds_labels_and_phrases():
    rules = grammar(LABELS, 3)
    assert all(f'\\"{label}\\"' in rules for label in LABELS)
    assert "{0,2}" in rules
    assert grammar(LABELS[:1], 3).splitlines()[1] == r'start0 ::= "\"medicine\": " list rest1 | ""'
