"""Where sentences end; a decimal point between spaces ends none."""

import pytest

from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "sentences", "numbers"),
    [
        ("It is ninety nine . four now.", 1, [99.4]),
        ("A stone of . five centimeters.", 1, [0.5]),
        ("Potassium was 4 . 1 today. Two more.", 2, [4.1, 2]),
        ("Point five milligrams at night.", 1, [0.5]),
        ("At this point two of them hurt.", 1, [2]),
        ("I took eight. Two helped.", 2, [8, 2]),
        ("That was it . And then we left.", 2, []),
    ],
)
def test_points_between_spaces(text, sentences, numbers):
    assert len(sentences_of(text)) == sentences
    assert [n.value for n in read_numbers(tokenise(text))] == numbers
