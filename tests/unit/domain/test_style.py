"""A style as a value and as JSON."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codec import note_from_json, note_to_json
from app.domain.errors import InputError
from app.domain.note import Note
from app.domain.style import STANDARD, Form, Length, Style, StyleWish, Wording, chosen, style_from_json, style_to_json

TERMS = st.lists(st.sampled_from(["HTN", "dyspnea"]), unique=True).map(tuple)
STYLES = st.builds(Style, st.sampled_from(Length), st.sampled_from(Form), st.sampled_from(Wording), TERMS)


@given(STYLES)
def test_it_comes_back_from_json(style):
    assert style_from_json(style_to_json(style)) == style


@given(STYLES)
def test_a_note_keeps_its_style_and_a_standard_one_adds_nothing(style):
    note = Note("soap", (), style=style)
    assert note_from_json(note_to_json(note)) == note
    assert ("style" in note_to_json(note)) is (style != STANDARD)
    assert "style" not in note_to_json(replace(note, style=STANDARD))


@pytest.mark.parametrize("data", [[], {"length": "endless"}, {"form": 3}, {"wording": None}, {"terms": "HTN"}])
def test_what_is_no_style_is_refused(data):
    with pytest.raises(InputError):
        style_from_json(data)


def test_what_is_left_open_is_as_learned_else_standard():
    learned = Style(Length.BRIEF, Form.PROSE, Wording.ABBREVIATED, ("dyspnea",))
    assert StyleWish().settled() == STANDARD
    assert StyleWish().settled(learned) == learned
    assert StyleWish(Length.FULL).settled(learned) == replace(learned, length=Length.FULL)
    assert StyleWish(wording=Wording.SPELLED).settled(learned) == Style(Length.BRIEF, Form.PROSE, Wording.SPELLED)
    assert StyleWish().open
    assert not StyleWish(Length.FULL, Form.PROSE, Wording.SPELLED).open


def test_names_of_choices():
    assert chosen(Length, "brief") is Length.BRIEF
    assert chosen(Length, "endless") is None
    assert chosen(Form, None) is None
