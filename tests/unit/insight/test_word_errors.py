"""The normaliser forgives spelling, and the counts are those of the Levenshtein alignment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insight.spoken_numbers import digits_for_numbers
from app.insight.word_errors import NO_ERRORS, WordErrors, aligned_pairs, normalise, total, word_errors


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I don't know; it's OK.", "i do not know it is okay"),
        ("Take 25 mg", "take twenty-five mg"),
        ("148 over 92", "one hundred and forty eight over ninety two"),
        ("36.8", "thirty six point eight"),
        ("98%", "ninety eight percent"),
        ("1,000 units", "one thousand units"),
        ("the 21st", "the twenty first"),
        ("in 2006", "in two thousand and six"),
        ("Um, well, uh, yes", "well yes"),
        ("Mm-hmm, I see", "I see"),
        ("I'm gonna go", "I am going to go"),
        ("you’re can’t", "you are can not"),
        ("Mr. Smith", "mister smith"),
        ("shovelling", "shoveling"),
        ("diarrhoea, anaemia, oedema, haematuria, paediatric", "diarrhea anemia edema hematuria pediatric"),
        ("[coughs] yes <laugh>", "yes"),
        ("yes—no", "yes no"),
        ("", "um uh"),
    ],
)
def test_spelling_is_not_an_error(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert word_errors(one, other).errors == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no pain", "pain"),
        ("50 mg", "15 mg"),
        ("left knee", "right knee"),
        ("five five", "fifty five"),
        ("I do smoke", "I do not smoke"),
        ("lisinopril", "lysinopril"),
        ("yeah", "no"),
    ],
)
def test_meaning_is_an_error(one: str, other: str) -> None:
    assert word_errors(one, other).errors > 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("five five", "5 5"),
        ("two hundred milligrams", "200 milligrams"),
        ("nineteen ninety five", "19 95"),
        ("a second opinion", "a second opinion"),
        ("twenty second", "22nd"),
        ("three million and two", "3000002"),
        ("point five", "point 5"),
        ("zero point zero five", "0.05"),
        ("and one and two", "and 1 and 2"),
        ("hundred", "hundred"),
        ("six hundred thousand", "600000"),
    ],
)
def test_spoken_numbers(words: str, expected: str) -> None:
    assert digits_for_numbers(words.split()) == expected.split()


def test_counts_of_a_known_alignment() -> None:
    errors = word_errors("she has a dull pain on the left", "she has dull pains on the the left")
    assert (errors.substitutions, errors.deletions, errors.insertions, errors.words) == (1, 1, 1, 8)
    assert errors.rate == pytest.approx(3 / 8)


def test_empty_texts() -> None:
    assert word_errors("", "").rate == 0.0
    assert word_errors("", "one word").rate == 1.0
    assert word_errors("two words", "").rate == 1.0


def test_total_weighs_words_not_recordings() -> None:
    assert total([WordErrors(1, 0, 0, 1), NO_ERRORS, WordErrors(0, 0, 0, 9)]).rate == pytest.approx(0.1)


def test_aligned_pairs_skip_insertions_and_deletions() -> None:
    assert aligned_pairs(["a", "b", "c", "d"], ["a", "x", "c", "e", "d"]) == [(0, 0), (1, 1), (2, 2), (3, 4)]


WORDS = st.lists(st.sampled_from("pain no left right five hundred twenty point and the mg doctor".split()), max_size=15)  # noqa: SIM905 a list of words reads better as a line


@given(WORDS)
def test_normalising_twice_changes_nothing(words: list[str]) -> None:
    once = normalise(" ".join(words))
    assert normalise(" ".join(once)) == once


@given(WORDS, WORDS)
def test_errors_are_a_distance(one: list[str], other: list[str]) -> None:
    a, b = " ".join(one), " ".join(other)
    there, back = word_errors(a, b), word_errors(b, a)
    assert there.errors == back.errors
    assert (there.errors == 0) == (normalise(a) == normalise(b))
    assert there.words - there.deletions + there.insertions == back.words
