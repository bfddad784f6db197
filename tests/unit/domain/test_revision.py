"""A proposal beside what stood there: every old statement and every new line exactly once; its JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.domain.note import Section, Statement, Support
from app.domain.revision import DifferenceKind, PieceKind, RevisedLine, Revision, difference, word_pieces
from app.domain.revision_codec import revision_from_json, revision_to_json

A = Statement("a", "Knee pain since Monday.", ("u1",), Support.SUPPORTED)
B = Statement("b", "Denies fever and cough.", ("u2",), Support.PARTIAL, ("negation: not clear",))
C = Statement("c", "Rest.", (), Support.UNSUPPORTED, author="Dr. Ada")
SECTION = Section("plan", "Plan", (A, B, C))


def kept(s: Statement) -> RevisedLine:
    return RevisedLine(s.text, (s.id,), s.evidence, s.support, s.reasons)


def revision(*lines: RevisedLine) -> Revision:
    return Revision("shorter", SECTION, lines, ("a notice",), "model")


def kinds(made: Revision) -> list[tuple[str, str]]:
    return [(row.kind.value, row.line.text if row.line else row.before.text) for row in difference(made)]


def test_the_same_lines_change_nothing():
    made = revision(kept(A), kept(B), kept(C))
    assert not made.changes_anything
    assert {row.kind for row in difference(made)} == {DifferenceKind.KEPT}


def test_removed_lines_are_shown_where_they_stood():
    made = revision(kept(A), kept(C))
    assert made.changes_anything
    assert kinds(made) == [("kept", A.text), ("removed", B.text), ("kept", C.text)]


def test_all_gone_is_shown_as_removed():
    assert kinds(revision()) == [("removed", s.text) for s in (A, B, C)]


def test_a_split_line_is_struck_once_and_its_lines_follow():
    parts = [RevisedLine("Denies fever.", ("b",)), RevisedLine("Denies cough.", ("b",))]
    assert kinds(revision(kept(A), *parts, kept(C))) == [
        ("kept", A.text),
        ("replaced", B.text),
        ("added", "Denies fever."),
        ("added", "Denies cough."),
        ("kept", C.text),
    ]


def test_joined_lines_are_struck_before_the_one_that_stands_for_them():
    made = revision(RevisedLine("All in one.", ("b", "a")), kept(C))
    assert kinds(made) == [("replaced", A.text), ("replaced", B.text), ("added", "All in one."), ("kept", C.text)]


def test_a_changed_line_shows_its_words():
    made = revision(RevisedLine("Knee pain.", ("a",)), kept(B), kept(C))
    first = difference(made)[0]
    assert first.kind is DifferenceKind.CHANGED
    assert [(p.kind.value, p.text) for p in first.pieces] == [
        ("same", "Knee"),
        ("out", "pain since Monday."),
        ("in", "pain."),
    ]


words = st.lists(st.sampled_from(["knee", "pain", "no", "fever", "50", "mg", "left"]), max_size=12).map(" ".join)


@given(words, words)
def test_pieces_hold_both_texts_whole(before: str, after: str):
    pieces = word_pieces(before, after)
    assert " ".join(p.text for p in pieces if p.kind is not PieceKind.IN) == before
    assert " ".join(p.text for p in pieces if p.kind is not PieceKind.OUT) == after


lines = st.lists(
    st.builds(
        RevisedLine,
        text=st.text(min_size=1, max_size=9).filter(lambda t: t.isprintable() and t.strip()),
        origins=st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True).map(tuple),
    ),
    max_size=5,
).map(tuple)


@given(lines)
def test_nothing_vanishes_and_nothing_stands_twice(proposed: tuple[RevisedLine, ...]):
    rows = difference(revision(*proposed))
    assert [row.line for row in rows if row.line is not None] == list(proposed)
    before = [row.before.id for row in rows if row.before is not None]
    assert sorted(before) == ["a", "b", "c"]


@given(lines)
def test_json_there_and_back(proposed: tuple[RevisedLine, ...]):
    made = revision(*proposed)
    assert revision_from_json(json.loads(json.dumps(revision_to_json(made)))) == made


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("lines"),
        lambda d: d.pop("instruction"),
        lambda d: d["lines"][0].update(origins=["zzz"]),
        lambda d: d["lines"][0].update(support="green"),
        lambda d: d["lines"][0].update(text=""),
        lambda d: d["section"]["statements"].append(d["section"]["statements"][0]),
        lambda d: d.update(lines={}),
    ],
)
def test_anything_else_is_refused_without_its_content(spoil):
    data = json.loads(json.dumps(revision_to_json(revision(kept(A)))))
    spoil(data)
    with pytest.raises(InputError) as told:
        revision_from_json(data)
    assert "Knee" not in str(told.value)
