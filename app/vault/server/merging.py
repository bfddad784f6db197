"""Two notes that were made from the same one become one, if they changed different statements: a pure function."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from app.domain.note import Note, Section, Statement

T = TypeVar("T")
_Placed = tuple[str, Statement]


class _Clash(Exception):  # noqa: N818 - never leaves this module
    """The same thing was changed in two ways."""


def merge_notes(base: Note, theirs: Note, ours: Note) -> Note | None:
    """Return `theirs` with what `ours` changed since `base`, or None if both changed the same thing differently.

    A statement is the unit: its text, marks and place. What one side deleted and the other changed is a clash. New
    statements of both sides stay; where they have the same id, ours gets another one. The order within a section is
    that of the side that changed it.
    """
    try:
        return _merged(base, theirs, ours)
    except _Clash:
        return None


def _merged(base: Note, theirs: Note, ours: Note) -> Note:
    ours = _with_own_ids(base, theirs, ours)
    placed = _merged_statements(_placed(base), _placed(theirs), _placed(ours))
    sections = [_section(key, base, theirs, ours, placed) for key in _section_keys(base, theirs, ours)]
    if sum(len(section.statements) for section in sections) != len(placed):
        raise _Clash  # a section that one side took away got something new on the other
    return replace(
        theirs,
        type=_one(base.type, theirs.type, ours.type),
        title=_one(base.title, theirs.title, ours.title),
        reader=_one(base.reader, theirs.reader, ours.reader),
        style=_one(base.style, theirs.style, ours.style),
        notices=tuple(dict.fromkeys((*theirs.notices, *ours.notices))),
        sections=tuple(sections),
    )


def _one(base: T, theirs: T, ours: T) -> T:
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    raise _Clash


def _placed(note: Note) -> dict[str, _Placed]:
    found: dict[str, _Placed] = {}
    for section in note.sections:
        for statement in section.statements:
            if statement.id in found:
                raise _Clash  # ids that are not unique say nothing about which statement is which
            found[statement.id] = (section.key, statement)
    return found


def _with_own_ids(base: Note, theirs: Note, ours: Note) -> Note:
    """Ours with other ids for new statements whose ids the other side gave to new statements too."""
    old = _placed(base)
    there, here = _placed(theirs), _placed(ours)
    taken = {*old, *there, *here}
    names: dict[str, str] = {}
    for known, placed in here.items():
        if known not in old and known in there and there[known] != placed:
            names[known] = _free(known, taken)
            taken.add(names[known])
    if not names:
        return ours
    return replace(
        ours,
        sections=tuple(
            replace(s, statements=tuple(replace(x, id=names.get(x.id, x.id)) for x in s.statements))
            for s in ours.sections
        ),
    )


def _free(wanted: str, taken: set[str]) -> str:
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def _merged_statements(
    base: dict[str, _Placed], theirs: dict[str, _Placed], ours: dict[str, _Placed]
) -> dict[str, _Placed]:
    merged: dict[str, _Placed] = {}
    for known in {**base, **theirs, **ours}:
        one = _one(base.get(known), theirs.get(known), ours.get(known))
        if one is not None:
            merged[known] = one
    return merged


def _section_keys(base: Note, theirs: Note, ours: Note) -> Sequence[str]:
    old, there, here = ([s.key for s in note.sections] for note in (base, theirs, ours))
    if len(set(there)) != len(there) or len(set(here)) != len(here):
        raise _Clash
    gone = set(old) - (set(there) & set(here))
    return [key for key in _order(old, there, here) if key not in gone]


def _section(key: str, base: Note, theirs: Note, ours: Note, placed: dict[str, _Placed]) -> Section:
    old, there, here = (_of(note, key) for note in (base, theirs, ours))
    ids = (tuple(s.id for s in section.statements) if section else () for section in (old, there, here))
    order = _order(*ids)
    held = {known: statement for known, (where, statement) in placed.items() if where == key}
    model = there or here
    if model is None:
        raise _Clash
    title = _one(old.title, there.title, here.title) if old and there and here else model.title
    return replace(model, title=title, statements=tuple(held[known] for known in order if known in held))


def _of(note: Note, key: str) -> Section | None:
    return next((section for section in note.sections if section.key == key), None)


def _order(base: Sequence[str], theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Ids of both sides in one order: that of the side that changed it, the other's new ones after their neighbours."""
    common = set(base) & set(theirs) & set(ours)
    old, there, here = ([known for known in ids if known in common] for ids in (base, theirs, ours))
    first, second = (theirs, ours) if here in (old, there) else (ours, theirs)
    if old not in (there, here) and there != here:
        raise _Clash
    order = list(first)
    before: str | None = None
    for known in second:
        if known not in order:
            order.insert(order.index(before) + 1 if before in order else 0, known)
        before = known
    return order
