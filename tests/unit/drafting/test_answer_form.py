"""The form a model fills: read leniently, never with fields or phrases of another kind."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.answer_form import AnswerError, Claim, grammar, read_answer

FIELDS = ("vital signs", "smoking, alcohol, drugs")


def test_a_form_is_read_in_its_order():
    text = '{"vital signs": ["BP 128/82", "pulse 70"],\n "smoking, alcohol, drugs": []}'
    assert read_answer(text, FIELDS, 5) == (Claim("vital signs", "BP 128/82"), Claim("vital signs", "pulse 70"))


def test_talk_around_it_unknown_fields_and_a_missing_end_do_no_harm():
    text = 'Sure!\n```json\n{"Vital Signs": ["BP 128/82", "pulse 70"], "other": ["x"], "smoking, alcohol, drugs": ["nev'
    assert [c.text for c in read_answer(text, FIELDS, 5)] == ["BP 128/82", "pulse 70"]


def test_a_shortened_field_name_still_finds_its_field():
    text = '{"smoking": ["10 a day"], "alcohol": ["none"], "drug": ["x"]}'
    assert read_answer(text, FIELDS, 5) == (Claim(FIELDS[1], "10 a day"), Claim(FIELDS[1], "none"))


def test_more_phrases_than_allowed_are_cut():
    assert len(read_answer(json.dumps({"vital signs": [str(n) for n in range(30)]}), FIELDS, 4)) == 4


@pytest.mark.parametrize("text", ["", "no", "[]", '{"other": ["x"]}', '{"vital signs": "BP"}'])
def test_an_answer_without_any_field_is_refused(text):
    with pytest.raises(AnswerError):
        read_answer(text, FIELDS, 5)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        claims = read_answer(text, FIELDS, 5)
    except AnswerError:
        return
    assert all(claim.field in FIELDS and claim.text for claim in claims)


def test_grammar_names_every_field_once_and_bounds_the_list():
    rules = grammar(FIELDS, 3)
    assert all(rules.count(f'\\"{name}\\"') == 1 for name in FIELDS)
    assert "{0,2}" in rules
