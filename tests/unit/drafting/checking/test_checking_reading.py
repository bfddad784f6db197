"""Reading of numbers, quantities, negation, sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.checking.hearing.quantities import Measure
from app.drafting.checking.hearing.reading import read_clauses
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("one twenty over eighty", [120, 80]),
        ("120/80", [120, 80]),
        ("ninety eight point six", [98.6]),
        ("one oh one point two", [101.2]),
        ("five hundred milligrams", [500]),
        ("a hundred and one", [101]),
        ("one thousand two hundred", [1200]),
        ("seven, twenty seven", [7, 27]),
        ("two and a half", [2.5]),
        ("2,000 mg", [2000]),
        ("twenty-five", [25]),
        ("nineteen eighty five", [1985]),
    ],
)
def test_spoken_numbers(said: str, values: list[float]):
    assert [n.value for n in read_numbers(tokenise(said))] == values


@pytest.mark.parametrize(
    ("said", "measure", "value"),
    [
        ("twice a day", Measure.FREQUENCY, 2),
        ("b.i.d.", Measure.FREQUENCY, 2),
        ("every eight hours", Measure.FREQUENCY, 3),
        ("q 6 hours", Measure.FREQUENCY, 4),
        ("every other day", Measure.FREQUENCY, 0.5),
        ("x6/day", Measure.FREQUENCY, 6),
        ("3/7 history", Measure.DURATION, 3),
        ("2/52", Measure.DURATION, 14),
        ("for two weeks", Measure.DURATION, 14),
        ("six months", Measure.DURATION, 180),
        ("62-year-old", Measure.AGE, 62),
        ("7.4 percent", Measure.PERCENT, 7.4),
        ("six out of ten", Measure.RATIO, 6),
    ],
)
def test_quantities(said: str, measure: Measure, value: float):
    found = [q for c in read_clauses(said) for q in c.quantities]
    assert (found[0].measure, found[0].value) == (measure, pytest.approx(value, rel=1e-3))


@pytest.mark.parametrize(
    ("text", "negated", "affirmed"),
    [
        ("He denies fever, chills, and cough but has chest pain.", {"fever", "chills", "cough"}, {"chest pain"}),
        ("No, I have a cough.", set(), {"cough"}),
        ("no increase in swelling", set(), {"swelling"}),
        ("i do n't appreciate any murmur on your lung exam your lungs are clear", {"murmur"}, {"clear lungs"}),
        ("there is not any rebound or guarding", {"rebound tenderness", "guarding"}, set()),
        ("Without nausea or vomiting.", {"nausea", "vomiting"}, set()),
        ("Rash is negative.", {"rash"}, set()),
        ("I can't stop itching.", set(), {"itching"}),
    ],
)
def test_negation_scope(text: str, negated: set[str], affirmed: set[str]):
    mentions = [m for c in read_clauses(text) for m in c.concepts()]
    assert {m.name for m in mentions if m.context.negated} == negated
    assert {m.name for m in mentions if not m.context.negated} >= affirmed


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("my right knee", ["right"]),
        ("is that right? right now all right", []),
        ("he left the house", []),
        ("is it your left or your right knee", []),
        ("bilateral edema", ["both"]),
        ("on the left side", ["left"]),
    ],
)
def test_sides(text: str, sides: list[str]):
    assert [s.side for c in read_clauses(text) for s in c.sides] == sides


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str):
    for clause in read_clauses(text):
        assert all(0 <= m.start < m.end <= len(clause.tokens) for m in clause.mentions)
