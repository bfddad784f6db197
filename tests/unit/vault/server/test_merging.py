"""Merging two notes: what only one side changed is there afterwards, and nothing is guessed at."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.note import Note, Section, Statement
from app.vault.server.merging import merge_notes

KEYS = ("subjective", "plan")


def note(*sections):
    return Note(
        "soap",
        tuple(
            Section(key, key.title(), tuple(Statement(name, text) for name, text in statements))
            for key, statements in zip(KEYS, sections, strict=False)
        ),
    )


BASE = note([("a", "1"), ("b", "2"), ("c", "3")], [("d", "4")])


def text_of(merged):
    return [[(s.id, s.text) for s in section.statements] for section in merged.sections]


def test_new_statements_stand_behind_their_neighbours():
    theirs = note([("a", "1"), ("x", "theirs"), ("b", "2"), ("c", "3")], [("d", "4")])
    ours = note([("a", "1"), ("b", "2"), ("c", "3"), ("y", "ours")], [("d", "4")])
    assert text_of(merge_notes(BASE, theirs, ours))[0] == [
        ("a", "1"), ("x", "theirs"), ("b", "2"), ("c", "3"), ("y", "ours"),
    ]  # fmt: skip


def test_an_order_that_one_side_changed_is_kept():
    ours = note([("c", "3"), ("a", "1"), ("b", "2")], [("d", "4")])
    theirs = note([("a", "1"), ("b", "two"), ("c", "3")], [("d", "4")])
    assert text_of(merge_notes(BASE, theirs, ours))[0] == [("c", "3"), ("a", "1"), ("b", "two")]


def test_clashes_are_none():
    changed = note([("a", "X"), ("b", "2"), ("c", "3")], [("d", "4")])
    otherwise = note([("a", "Y"), ("b", "2"), ("c", "3")], [("d", "4")])
    deleted = note([("b", "2"), ("c", "3")], [("d", "4")])
    assert merge_notes(BASE, changed, otherwise) is None
    assert merge_notes(BASE, deleted, changed) is None
    assert (
        merge_notes(BASE, note([("c", "3"), ("b", "2"), ("a", "1")]), note([("b", "2"), ("a", "1"), ("c", "3")]))
        is None
    )


def test_a_section_taken_away_with_something_new_in_it_is_a_clash():
    assert merge_notes(BASE, note([("a", "1"), ("b", "2"), ("c", "3")]), note(
        [("a", "1"), ("b", "2"), ("c", "3")], [("d", "4"), ("e", "new")]
    )) is None  # fmt: skip


def test_the_same_id_for_two_new_statements_loses_neither():
    theirs = note([("a", "1"), ("b", "2"), ("c", "3"), ("n", "theirs")], [("d", "4")])
    ours = note([("a", "1"), ("b", "2"), ("c", "3"), ("n", "ours")], [("d", "4")])
    assert set(text_of(merge_notes(BASE, theirs, ours))[0]) >= {("n", "theirs"), ("n-2", "ours")}


EDITS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "changed", "otherwise"]), max_size=4)
NEW = st.lists(st.sampled_from(["one", "two", "three"]), max_size=3, unique=True)


def edited(edits, new, side):
    sections = []
    for section in BASE.sections:
        kept = [(s.id, edits.get(s.id, s.text)) for s in section.statements if edits.get(s.id, "kept") != ""]
        sections.append(kept)
    sections[0] += [(f"new-{name}", f"{side} {name}") for name in new]
    return note(*sections)


@given(EDITS, EDITS, NEW, NEW)
def test_every_change_of_one_side_is_in_the_merged_note(theirs, ours, their_new, our_new):
    clash = any(theirs.get(k) != ours.get(k) for k in theirs.keys() & ours.keys())
    merged = merge_notes(BASE, edited(theirs, their_new, "their"), edited(ours, our_new, "our"))
    if clash:
        assert merged is None
        return
    texts = {s.id: s.text for s in merged.statements()}
    for edits in (theirs, ours):
        for name, text in edits.items():
            assert texts.get(name, "") == text
    assert {f"their {n}" for n in their_new} | {f"our {n}" for n in our_new} <= set(texts.values())
    untouched = {s.id: s.text for s in BASE.statements() if s.id not in theirs and s.id not in ours}
    assert untouched.items() <= texts.items()


@given(EDITS, NEW)
def test_one_side_alone_is_taken_as_it_is(edits, new):
    changed = edited(edits, new, "one")
    assert merge_notes(BASE, changed, BASE) == changed
    assert text_of(merge_notes(BASE, BASE, changed)) == text_of(changed)
