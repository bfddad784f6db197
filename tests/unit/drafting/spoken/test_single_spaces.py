"""Runs of blanks go before anything is read; words stay."""

from drafting_doubles import visit
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.spoken.single_spaces import with_single_spaces


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip), min_size=1, max_size=4))
def test_words_stay_and_blanks_are_single(texts):
    talk = visit(*(f"P: {text}" for text in texts))
    plain = with_single_spaces(talk)
    assert [u.text.split() for u in plain.utterances] == [u.text.split() for u in talk.utterances]
    assert not any("  " in u.text or "\n" in u.text for u in plain.utterances)


def test_plain_talk_is_left_as_it_is():
    talk = visit("P: My knee hurts.")
    assert with_single_spaces(talk) is talk
